import type { Change, Json } from '@mandate/contracts';
import { executionMatched } from './execution-match';
import { checkInvariants } from './invariants';
import type { LiveState } from './plan-outcome';
import type { HealthState } from './scope-state';

export type Answer = 'YES' | 'NO' | 'UNKNOWN';

/** A job that has ended, as far as its evaluation looks at it. What it says about health is not looked at (PART2-003). */
export interface EndedJob {
  readonly contractId: string;
  readonly kind: 'CHANGE' | 'ROLLBACK';
  readonly isCompleted: boolean;
  /** Hex. */
  readonly planDigest: string;
  readonly capabilities: readonly { readonly capability: string; readonly before: number; readonly after: number }[];
}

/** What an approved contract allows its job. `planDigest` is hex. */
export interface ContractScope {
  readonly contractId: string;
  readonly planDigest: string;
  readonly capabilities: readonly string[];
  readonly changes: readonly Change[];
}

/** A scope before, during and after: the state said, damped, and how often it was looked at. */
export interface ScopeWatched {
  readonly scope: string;
  readonly before: HealthState;
  readonly after: HealthState;
  readonly worst: HealthState;
  readonly samples: number;
}

/** One recorded change of a capability. */
export interface CapabilityRecord extends LiveState {
  readonly capability: string;
  readonly version: number;
  readonly registryVersion: number;
  readonly cause: string;
  readonly contractId: string | null;
  readonly citesOwn: boolean;
  readonly frozen: boolean;
  readonly keySchemas: { readonly [key: string]: { readonly [keyword: string]: Json } };
}

/** A blocking signal that was raised while the job ran or was watched. */
export interface SignalRaised {
  readonly scope: string;
  readonly kind: string;
  readonly author: string;
  readonly reason: string;
  readonly raisedAt: number;
}

/** Everything an evaluation rests on. */
export interface EvaluationFacts {
  readonly job: EndedJob;
  /** The contract's projection; null if it has not been heard of. */
  readonly contract: ContractScope | null;
  /** SYSTEM and every affected capability. */
  readonly scopes: readonly ScopeWatched[];
  /** Every capability change since the job started, of anyone. */
  readonly changes: readonly CapabilityRecord[];
  /** False if a registry version in that time has not been heard of. */
  readonly isHistoryWhole: boolean;
  /** States that the job's capability versions name, by `capability@version`. */
  readonly states: ReadonlyMap<string, LiveState>;
  /** ROLLBACK: what the CHANGE job of this contract found; null if it is not known. */
  readonly undone: EndedJob | null;
  /** Scopes of the other contracts that changed something meanwhile. */
  readonly others: ReadonlyMap<string, ContractScope>;
  readonly signals: readonly SignalRaised[];
  readonly isValid: (schema: { readonly [keyword: string]: Json }, value: Json) => boolean;
}

export interface InvariantAnswer {
  readonly id: string;
  readonly holds: Answer;
  readonly evidence: Json;
}

/** The charter's three questions, answered. */
export interface Evaluation {
  readonly capabilitiesHealthy: Answer;
  readonly invariants: readonly InvariantAnswer[];
  readonly executionMatched: Answer;
  readonly reason: string;
}

/**
 * Answers: did capabilities remain healthy, did any invariant break (INV-1…INV-5), did execution match the proposal?
 * Pure. What is not known is UNKNOWN, never YES.
 *
 * @see spec 1-workflow §3.8; PART2-003, PART2-005
 */
export function evaluate(facts: EvaluationFacts): Evaluation {
  const invariants = checkInvariants(facts);
  const capabilitiesHealthy = remainedHealthy(facts);
  const matched = executionMatched(facts);
  return { capabilitiesHealthy, invariants, executionMatched: matched.answer, reason: reasonOf() };

  function reasonOf(): string {
    const broken = invariants.filter((i) => i.holds === 'NO').map((i) => `${i.id} is broken`);
    const unknown = invariants.filter((i) => i.holds === 'UNKNOWN').map((i) => `${i.id} is not known`);
    const ill = facts.scopes.filter((s) => s.worst !== 'HEALTHY').map((s) => `${s.scope} was ${s.worst}`);
    const parts = [...broken, ...unknown, ...ill, ...(matched.answer === 'YES' ? [] : [matched.why])];
    return parts.length ? `${parts.join('; ')}.` : 'Everything remained healthy and came out as planned.';
  }
}

/** A rollback is asked where it led to; a change, whether health held all the way. */
function remainedHealthy({ job, scopes }: EvaluationFacts): Answer {
  if (scopes.length === 0) return 'UNKNOWN';
  const states = scopes.map((s) => (job.kind === 'ROLLBACK' ? s.after : s.worst));
  if (states.some((s) => s === 'DEGRADED' || s === 'UNHEALTHY')) return 'NO';
  return states.every((s) => s === 'HEALTHY') ? 'YES' : 'UNKNOWN';
}
