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
  /** Features that speak for it, the strongest first, so many at most; `isShown` leaves out what has no words to show. */
  readonly because: (isShown: (name: string) => boolean, most: number) => readonly string[];
}

/** A feature's weights, and how far each class's is ahead of all others'. */
interface Weighed {
  readonly row: readonly number[];
  readonly ahead: readonly number[];
}

const tableOf = (weights: Weights): ReadonlyMap<string, Weighed> =>
  new Map(Object.entries(weights).map(([name, row]) => [name, { row, ahead: aheadOf(row) }]));

/** How far each number is ahead of the greatest of the others. */
export const aheadOf = (row: readonly number[]): readonly number[] =>
  row.map((weight, c) => weight - Math.max(...row.filter((_, other) => other !== c)));

const TYPES = tableOf(TYPE_WEIGHTS);
const LEVELS = tableOf(SEVERITY_WEIGHTS);

/** The type, by the features of the text and by what its words say. */
export const scoreType = (features: Features, words: readonly number[]): Scored<(typeof MODEL_TYPES)[number]> =>
  score(features, TYPES, MODEL_TYPES, words);

export const scoreSeverity = (features: Features): Scored<(typeof MODEL_LEVELS)[number]> =>
  score(features, LEVELS, MODEL_LEVELS, [0, 0, 0, 0]);

/** The class with the highest sum of weights; the first one of equals. */
function score<C extends string>(
  features: Features,
  weights: ReadonlyMap<string, Weighed>,
  classes: readonly C[],
  start: readonly number[],
): Scored<C> {
  const bias = weights.get('bias')?.row ?? [];
  const sums = start.map((sum, c) => sum + (bias[c] ?? 0));
  for (const name of features.keys()) {
    const row = weights.get(name)?.row;
    if (row !== undefined) for (let c = 0; c < sums.length; c++) sums[c] = (sums[c] as number) + (row[c] as number);
  }
  let best = 0;
  for (let c = 1; c < sums.length; c++) if ((sums[c] as number) > (sums[best] as number)) best = c;
  let second = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < sums.length; c++) if (c !== best && (sums[c] as number) > second) second = sums[c] as number;
  const because = (isShown: (name: string) => boolean, most: number): readonly string[] => {
    const speaking: { name: string; ahead: number }[] = [];
    for (const name of features.keys()) {
      const ahead = weights.get(name)?.ahead[best] ?? 0;
      if (ahead > 0 && isShown(name)) speaking.push({ name, ahead });
    }
    return speaking
      .sort((a, b) => b.ahead - a.ahead)
      .slice(0, most)
      .map(({ name }) => name);
  };
  return { best: classes[best] as C, margin: (sums[best] as number) - second, because };
}
