import type { ChangeKind, Json, Lifecycle } from '@mandate/contracts';
import type { KeySchema } from '../json/schema-check';
import type { Proposal } from '../proposal';
import type { RuleSet } from './verdict';

/** SYSTEM's health as a reader sees it; UNKNOWN past `valid_until` (HEALTH-001). */
export type SystemHealth = 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' | 'UNKNOWN';

/** What eligibility judges: the proposal's value unchanged, with where it came from. */
export interface JudgedProposal
  extends Pick<
    Proposal,
    | 'issue_type'
    | 'severity'
    | 'affected_capabilities'
    | 'unknown_capabilities'
    | 'recommended_action'
    | 'confidence_score'
    | 'reason'
    | 'suggested_changes'
  > {
  readonly source: string;
  readonly issue_id: string;
  /** The DRAFT revision's contract; null for a new issue. */
  readonly contract_id: string | null;
  /** 0 for a new issue, 1–5 for a revision. */
  readonly revision: number;
}

/** A key a change touches: what may stand there and what stands there now (null: no value). */
export interface KeyFact {
  readonly key: string;
  readonly schema: KeySchema;
  readonly value: Json;
}

/** A capability the proposal touches, as the registry knew it. With `exists` false the rest is empty. */
export interface CapabilityFact {
  readonly name: string;
  readonly exists: boolean;
  readonly frozen: boolean;
  readonly enabled: boolean;
  readonly lifecycle: Lifecycle | null;
  readonly irreversible_allowed: readonly ChangeKind[];
  /** Only the keys that the proposal's changes name and the registry has. */
  readonly keys: readonly KeyFact[];
}

/** An active governance signal with decision BLOCKED. */
export interface SignalFact {
  /** `SYSTEM` or a capability. */
  readonly scope: string;
  readonly kind: string;
  readonly reason: string;
  readonly author: string;
  /** Epoch milliseconds; null: until it is lifted. Not active any more at this very instant. */
  readonly expires_at: number | null;
}

/** A reservation or a non-terminal contract on a target (E-006). */
export interface RivalFact {
  /** As `targetsOf` names it: `capability#key`, or the capability for its enablement. */
  readonly target: string;
  /** Null while the MAY has no contract yet. */
  readonly contract_id: string | null;
  readonly issue_id: string;
  /** When the MAY was given; epoch milliseconds. */
  readonly since: number;
}

/**
 * Everything a verdict rests on, as plain JSON: it is recorded with the verdict, and judging the recorded text again
 * gives the same bytes (ELIG-001). The order of the lists is irrelevant to the verdict.
 */
export interface Facts {
  /** What the proposal is judged by. */
  readonly rules: RuleSet;
  /** Eligibility's clock; epoch milliseconds. */
  readonly now: number;
  /** Since when the proposal waits for a HEALTHY system (epoch milliseconds); null: it did not wait. */
  readonly waiting_since: number | null;
  readonly registry_version: number;
  readonly health_version: number;
  readonly system_health: SystemHealth;
  readonly capabilities: readonly CapabilityFact[];
  readonly signals: readonly SignalFact[];
  readonly rivals: readonly RivalFact[];
}
