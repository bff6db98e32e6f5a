import type { EligibilityJudged } from '@mandate/schemas';
import { needs, takers } from './demo-words';

/** How a story ended, beside how it should have. */
export interface Ending {
  readonly story: string;
  readonly reference: string | null;
  readonly issue_id: string | null;
  readonly contract_id: string | null;
  readonly end: string;
  readonly asTold: boolean;
}

/** A verdict that a story cannot go on with. */
export class NotEligible extends Error {
  /** Another issue or contract has the target, and nothing else is wrong: another target may do (E-006). */
  readonly isTaken: boolean;

  constructor(verdict: EligibilityJudged) {
    const failing = verdict.rules.filter((rule) => !rule.passed);
    const isTaken = failing.length > 0 && failing.every((rule) => rule.id === 'E-006');
    super(isTaken ? takers(verdict) : `the issue was judged MAY_NOT. ${needs(verdict)}`);
    this.isTaken = isTaken;
  }
}

/**
 * Attempts one target after the other until one is not taken.
 *
 * @throws NotEligible of all targets when all are taken; whatever else an attempt throws
 */
export async function firstFree<T, R>(
  targets: readonly T[],
  attempt: (target: T) => Promise<R>,
  onTaken: (sentence: string) => void,
): Promise<R> {
  const [target, ...others] = targets as readonly [T, ...T[]];
  try {
    return await attempt(target);
  } catch (error) {
    if (!(error instanceof NotEligible && error.isTaken) || others.length === 0) throw error;
    onTaken(error.message);
    return firstFree(others, attempt, onTaken);
  }
}

/** Plays every story to its end: one that fails does not keep the others from being told. */
export async function playAll(
  stories: Readonly<Record<string, () => Promise<Ending>>>,
  published: (story: string) => Pick<Ending, 'reference' | 'issue_id'>,
): Promise<readonly Ending[]> {
  const endings: Ending[] = [];
  for (const [story, play] of Object.entries(stories)) {
    endings.push(
      await play().catch((error: Error) => ({
        ...{ story, ...published(story), contract_id: null },
        ...{ end: error.message, asTold: false },
      })),
    );
  }
  return endings;
}
