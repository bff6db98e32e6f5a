import type { Features } from './features';
import { SEVERITY_WEIGHTS, TYPE_WEIGHTS } from './generated/weights';

/** Whole numbers, so that a sum is the same on every machine: each feature's weight for each class, in order. */
export type Weights = Readonly<Record<string, readonly number[]>>;

export const MODEL_TYPES = [
  'capability_request',
  'bug_report',
  'configuration_change',
  'escalation',
  'unknown',
] as const;
export const MODEL_LEVELS = ['low', 'medium', 'high', 'critical'] as const;

export interface Scored<C extends string> {
  readonly best: C;
  /** How far ahead of the second it is. */
  readonly margin: number;
  /** The features that speak for it, the strongest first. */
  readonly because: () => readonly string[];
}

export const scoreType = (features: Features): Scored<(typeof MODEL_TYPES)[number]> =>
  score(features, TYPE_WEIGHTS, MODEL_TYPES);

export const scoreSeverity = (features: Features): Scored<(typeof MODEL_LEVELS)[number]> =>
  score(features, SEVERITY_WEIGHTS, MODEL_LEVELS);

/** The class with the highest sum of weights; the first one of equals. */
function score<C extends string>(features: Features, weights: Weights, classes: readonly C[]): Scored<C> {
  const sums = [...(weights['bias'] as readonly number[])];
  const known = [...features.keys()].filter((name) => Object.hasOwn(weights, name));
  for (const name of known) {
    const row = weights[name] as readonly number[];
    for (let c = 0; c < sums.length; c++) sums[c] = (sums[c] as number) + (row[c] as number);
  }
  let best = 0;
  for (let c = 1; c < sums.length; c++) if ((sums[c] as number) > (sums[best] as number)) best = c;
  const second = Math.max(...sums.filter((_, c) => c !== best));
  const because = (): readonly string[] => {
    const speaks = known.map((name): readonly [string, number] => {
      const row = weights[name] as readonly number[];
      return [name, (row[best] as number) - Math.max(...row.filter((_, c) => c !== best))];
    });
    return speaks
      .filter(([, ahead]) => ahead > 0)
      .sort((a, b) => b[1] - a[1])
      .map(([name]) => name);
  };
  return { best: classes[best] as C, margin: (sums[best] as number) - second, because };
}
