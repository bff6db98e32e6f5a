import type { Constraints, Level, Plan } from '@mandate/contracts';
import type { Fact, FactChange } from './approval-facts';
import type { HealthImpact } from './health-impact';
import type { Ttl } from './ttl';

/** Where an issue came from; carried from the issue on, unchanged. */
export interface Origin {
  readonly source: string;
  readonly source_system: string;
  readonly reference: string;
  readonly submitter: string | null;
  readonly tenant: string | null;
  readonly received_at: number;
}

/** What a contract is about. Fixed from its creation on (a revision's risk and confidence come with its own verdict). */
export interface Terms {
  readonly contractId: string;
  readonly issueId: string;
  readonly origin: Origin;
  readonly title: string;
  /** 0 is the original; every modification counts one up. */
  readonly revision: number;
  readonly parentContractId: string | null;
  readonly plan: Plan;
  readonly planDigest: Buffer;
  /** Of the issue, as its receiver stated it. */
  readonly payloadDigest: Buffer;
  /** Capabilities that the issue or an earlier revision named: what a modification may touch (AM-21). */
  readonly scopeCapabilities: readonly string[];
  readonly riskLevel: Level;
  readonly healthImpact: HealthImpact;
  /** Defaults from the catalogue; what the founder tightened stands in the approval statement. */
  readonly constraints: Constraints;
  /** The validator's; null until a revision has its own verdict (CONTRACT-007). */
  readonly confidence: number | null;
  /** EligibilityJudged as it was said, byte for byte; null until a revision has its own. */
  readonly verdict: Buffer | null;
  readonly dossierDigest: Buffer;
  readonly createdAt: number;
}

/** A question to the requestor; it stays open until it is answered, even if the pause it brought has ended. */
export interface Clarification {
  readonly requestId: string;
  readonly question: string;
  readonly requestedAt: number;
  readonly answer: string | null;
  readonly answeredAt: number | null;
}

/** A founder's approval with what was signed, byte for byte. */
export interface Approval {
  readonly decisionId: string;
  readonly statement: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
  readonly approvedBy: string;
  readonly approvedAt: number;
  readonly windowStart: number;
  readonly windowEnd: number;
  /** Per-step time-out as the founder signed it; milliseconds. */
  readonly stepTimeoutMs: number;
  /** What was so when the founder approved. */
  readonly facts: readonly Fact[];
}

export type WaitingReason = 'HEALTH' | 'BLOCKED' | 'FROZEN' | 'PLAN_STALE' | 'HELD_BY';
export interface Waiting {
  readonly reason: WaitingReason;
  readonly detail: string;
  readonly since: number;
}

interface Common {
  readonly terms: Terms;
  /** Grows by one with every recorded change, transition or not. */
  readonly version: number;
  readonly changedAt: number;
  readonly ttl: Ttl;
  readonly clarification: Clarification | null;
  /** Keys of decisions already taken; the same key again is the same decision. */
  readonly decided: ReadonlySet<string>;
}
type Decided = Common & {
  readonly approval: Approval;
  /** What was another fact than at the approval when this was last looked at, until activation. */
  readonly sinceApproval: readonly FactChange[];
};

export type Draft = Common & { readonly status: 'DRAFT' };
/** Passed through only: both verdicts are attached at once. */
export type Validated = Common & { readonly status: 'VALIDATED' };
export type Eligible = Common & { readonly status: 'ELIGIBLE' };
export type Approved = Decided & { readonly status: 'APPROVED'; readonly waiting: Waiting | null };
export type Active = Decided & {
  readonly status: 'ACTIVE';
  readonly activatedAt: number;
  readonly auditVerdict: 'INCONCLUSIVE' | null;
};
export type Completed = Decided & {
  readonly status: 'COMPLETED';
  readonly activatedAt: number;
  readonly auditVerdict: 'PASS';
};
export type Failed = Decided & {
  readonly status: 'FAILED';
  readonly activatedAt: number;
  readonly auditVerdict: 'FAIL';
  readonly reason: string;
};
export type Ended = Common & {
  readonly status: 'REJECTED' | 'EXPIRED';
  readonly reason: string;
  readonly approval: Approval | null;
};
export type Superseded = Common & {
  readonly status: 'SUPERSEDED';
  readonly reason: string;
  readonly successorContractId: string;
};

/** A contract (spec 1-workflow §4). A state holds what belongs to it and nothing else. */
export type Contract = Draft | Validated | Eligible | Approved | Active | Completed | Failed | Ended | Superseded;

/** The approval a contract was given, if it ever was. */
export function approvalOf(contract: Contract): Approval | null {
  return 'approval' in contract ? contract.approval : null;
}
