import type { Change, ChangeKind, Json } from '@mandate/contracts';

/** Where a piece of evidence stands: `topic/partition/offset`. */
export type EvidenceRef = string;
export type HealthState = 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' | 'UNKNOWN';
export type Answer = 'YES' | 'NO' | 'UNKNOWN';
export const SYSTEM = 'SYSTEM';

/** One message of the chain, verified again from its recorded bytes. */
export interface Hop {
  readonly ref: EvidenceRef;
  readonly type: string;
  readonly says: string;
  readonly writer: string;
  /** Hex digests of links. */
  readonly digest: string;
  readonly causeDigest: string;
  /** What does not hold when the message is checked again; null if everything does. */
  readonly problem: string | null;
}

/** The links from the evaluation back to the issue. */
export interface ChainFile {
  readonly hops: readonly Hop[];
  /** Digests that a hop cites and no evidence has. */
  readonly missing: readonly string[];
  /** Subjects of the chain of which two different links were said. */
  readonly equivocations: readonly string[];
}

/** What the founder signed, verified again. */
export interface ApprovalFile {
  /** What does not hold; null if statement, signature, dossier, plan and founder do. */
  readonly problem: string | null;
  readonly founder: string | null;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly allowedTargets: readonly string[];
}

/** The contract as it was when it ordered the CHANGE job. */
export interface ContractFile {
  readonly ref: EvidenceRef;
  readonly contractId: string;
  readonly changes: readonly Change[];
  readonly capabilities: readonly string[];
  /** Hex: as the link says, and as computed again from the changes. */
  readonly planDigest: string;
  readonly recomputedPlanDigest: string;
  readonly approval: ApprovalFile | null;
}

export interface StepFile {
  readonly index: number;
  readonly change: Change;
  readonly inverse: Change | null;
  readonly state: string;
  /** What the executor saw before it ran the step (JOB-002). */
  readonly healthSeen: readonly { readonly scope: string; readonly state: string; readonly version: number }[];
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** The live part of a capability's state. */
export interface LiveState {
  readonly enabled: boolean;
  readonly lifecycle: string;
  readonly values: { readonly [key: string]: Json };
}

export interface VersionsFile {
  readonly capability: string;
  readonly before: number;
  readonly after: number;
  /** What the executor says it found and left; null where that cannot be read. */
  readonly stateBefore: LiveState | null;
  readonly stateAfter: LiveState | null;
}

/** A job at its end. */
export interface JobFile {
  readonly ref: EvidenceRef;
  readonly jobId: string;
  readonly contractId: string;
  readonly state: string;
  readonly planDigest: string;
  readonly steps: readonly StepFile[];
  readonly versions: readonly VersionsFile[];
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly registryVersion: number;
}

/** What health found. */
export interface EvaluationFile {
  readonly ref: EvidenceRef | null;
  readonly capabilitiesHealthy: Answer;
  readonly executionMatched: Answer;
  readonly invariants: readonly { readonly id: string; readonly holds: Answer }[];
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly registryVersion: number;
  readonly healthVersion: number;
}

/** One change of a capability with what it cites. */
export interface CapabilityFile extends LiveState {
  readonly ref: EvidenceRef;
  readonly capability: string;
  readonly version: number;
  readonly registryVersion: number;
  readonly cause: string;
  readonly contractId: string | null;
  readonly jobId: string | null;
  readonly irreversibleAllowed: readonly ChangeKind[];
  readonly changedAt: number;
  /** Of a definition: whether the manifest allows the catalogue that it cites. */
  readonly isCatalogueAllowed: boolean;
  /** The cited ContractChanged, from the evidence; null for a definition, and where the evidence lacks it. */
  readonly cited: {
    readonly contractId: string;
    readonly says: string;
    readonly capabilities: readonly string[];
  } | null;
  /** Whether a JobChanged of that job and contract is in the evidence. */
  readonly isJobKnown: boolean;
}

/** The registry's history from before the job to the evaluation. */
export interface RegistryFile {
  /** Every change after the last one before the job, in registry order. */
  readonly changes: readonly CapabilityFile[];
  /** Registry versions in that range that no evidence has. */
  readonly missing: readonly number[];
  /** States by `capability@version`: all of the above, those just before them, and those that the jobs name. */
  readonly states: ReadonlyMap<string, CapabilityFile>;
}

export interface BlockingSignal {
  readonly scope: string;
  readonly kind: string;
  readonly author: string | null;
  readonly raisedAt: number;
  readonly expiresAt: number;
}

/** One thing said of a scope's health. */
export interface HealthFile {
  readonly ref: EvidenceRef;
  readonly scope: string;
  readonly version: number;
  readonly state: HealthState;
  readonly basis: 'own' | 'inherited';
  readonly at: number;
  /** SYSTEM only. */
  readonly validUntil: number | null;
  readonly scopeVersions: readonly { readonly scope: string; readonly version: number }[];
  readonly signals: readonly BlockingSignal[];
}

/** Eligibility judged again on the recorded facts; see `judgeAgain`. */
export interface EligibilityFile {
  readonly ref: EvidenceRef;
  readonly outcome: 'SAME' | 'DIFFERENT' | 'UNKNOWN_RULES' | 'UNREADABLE_FACTS';
  readonly rulesVersion: string;
  /** Whether the proposal that was judged is, byte for byte, the one that was made. */
  readonly isProposalUnaltered: boolean;
}

/** Everything an audit looks at, from the auditor's own evidence. What is null or missing has not been found there. */
export interface CaseFile {
  readonly kind: 'CHANGE' | 'ROLLBACK';
  readonly contract: ContractFile | null;
  /** The job that is audited. */
  readonly job: JobFile | null;
  /** ROLLBACK: the CHANGE job that it undoes. */
  readonly undone: JobFile | null;
  readonly evaluation: EvaluationFile;
  readonly registry: RegistryFile;
  /** What was said of SYSTEM and the affected capabilities, from just before the job to the evaluation, by version. */
  readonly health: readonly HealthFile[];
  readonly eligibility: EligibilityFile | null;
  readonly chain: ChainFile;
}
