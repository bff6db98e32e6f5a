/** What a probe says about its scope. */
export type Decision = 'OK' | 'WARN' | 'BLOCKED';

/** One answer, or missing answer, of a governed system. */
export interface ProbeResult {
  readonly isOk: boolean;
  readonly latencyMs: number;
}

/** A probe's damped decision and the results that lead to the next one. */
export interface ProbeMemory {
  /** Null until the first result. */
  readonly decision: Decision | null;
  /** Oldest first, at most the threshold. */
  readonly recent: readonly Decision[];
  /** When the last result came; epoch milliseconds. */
  readonly observedAt: number | null;
}

export const NEVER_OBSERVED: ProbeMemory = { decision: null, recent: [], observedAt: null };

/** What the probe's definition says about time; milliseconds. */
export interface ProbeRhythm {
  readonly interval_ms: number;
  readonly timeout_ms: number;
}

const FRESH_MS_MIN = 10_000;
const RANK: Readonly<Record<Decision, number>> = { OK: 0, WARN: 1, BLOCKED: 2 };

/** The decision of a single result: failing is BLOCKED, slower than `warnMs` is WARN. */
export function decisionOf(result: ProbeResult, warnMs: number): Decision {
  if (!result.isOk) return 'BLOCKED';
  return result.latencyMs > warnMs ? 'WARN' : 'OK';
}

/** How long a result counts as lately observed; milliseconds. */
export function freshMs(rhythm: ProbeRhythm): number {
  return Math.max(FRESH_MS_MIN, 3 * (rhythm.interval_ms + rhythm.timeout_ms));
}

/**
 * Adds a result. Flapping is damped: only `threshold` results in a row that are all worse (all better) than the
 * decision move it, to the mildest (the worst) of them. The first result after silence decides at once.
 */
export function remember(
  memory: ProbeMemory,
  result: Decision,
  observedAt: number,
  threshold: number,
  freshForMs: number,
): ProbeMemory {
  const { decision } = memory;
  const isSilent = memory.observedAt === null || observedAt - memory.observedAt > freshForMs;
  if (decision === null || isSilent) return { decision: result, recent: [result], observedAt };
  const recent = [...memory.recent, result].slice(-Math.max(1, threshold));
  return { decision: recent.length < threshold ? decision : moved(decision, recent), recent, observedAt };
}

/** True while results point to another decision than the present one: what is said may be about to change. */
export function isUnsettled(memory: ProbeMemory): boolean {
  const last = memory.recent.at(-1);
  return last !== undefined && memory.decision !== null && last !== memory.decision;
}

function moved(decision: Decision, recent: readonly Decision[]): Decision {
  const ranks = recent.map((d) => RANK[d]);
  const best = Math.min(...ranks);
  const worst = Math.max(...ranks);
  if (best > RANK[decision]) return decisionOfRank(best);
  if (worst < RANK[decision]) return decisionOfRank(worst);
  return decision;
}

function decisionOfRank(rank: number): Decision {
  return (['OK', 'WARN', 'BLOCKED'] as const)[rank] as Decision;
}
