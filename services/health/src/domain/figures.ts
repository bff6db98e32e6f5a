import type { Bound, PromqlProbe } from '@mandate/contracts';
import type { Decision } from './probe-decision';

/** True if the figure lies outside; a bound that is not given holds everything. */
function isOutside(figure: number, bound: Bound | undefined): boolean {
  if (!bound) return false;
  return (bound.above !== undefined && figure > bound.above) || (bound.below !== undefined && figure < bound.below);
}

/**
 * What a query's figures say: the worst of them decides. Without a figure (no series, or only NaN) nothing was observed,
 * which is not the same as well.
 *
 * @returns null if nothing was observed
 */
export function decisionOfFigures(
  figures: readonly number[],
  { warn, blocked }: Pick<PromqlProbe, 'warn' | 'blocked'>,
): Decision | null {
  const told = figures.filter((figure) => !Number.isNaN(figure));
  if (told.length === 0) return null;
  if (told.some((figure) => isOutside(figure, blocked))) return 'BLOCKED';
  return told.some((figure) => isOutside(figure, warn)) ? 'WARN' : 'OK';
}
