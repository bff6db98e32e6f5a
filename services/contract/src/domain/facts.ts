import type { FounderKey, Registry } from '@mandate/contracts';
import type { Outcomes } from './health-impact';
import type { ReviewPeriods } from './ttl';

export type HealthState = 'UNKNOWN' | 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY';

/** Health as far as it has been heard, at the instant of the decision (HEALTH-001 is kept by whoever makes this). */
export interface HealthFacts {
  /** Version of SYSTEM. */
  readonly healthVersion: number;
  stateOf(scope: string): HealthState;
  /** Active blocking governance signals on SYSTEM or one of the scopes. */
  blockingSignals(scopes: readonly string[]): readonly { readonly scope: string; readonly reason: string | null }[];
}

/** Bounds of an activation window and of incidents; configuration. Milliseconds. */
export interface Limits {
  readonly windowGraceMs: number;
  readonly windowAheadMsMax: number;
  readonly windowLengthMsMax: number;
  readonly rollbackAttemptsMax: number;
}

/** Everything a decision looks at besides the contract and the command. */
export interface Facts {
  readonly registry: Registry;
  readonly health: HealthFacts;
  readonly founders: readonly FounderKey[];
  readonly periods: ReviewPeriods;
  readonly limits: Limits;
  /** Which contract holds a capability (HOLD-001). */
  readonly holders: ReadonlyMap<string, string>;
  /** By `outcomeKey`, of the last 30 days. */
  readonly outcomes: ReadonlyMap<string, Outcomes>;
}
