import { ageSeconds, CLOCK, type Clock, Database, Metrics } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { WaitingReason } from '../domain/contract';

const LIVING = ['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE'] as const;
const REASONS: readonly WaitingReason[] = ['HEALTH', 'BLOCKED', 'FROZEN', 'PLAN_STALE', 'HELD_BY'];
const WAITS = ['job', 'job end', 'audit'] as const;
/** Ten minutes for the evaluation after a job's end, ten more for the audit. */
const AUDIT_BY_MS = 1_200_000;

const COUNTS = `
  SELECT status, waiting ->> 'reason' AS reason, count(*) AS n,
    count(*) FILTER (WHERE is_escalated) AS escalated,
    count(*) FILTER (WHERE audit_verdict = 'INCONCLUSIVE') AS inconclusive,
    min(ttl_started_at + ttl_paused_ms) FILTER (WHERE ttl_paused_at IS NULL) AS review_since
  FROM contracts WHERE status IN ('DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE') GROUP BY 1, 2`;
const STUCK = `
  SELECT count(*) FILTER (WHERE j.state IS NULL AND c.window_end < $1) AS job,
    count(*) FILTER (WHERE j.state IN ('PENDING', 'RUNNING') AND c.window_end < $1) AS "job end",
    count(*) FILTER (WHERE j.state IN ('COMPLETED', 'FAILED') AND j.ended_at + ${AUDIT_BY_MS} < $1) AS audit
  FROM contracts c LEFT JOIN jobs j ON j.contract_id = c.contract_id AND j.kind = 'CHANGE'
  WHERE c.status = 'ACTIVE' AND c.audit_verdict IS NULL`;
const INCIDENTS = `
  SELECT state, count(*) AS n FROM incidents WHERE state IN ('OPEN', 'ROLLBACK_FAILED') GROUP BY 1`;

interface Counts {
  readonly status: (typeof LIVING)[number];
  readonly reason: WaitingReason | null;
  readonly n: string;
  readonly escalated: string;
  readonly inconclusive: string;
  readonly review_since: string | null;
}

/** What an operator watches of contracts; counts and ages only, no ids as labels. */
@Injectable()
export class ContractMetrics {
  readonly stuck: Counter<'waits_for'>;
  readonly lateVerdicts: Counter<'kind'>;
  private readonly byStatus;
  private readonly byReason;
  private readonly reviewAge;
  private readonly expiring;
  private readonly inconclusive;
  private readonly stuckNow;
  private readonly incidents;

  constructor(
    metrics: Metrics,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.stuck = metrics.counter(
      'mandate_contracts_found_stuck_total',
      'ACTIVE contracts found waiting too long, by what for',
      ['waits_for'],
    );
    this.lateVerdicts = metrics.counter(
      'mandate_verdicts_late_total',
      'Verdicts that came after the contract or incident had moved on',
      ['kind'],
    );
    this.byStatus = metrics.gauge('mandate_contracts', 'Contracts that have not ended, by status', ['status']);
    this.byReason = metrics.gauge('mandate_contracts_waiting', 'APPROVED contracts by what they wait for', ['reason']);
    this.reviewAge = metrics.gauge(
      'mandate_review_oldest_age_seconds',
      'Unpaused age of the contract that has waited longest for a decision',
    );
    this.expiring = metrics.gauge('mandate_contracts_expiring', 'Undecided contracts in their last day');
    this.inconclusive = metrics.gauge('mandate_contracts_inconclusive', 'ACTIVE contracts whose audit could not tell');
    this.stuckNow = metrics.gauge('mandate_contracts_stuck', 'ACTIVE contracts that wait too long', ['waits_for']);
    this.incidents = metrics.gauge('mandate_incidents', 'Incidents that have not ended, by state', ['state']);
    metrics.onRead(() => this.count());
  }

  private async count(): Promise<void> {
    const now = this.clock.now();
    const [counts, [stuck], incidents] = await Promise.all([
      this.database.rows<Counts>(COUNTS),
      this.database.rows<Record<string, string>>(STUCK, [now]),
      this.database.rows<{ state: string; n: string }>(INCIDENTS),
    ]);
    const sum = (of: readonly Counts[], what: 'n' | 'escalated' | 'inconclusive'): number =>
      of.reduce((total, row) => total + Number(row[what]), 0);
    const inState = (status: string): Counts[] => counts.filter((row) => row.status === status);
    for (const status of LIVING) this.byStatus.set({ status }, sum(inState(status), 'n'));
    for (const reason of REASONS)
      this.byReason.set(
        { reason },
        sum(
          inState('APPROVED').filter((row) => row.reason === reason),
          'n',
        ),
      );
    this.reviewAge.set(Math.max(0, ...inState('ELIGIBLE').map((row) => ageSeconds(row.review_since, now))));
    this.expiring.set(sum(inState('ELIGIBLE'), 'escalated'));
    this.inconclusive.set(sum(inState('ACTIVE'), 'inconclusive'));
    for (const waitsFor of WAITS) this.stuckNow.set({ waits_for: waitsFor }, Number(stuck?.[waitsFor] ?? 0));
    for (const state of ['OPEN', 'ROLLBACK_FAILED'])
      this.incidents.set({ state }, Number(incidents.find((row) => row.state === state)?.n ?? 0));
  }
}
