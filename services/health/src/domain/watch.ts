import type { ScopeWatched } from './evaluation';
import type { Basis, HealthState } from './scope-state';

/** A state as it was said at an instant; epoch milliseconds. */
export interface StateSaid {
  readonly state: HealthState;
  readonly basis: Basis;
  readonly at: number;
}

/** What was recorded of a scope around a job. */
export interface ScopeRecord {
  readonly scope: string;
  /** From the snapshot: just before the job started, UNKNOWN if nothing had been observed within 30 s. */
  readonly before: HealthState;
  /** States said from the job's start on, in order. */
  readonly said: readonly StateSaid[];
  /** When probes of the scope (of SYSTEM, if it inherits) gave results from 30 s before the job on, in order. */
  readonly observedAt: readonly number[];
}

/** A scope of which nothing was seen for longer than this is not known (spec 1-workflow §3.8); milliseconds. */
export const SILENCE_MS_MAX = 30_000;

const WORSE: Readonly<Record<HealthState, number>> = { HEALTHY: 0, UNKNOWN: 1, DEGRADED: 2, UNHEALTHY: 3 };

/** The worse of two states. Not knowing is worse than HEALTHY, but does not hide that something was ill. */
export function worseOf(a: HealthState, b: HealthState): HealthState {
  return WORSE[b] > WORSE[a] ? b : a;
}

/** How a scope fared from `from` (the job's start) to `to` (now). Silence makes it UNKNOWN. */
export function watched(record: ScopeRecord, from: number, to: number): ScopeWatched {
  const said = record.said.filter((s) => s.at > from && s.at <= to);
  const samples = record.observedAt.filter((at) => at > from && at <= to).length;
  const isSilentNow = to - (record.observedAt.findLast((at) => at <= to) ?? Number.NEGATIVE_INFINITY) > SILENCE_MS_MAX;
  const after = isSilentNow ? 'UNKNOWN' : (said.at(-1)?.state ?? record.before);
  const wasSilent = isSilentNow || longestGap(record.observedAt, from, to) > SILENCE_MS_MAX;
  const worst = [...said.map((s) => s.state), after, ...(wasSilent ? (['UNKNOWN'] as const) : [])];
  return { scope: record.scope, before: record.before, after, worst: worst.reduce(worseOf, record.before), samples };
}

function longestGap(observedAt: readonly number[], from: number, to: number): number {
  const inside = observedAt.filter((at) => at > from && at <= to);
  const start = observedAt.findLast((at) => at <= from) ?? from;
  return [...inside, to].reduce(({ last, longest }, at) => ({ last: at, longest: Math.max(longest, at - last) }), {
    last: Math.max(start, from - SILENCE_MS_MAX),
    longest: 0,
  }).longest;
}
