import type { RefusalCode } from '@mandate/contracts';

const GRACE_MS = 60_000;
const DAY_MS = 86_400_000;
const START_AHEAD_MS_MAX = 30 * DAY_MS;
const LENGTH_MS_MAX = 7 * DAY_MS;
const DEFAULT_LENGTH_MS = DAY_MS;

/** How far ahead a window may start, and how long it may last. */
export const WINDOW_BOUNDS = { startAheadMsMax: START_AHEAD_MS_MAX, lengthMsMax: LENGTH_MS_MAX };

/** An activation window; epoch milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** What a founder gets who names no window: from now on, for 24 hours. */
export function defaultWindow(now: number): Window {
  return { start: now, end: now + DEFAULT_LENGTH_MS };
}

/** REVIEW-003, AM-21: the first bound that a window breaks, or null. */
export function windowProblem({ start, end }: Window, now: number): RefusalCode | null {
  if (end <= start) return 'WINDOW_EMPTY';
  if (start < now - GRACE_MS || end <= now) return 'WINDOW_IN_PAST';
  if (start > now + START_AHEAD_MS_MAX) return 'WINDOW_TOO_FAR';
  if (end - start > LENGTH_MS_MAX) return 'WINDOW_TOO_LONG';
  return null;
}
