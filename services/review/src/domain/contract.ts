import type { CapabilityState, Constraints, ContractState, FounderKey } from '@mandate/contracts';

/** What of a contract matters to a founder's decision. Digests are 32 bytes, times epoch milliseconds. */
export interface ReviewedContract {
  readonly contractId: string;
  readonly version: number;
  readonly status: ContractState;
  readonly expiresAt: number;
  /** A clarification stops the clock. */
  readonly isPaused: boolean;
  readonly isClarificationOpen: boolean;
  readonly dossierDigest: Buffer;
  readonly planDigest: Buffer;
  readonly affectedCapabilities: readonly string[];
  readonly constraints: Constraints;
  /** 0 for an original. */
  readonly revision: number;
  /** What a modification may touch: the capabilities that the issue or the original named (AM-21). */
  readonly scopeCapabilities: readonly string[];
  /** Its plan is the one in proposal and verdict, and its dossier digest is that of what is shown. */
  readonly isSound: boolean;
}

/** What of an audit matters to an attestation. */
export interface ReviewedAudit {
  readonly auditId: string;
  readonly contractId: string;
  /** SHA-256 of the message. */
  readonly digest: Buffer;
  readonly isInconclusive: boolean;
  /** False: the auditor tries again by itself. */
  readonly isFinal: boolean;
  /** A later audit has spoken. */
  readonly isSuperseded: boolean;
  readonly inconclusiveChecks: readonly string[];
}

/** What of an incident matters to a decision on it. */
export interface ReviewedIncident {
  readonly incidentId: string;
  readonly contractId: string;
  readonly version: number;
  readonly isResolved: boolean;
}

/** Health as the decision needs it; every scope is UNKNOWN once health has not been heard. */
export interface HealthSeen {
  stateOf(scope: string): 'UNKNOWN' | 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY';
  blockingSignals(scopes: readonly string[]): readonly { readonly scope: string; readonly reason: string | null }[];
}

/** What a decision is taken under, looked at afresh each time. */
export interface Circumstances {
  readonly now: number;
  readonly health: HealthSeen;
  readonly capabilities: ReadonlyMap<string, CapabilityState>;
  readonly founders: readonly FounderKey[];
}
