import {
  type AuditConcluded,
  type ContractChanged,
  decode,
  type EligibilityJudged,
  type IncidentChanged,
  type ProposalMade,
} from '@mandate/schemas';
import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { type Stuck, stuckOn } from '../domain/stuck';

/** What needs a human now, each list most urgent first. */
export interface Attention {
  readonly escalated: readonly ContractChanged[];
  readonly expiring: readonly ContractChanged[];
  readonly held: readonly ContractChanged[];
  readonly stuck: readonly { readonly contract: ContractChanged; readonly stuck: Stuck }[];
  readonly inconclusive: readonly {
    readonly contract: ContractChanged;
    readonly audit: AuditConcluded;
    readonly bytes: Buffer;
  }[];
  readonly incidents: readonly IncidentChanged[];
  readonly escalatedIssues: readonly { readonly verdict: EligibilityJudged; readonly proposal: ProposalMade }[];
}

const LIST_MAX = 100;
/** More executions than this at once are beyond what one list can show; the rest follows as these end. */
const EXECUTIONS_MAX = 5_000;
const DAY_MS = 86_400_000;
/** A contract warns its founder after five of its seven days, and more loudly after six. */
const EXPIRING_WITHIN_MS = 2 * DAY_MS;
const ESCALATED_WITHIN_MS = DAY_MS;

interface ExecutionRow {
  readonly contract_id: string;
  readonly window_end: string;
  readonly job_ended_at: string | null;
  readonly evaluated_at: string | null;
  readonly audited_at: string | null;
}

@Injectable()
export class AttentionStore {
  constructor(private readonly database: Database) {}

  async read(now: number): Promise<Attention> {
    const [escalated, expiring, held, stuck, inconclusive, incidents, issues] = await Promise.all([
      this.expiring(now, 0, ESCALATED_WITHIN_MS),
      this.expiring(now, ESCALATED_WITHIN_MS, EXPIRING_WITHIN_MS),
      this.values(`contracts WHERE status = 'APPROVED' AND waiting_since IS NOT NULL ORDER BY waiting_since`),
      this.stuck(now),
      this.inconclusive(),
      this.values(`incidents WHERE state <> 'RESOLVED' ORDER BY opened_at`),
      this.values('escalated_issues WHERE NOT is_acknowledged ORDER BY judged_at DESC'),
    ]);
    return {
      escalated,
      expiring,
      held: held.map(toContract),
      stuck,
      inconclusive,
      incidents: incidents.map((bytes) => decode('IncidentChanged', bytes)),
      escalatedIssues: issues.map((bytes) => {
        const verdict = decode('EligibilityJudged', bytes);
        return { verdict, proposal: decode('ProposalMade', verdict.proposal) };
      }),
    };
  }

  private async values(from: string, parameters: readonly unknown[] = []): Promise<Buffer[]> {
    const rows = await this.database.rows<{ value: Buffer }>(`SELECT value FROM ${from} LIMIT ${LIST_MAX}`, parameters);
    return rows.map((r) => r.value);
  }

  /** A clock that stands still expires nothing. */
  private async expiring(now: number, afterMs: number, withinMs: number): Promise<ContractChanged[]> {
    const values = await this.values(
      `contracts WHERE status = 'ELIGIBLE' AND NOT is_paused AND expires_at > $1 AND expires_at <= $2 ORDER BY expires_at`,
      [afterMs === 0 ? 0 : now + afterMs, now + withinMs],
    );
    return values.map(toContract);
  }

  private async stuck(now: number): Promise<Attention['stuck']> {
    const rows = await this.database.rows<ExecutionRow>(EXECUTIONS);
    const stuck = rows.flatMap((row) => {
      const found = stuckOn(toExecution(row), now);
      return found ? [{ id: row.contract_id, stuck: found }] : [];
    });
    const shown = stuck.sort((a, b) => a.stuck.since - b.stuck.since).slice(0, LIST_MAX);
    const contracts = await this.database.rows<{ contract_id: string; value: Buffer }>(
      'SELECT contract_id, value FROM contracts WHERE contract_id = ANY ($1::uuid[])',
      [shown.map((s) => s.id)],
    );
    const byId = new Map(contracts.map((c) => [c.contract_id, c.value]));
    return shown.flatMap(({ id, stuck: found }) => {
      const value = byId.get(id);
      return value ? [{ contract: toContract(value), stuck: found }] : [];
    });
  }

  /** ACTIVE contracts whose newest audit could not conclude and is not tried again: the founder is asked (AM-04). */
  private async inconclusive(): Promise<Attention['inconclusive']> {
    const rows = await this.database.rows<{ contract: Buffer; audit: Buffer }>(INCONCLUSIVE);
    return rows.map(({ contract, audit }) => ({
      contract: toContract(contract),
      audit: decode('AuditConcluded', audit),
      bytes: audit,
    }));
  }
}

/** Each execution with the last of its change job's evaluation and audit. */
export const EXECUTIONS = `SELECT c.contract_id, c.window_end, j.ended_at AS job_ended_at, e.evaluated_at, a.concluded_at AS audited_at
  FROM contracts c
  LEFT JOIN LATERAL (SELECT job_id, ended_at FROM jobs WHERE contract_id = c.contract_id AND kind = 'CHANGE' ORDER BY version DESC LIMIT 1) j ON true
  LEFT JOIN LATERAL (SELECT evaluated_at FROM evaluations WHERE contract_id = c.contract_id AND job_id = j.job_id ORDER BY version DESC LIMIT 1) e ON true
  LEFT JOIN LATERAL (SELECT concluded_at FROM audits WHERE contract_id = c.contract_id AND job_id = j.job_id ORDER BY version DESC LIMIT 1) a ON true
  WHERE c.status = 'ACTIVE' ORDER BY c.window_end LIMIT ${EXECUTIONS_MAX}`;
export const INCONCLUSIVE = `SELECT c.value AS contract, a.value AS audit FROM contracts c
  JOIN LATERAL (SELECT value, verdict, is_final FROM audits WHERE audits.contract_id = c.contract_id ORDER BY version DESC LIMIT 1) a ON true
  WHERE c.status = 'ACTIVE' AND a.verdict = 'INCONCLUSIVE' AND a.is_final ORDER BY c.window_end LIMIT ${LIST_MAX}`;

function toContract(bytes: Buffer): ContractChanged {
  return decode('ContractChanged', bytes);
}

function toExecution(row: ExecutionRow) {
  const time = (value: string | null) => (value === null ? null : Number(value));
  return {
    windowEnd: Number(row.window_end),
    jobEndedAt: time(row.job_ended_at),
    evaluatedAt: time(row.evaluated_at),
    auditedAt: time(row.audited_at),
  };
}
