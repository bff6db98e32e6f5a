import type { Json } from '@mandate/contracts';
import type { Facts, JudgedProposal } from './facts';

/** What a failing rule needed, for the requestor and the founder. */
export interface Need {
  /** A sentence in English. */
  readonly text: string;
  /** Which fact, or which field of the proposal, would have to change. */
  readonly fact: string;
  readonly have: Json;
  readonly want: Json;
  /** When trying again can help, if the facts tell; epoch milliseconds. */
  readonly retry_at: number | null;
  /** Whether the same words may succeed later, because the fact can change by itself. */
  readonly retry_helps: boolean;
}

export interface RuleResult {
  readonly id: string;
  readonly passed: boolean;
  /** Null exactly when the rule passed. */
  readonly need: Need | null;
}

/** The gate's answer. Facts and proposal travel beside it, unchanged. */
export interface Verdict {
  readonly verdict: 'MAY' | 'MAY_NOT';
  /** The id of the first failing rule in the spec's order: it decides. Null for a MAY. */
  readonly first_failing_rule: string | null;
  /** Every rule, in the spec's order, failed or not. */
  readonly rules: readonly RuleResult[];
  readonly retry: {
    /** Whether every failing rule may pass later by itself. */
    readonly helps: boolean;
    /** The earliest time the facts tell of (epoch milliseconds); null: not known, or of no use. */
    readonly at: number | null;
  };
  readonly rules_version: string;
}

/** What an operator can change; any change is a new `rules_version`. */
export interface RuleParameters {
  /** E-001: the least confidence that passes, 0–1. */
  readonly confidence_min: number;
  /** E-005 */
  readonly sources_allowed: readonly string[];
  /** E-006: a rival younger than this counts. 0 switches the rule off. */
  readonly rival_window_ms: number;
  /** E-104: how long a proposal waits for a HEALTHY system. */
  readonly health_wait_ms_max: number;
}

/** One rule of §6: `test` says whether the proposal passes, `need` what a failing one lacked. Both pure. */
export interface Rule {
  readonly id: string;
  readonly test: (proposal: JudgedProposal, facts: Facts, parameters: RuleParameters) => boolean;
  readonly need: (proposal: JudgedProposal, facts: Facts, parameters: RuleParameters) => Need;
}
