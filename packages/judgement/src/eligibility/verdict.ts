import type { Json } from '@mandate/contracts';
import type { Facts, JudgedProposal } from './facts';

/**
 * One thing that would have to be otherwise. `want` is one of `{equals}`, `{at_least, at_most}`, `{one_of}`,
 * `{other_than}`, `{schema, other_than}` (a value that the schema allows), `{schema_allows, value}` (a key with that value),
 * `{includes}`, `{items_at_least}` and `{is_over: true}` (a signal or a rival that has ended).
 */
export interface Condition {
  /** Which fact, or which field of the proposal: `confidence_score`, `frozen`, `signal`, `rival`, `new_value`, … */
  readonly fact: string;
  /** The capability, target or scope it is about; null where there is only one of it. */
  readonly of: string | null;
  readonly have: Json;
  readonly want: Json;
}

/** What a failing rule needed, for the requestor and the founder. With all of `conditions` met the rule passes. */
export interface Need {
  /** A sentence in English. */
  readonly text: string;
  readonly conditions: readonly Condition[];
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
    /** Not before this time, as far as the facts tell (epoch milliseconds); null: not known, or of no use. */
    readonly at: number | null;
  };
  readonly rules_version: string;
  /** Of the rule set: SHA-256, hexadecimal. */
  readonly rules_digest: string;
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

/** The rules that a verdict was given by; part of the recorded facts, so that judging again needs nothing else. */
export interface RuleSet {
  /** Version of the rules' code and the first twelve digits of the digest. */
  readonly version: string;
  /** SHA-256 of the RFC 8785 form of {code, parameters, rules}; hexadecimal. */
  readonly digest: string;
  readonly parameters: RuleParameters;
}

/** One rule of §6: `test` says whether the proposal passes, `need` what a failing one lacked. Both pure. */
export interface Rule {
  readonly id: string;
  readonly test: (proposal: JudgedProposal, facts: Facts, parameters: RuleParameters) => boolean;
  readonly need: (proposal: JudgedProposal, facts: Facts, parameters: RuleParameters) => Need;
}
