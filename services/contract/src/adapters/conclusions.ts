import { newId } from '@mandate/contracts';
import { LOGGER, type Outgoing, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { decide } from '../domain/decide';
import type { Facts } from '../domain/facts';
import { decideIncident, openIncident } from '../domain/incident';
import { AuditsStore, type KeptVerdict, type Verdict } from './audits.store';
import { storable } from './columns';
import { ContractStore } from './contract.store';
import type { ContractBook } from './contract-book';
import { ContractDesk } from './contract-desk';
import { ContractMetrics } from './contract-metrics';
import { FactsStore } from './facts.store';
import { HoldsStore } from './holds.store';
import { IncidentStore } from './incident.store';
import { IncidentBook } from './incident-book';
import { JobsStore, type KnownJob } from './jobs.store';

interface Desk {
  readonly book: ContractBook;
  readonly incidents: IncidentBook;
  readonly jobs: readonly KnownJob[];
  readonly facts: Facts;
  readonly now: number;
}

/**
 * Closes contracts on the auditor's verdicts. A verdict counts only for a job of this contract that has been heard of;
 * one that comes before its job waits for it (topics have no order among each other).
 */
@Injectable()
export class Conclusions {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly desk: ContractDesk,
    private readonly incidents: IncidentStore,
    private readonly jobs: JobsStore,
    private readonly audits: AuditsStore,
    private readonly holds: HoldsStore,
    private readonly metrics: ContractMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param check  is asked of every verdict before it counts; throws if it may not */
  async conclude(
    tx: Tx,
    verdicts: readonly Verdict[],
    now: number,
    check: (verdict: Verdict, book: ContractBook, jobs: readonly KnownJob[]) => void,
  ): Promise<readonly Outgoing[]> {
    if (verdicts.length === 0) return [];
    const ids = verdicts.map((v) => v.value.contract_id);
    const facts = await this.facts.read(tx, now);
    const book = this.desk.open(await this.contracts.lock(tx, ids), facts, now);
    const incidents = new IncidentBook(await this.incidents.lock(tx, ids), now);
    const jobs = await this.jobs.of(tx, ids);
    const kept = verdicts.map((verdict): KeptVerdict => {
      check(verdict, book, jobs);
      const outcome = this.apply(verdict, { book, incidents, jobs, facts, now });
      if (outcome === 'TOO_LATE') this.tooLate(verdict);
      return { verdict, outcome, receivedAt: now };
    });
    await this.audits.keep(tx, kept);
    const said = await this.desk.close(tx, book);
    await this.incidents.save(tx, incidents);
    await this.holds.release(tx, incidents.released());
    await this.audits.countOutcomes(tx, [...book.moved.values()], now);
    return [...said, ...incidents.outgoing];
  }

  private apply(verdict: Verdict, desk: Desk): KeptVerdict['outcome'] {
    const { value } = verdict;
    const job = desk.jobs.find((j) => j.contractId === value.contract_id && j.kind === value.kind);
    if (!job) return 'WAITING';
    const done =
      value.kind === 'ROLLBACK' ? this.concludeRollback(verdict, job, desk) : this.concludeChange(verdict, desk);
    return done ? 'APPLIED' : 'TOO_LATE';
  }

  private concludeChange({ value, mandate }: Verdict, { book, incidents, facts, now }: Desk): boolean {
    const stored = book.get(value.contract_id);
    if (!stored) return false;
    const command = { type: 'conclude', verdict: value.verdict, reason: storable(value.reason) } as const;
    const events = decide(command, stored.contract, facts, now);
    book.record(value.contract_id, events, mandate);
    const failed = events.find((e) => e.type === 'failed');
    if (failed?.type === 'failed') {
      const title = storable(stored.contract.terms.title);
      incidents.record(stored, [openIncident(newId(now), value.contract_id, title, failed.reason, now)], mandate);
    }
    return events.length > 0;
  }

  private concludeRollback({ value, mandate }: Verdict, job: KnownJob, { book, incidents, facts, now }: Desk): boolean {
    const stored = book.get(value.contract_id);
    const incident = incidents.get(value.contract_id);
    if (!stored || !incident) return false;
    const { verdict, is_final: isFinal } = value;
    const { leftBehind } = job;
    const command = {
      type: 'conclude-rollback',
      verdict,
      isFinal,
      reason: storable(value.reason),
      leftBehind,
    } as const;
    const events = decideIncident(command, incident, facts.limits.rollbackAttemptsMax, now);
    incidents.record(stored, events, mandate);
    return events.length > 0;
  }

  private tooLate({ value }: Verdict): void {
    this.metrics.lateVerdicts.inc({ kind: value.kind });
    this.logger.warn(
      { contract: value.contract_id, audit: value.audit_id },
      `a ${value.verdict} on a ${value.kind} job came too late and changes nothing`,
    );
  }
}
