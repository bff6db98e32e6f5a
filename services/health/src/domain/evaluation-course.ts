/** Of a job's end; epoch milliseconds. */
export interface JobEnd {
  /** Of its first step, else of the job; null: nothing was started. */
  readonly startedAt: number | null;
  readonly createdAt: number;
  readonly endedAt: number;
  readonly hasFailed: boolean;
}

/** From when to when a job is looked at, and when it is judged; epoch milliseconds. */
export interface Course {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly dueAt: number;
}

/** The course of an evaluation: a window is watched after the end; of a job that failed there is nothing to watch for. */
export function courseOf({ startedAt, createdAt, endedAt, hasFailed }: JobEnd, observationWindowMs: number): Course {
  return { startedAt: startedAt ?? createdAt, endedAt, dueAt: endedAt + (hasFailed ? 0 : observationWindowMs) };
}

export type CourseDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'judge' };

const LOOK_AGAIN_MS = 250;

/**
 * What becomes of an evaluation now: it is judged once, never before its window is over (AUDIT-006), and when everything has been heard
 * that waiting a little could add, or the longest time for that is over.
 */
export function decideCourse(
  { dueAt }: Course,
  isJudged: boolean,
  isSettled: boolean,
  settleMsMax: number,
  now: number,
): CourseDecision {
  if (isJudged) return { kind: 'nothing' };
  if (now < dueAt) return { kind: 'wait', until: dueAt };
  if (isSettled || now >= dueAt + settleMsMax) return { kind: 'judge' };
  return { kind: 'wait', until: now + LOOK_AGAIN_MS };
}

/** Whether the probes have looked past the window and made up their mind; a job that failed waits for none. */
export function haveSettled(
  { endedAt, dueAt }: Course,
  probes: readonly { readonly observedAt: number | null; readonly isUnsettled: boolean }[],
): boolean {
  return dueAt <= endedAt || probes.every((p) => (p.observedAt ?? 0) >= dueAt && !p.isUnsettled);
}
