import type { Contract } from './contract';
import { decideConclusion } from './decide-conclusion';
import type { ContractEvent } from './events';
import {
  decideIncident,
  type Incident,
  type IncidentEvent,
  type IncidentFacts,
  type LeftBehind,
  openIncident,
} from './incident';

/** The auditor's verdict on a job. */
export interface JobVerdict {
  readonly kind: 'CHANGE' | 'ROLLBACK';
  /** Of the job: which run of it was judged. */
  readonly jobAttempt: number;
  readonly verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  /** False: an INCONCLUSIVE that the auditor will try again. */
  readonly isFinal: boolean;
  readonly reason: string;
}

/** What a verdict is about. */
export interface VerdictMatter {
  readonly contract: Contract;
  readonly incident: Incident | null;
  /** The contract's job of the verdict's kind; null while it has not been heard of. */
  readonly job: { readonly attempt: number; readonly leftBehind: readonly LeftBehind[] } | null;
  /** Id and title for the incident, should one be opened. */
  readonly incidentId: string;
  readonly incidentTitle: string;
}

export interface VerdictDecision {
  /** WAITING: for its job to be heard of. TOO_LATE: contract or incident had moved on. */
  readonly outcome: 'WAITING' | 'APPLIED' | 'TOO_LATE';
  readonly contract: readonly ContractEvent[];
  readonly incident: readonly IncidentEvent[];
}

/**
 * What the auditor's verdict does to a contract and its incident. A failed contract and its incident come from one
 * decision, so that they stand in one transaction (SM-004). It counts only for a job that is known to be the contract's.
 */
export function decideVerdict(
  verdict: JobVerdict,
  matter: VerdictMatter,
  facts: IncidentFacts,
  now: number,
): VerdictDecision {
  if (!matter.job) return { outcome: 'WAITING', contract: [], incident: [] };
  if (verdict.kind === 'CHANGE') return concludeChange(verdict, matter, now);
  const { leftBehind, attempt } = matter.job;
  const isRetried = attempt > verdict.jobAttempt;
  const command = { ...verdict, type: 'conclude-rollback' as const, isRetried, leftBehind };
  const incident = matter.incident ? decideIncident(command, matter.incident, facts, now) : [];
  return { outcome: incident.length > 0 ? 'APPLIED' : 'TOO_LATE', contract: [], incident };
}

function concludeChange({ verdict, reason }: JobVerdict, matter: VerdictMatter, now: number): VerdictDecision {
  const contract = decideConclusion({ type: 'conclude', verdict, reason }, matter.contract, now);
  if (contract.length === 0) return { outcome: 'TOO_LATE', contract, incident: [] };
  const { incidentId, incidentTitle } = matter;
  const opened = openIncident(incidentId, matter.contract.terms.contractId, incidentTitle, reason, now);
  return { outcome: 'APPLIED', contract, incident: verdict === 'FAIL' ? [opened] : [] };
}
