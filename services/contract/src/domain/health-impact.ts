import type { Change, ChangeKind } from '@mandate/contracts';
import type { HealthFacts } from './facts';

/** How contracts with the same capability and change kind ended lately. */
export interface Outcomes {
  readonly completed: number;
  readonly failed: number;
}

/** What a contract may do to health: an estimate for the founder with the counts it rests on. It decides nothing. */
export interface HealthImpact {
  readonly estimate: 'none' | 'low' | 'medium' | 'high' | 'unknown';
  readonly completed: number;
  readonly failed: number;
  readonly reason: string;
}

export function outcomeKey(capability: string, kind: ChangeKind): string {
  return `${capability}#${kind}`;
}

/** Enough good outcomes to say that this kind of change does no harm. */
const TRUSTED_FROM = 5;
const OFTEN = 0.2;

/**
 * Estimates the health impact from present health and the outcomes of the last 30 days of the same capability and
 * change kind (spec 1-workflow §3.4).
 */
export function estimateHealthImpact(
  changes: readonly Change[],
  health: HealthFacts,
  outcomes: ReadonlyMap<string, Outcomes>,
): HealthImpact {
  const keys = [...new Set(changes.map((c) => outcomeKey(c.capability, c.kind)))];
  const seen = keys.map((k) => outcomes.get(k) ?? { completed: 0, failed: 0 });
  const completed = seen.reduce((sum, o) => sum + o.completed, 0);
  const failed = seen.reduce((sum, o) => sum + o.failed, 0);
  const of = (estimate: HealthImpact['estimate'], reason: string): HealthImpact => ({
    estimate,
    completed,
    failed,
    reason,
  });
  const scopes = ['SYSTEM', ...new Set(changes.map((c) => c.capability))];
  const unwell = scopes.find((s) => ['DEGRADED', 'UNHEALTHY'].includes(health.stateOf(s)));
  if (unwell) return of('high', `${unwell} is ${health.stateOf(unwell)} now.`);
  const unheard = scopes.find((s) => health.stateOf(s) === 'UNKNOWN');
  if (unheard) return of('unknown', `The health of ${unheard} is not known now.`);
  const total = completed + failed;
  if (total === 0) return of('unknown', 'All is healthy; no change of this kind ended in the last 30 days.');
  const counts = `All is healthy; of ${total} such changes in the last 30 days ${failed} failed.`;
  if (failed === 0) return of(total >= TRUSTED_FROM ? 'none' : 'low', counts);
  return of(failed / total > OFTEN ? 'high' : 'medium', counts);
}
