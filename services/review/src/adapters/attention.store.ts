import {
  type AuditConcluded,
  decode,
  type EligibilityJudged,
  type IncidentChanged,
  type ProposalMade,
} from '@mandate/schemas';
import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { type Execution, type Stuck, stuckOn } from '../domain/stuck';
import { type ContractFile, openContract } from './contract-changed.wire';
import { type Progress, ProgressStore } from './progress.store';

/** What needs a human now, each list oldest or most urgent first. */
export interface Attention {
  readonly expiring: readonly ContractFile[];
  readonly waiting: readonly ContractFile[];
  readonly stuck: readonly { readonly contract: ContractFile; readonly stuck: Stuck }[];
  readonly inconclusive: readonly { readonly contract: ContractFile; readonly audit: AuditConcluded }[];
  readonly incidents: readonly IncidentChanged[];
  readonly escalated: readonly { readonly verdict: EligibilityJudged; readonly proposal: ProposalMade }[];
}

const LIST_MAX = 100;
/** A contract warns its founder after five of its seven days. */
const EXPIRING_WITHIN_MS = 172_800_000;

@Injectable()
export class AttentionStore {
  constructor(
    private readonly database: Database,
    private readonly progress: ProgressStore,
  ) {}

  async read(now: number): Promise<Attention> {
    const [expiring, waiting, active, inconclusive, incidents, escalated] = await Promise.all([
      this.contracts(`status = 'ELIGIBLE' AND NOT is_paused AND expires_at <= $1 ORDER BY expires_at`, [
        now + EXPIRING_WITHIN_MS,
      ]),
      this.contracts(`status = 'APPROVED' AND waiting_since IS NOT NULL ORDER BY waiting_since`),
      this.contracts(`status = 'ACTIVE' ORDER BY expires_at`),
      this.inconclusive(),
      this.values(`incidents WHERE state <> 'RESOLVED' ORDER BY opened_at`),
      this.values('escalated_issues ORDER BY judged_at DESC'),
    ]);
    return {
      expiring,
      waiting,
      stuck: await this.stuck(active, now),
      inconclusive,
      incidents: incidents.map((bytes) => decode('IncidentChanged', bytes)),
      escalated: escalated.map((bytes) => {
        const verdict = decode('EligibilityJudged', bytes);
        return { verdict, proposal: decode('ProposalMade', verdict.proposal) };
      }),
    };
  }

  private async values(from: string, parameters: readonly unknown[] = []): Promise<Buffer[]> {
    const rows = await this.database.rows<{ value: Buffer }>(`SELECT value FROM ${from} LIMIT ${LIST_MAX}`, parameters);
    return rows.map((r) => r.value);
  }

  private async contracts(where: string, parameters: readonly unknown[] = []): Promise<ContractFile[]> {
    return (await this.values(`contracts WHERE ${where}`, parameters)).map(openContract);
  }

  private async stuck(active: readonly ContractFile[], now: number): Promise<Attention['stuck']> {
    const progress = await Promise.all(active.map(({ contract }) => this.progress.of(contract.contract_id)));
    return active.flatMap((contract, i) => {
      const stuck = stuckOn(executionOf(contract, progress[i] as Progress), now);
      return stuck ? [{ contract, stuck }] : [];
    });
  }

  /** ACTIVE contracts whose newest audit could not conclude: the founder is asked (AM-04). */
  private async inconclusive(): Promise<Attention['inconclusive']> {
    const rows = await this.database.rows<{ contract: Buffer; audit: Buffer }>(
      `SELECT c.value AS contract, a.value AS audit FROM contracts c
       JOIN LATERAL (SELECT value, verdict FROM audits WHERE audits.contract_id = c.contract_id ORDER BY version DESC LIMIT 1) a ON true
       WHERE c.status = 'ACTIVE' AND a.verdict = 'INCONCLUSIVE' ORDER BY c.expires_at LIMIT ${LIST_MAX}`,
    );
    return rows.map((r) => ({ contract: openContract(r.contract), audit: decode('AuditConcluded', r.audit) }));
  }
}

function executionOf({ contract }: ContractFile, { jobs, evaluations, audits }: Progress): Execution {
  const job = jobs.filter((j) => j.kind === 'CHANGE').at(-1);
  const ofJob = (each: { readonly job_id: string }): boolean => each.job_id === job?.job_id;
  return {
    windowEnd: contract.approval?.window_end ?? contract.expires_at,
    jobEndedAt: job?.ended_at ?? null,
    evaluatedAt: evaluations.filter(ofJob).at(-1)?.evaluated_at ?? null,
    auditedAt: audits.filter(ofJob).at(-1)?.concluded_at ?? null,
  };
}
