/** How long a session lasts; milliseconds. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

/** When a session was opened and last used; epoch milliseconds. */
export interface SessionTimes {
  readonly startedAt: number;
  readonly seenAt: number;
}

/** When a session ends if it is not used any more, and when it ends in any case. */
export function endsOf({ startedAt, seenAt }: SessionTimes, { idleMs, lifetimeMs }: SessionLimits) {
  return { idleAt: Math.min(seenAt + idleMs, startedAt + lifetimeMs), absoluteAt: startedAt + lifetimeMs };
}

/** Whether a session still counts; at its very end it does not. */
export function isLive(times: SessionTimes, limits: SessionLimits, now: number): boolean {
  return now < endsOf(times, limits).idleAt;
}

const NOTED_EVERY = 30;

/** Whether a use has to be noted: not each one, or reading would be writing. */
export function isWorthNoting({ seenAt }: SessionTimes, { idleMs }: SessionLimits, now: number): boolean {
  return now - seenAt >= idleMs / NOTED_EVERY;
}
