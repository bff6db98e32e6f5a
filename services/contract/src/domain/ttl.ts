/** Periods of the review; all of them are configuration. Milliseconds. */
export interface ReviewPeriods {
  readonly ttlMs: number;
  readonly warningMs: number;
  readonly escalationMs: number;
  /** A pause ends by itself after this long … */
  readonly pauseMsMax: number;
  /** … and all pauses of a contract together after this long (AM-03). */
  readonly pausesMsMax: number;
}

/** Whose turn it is: the checks' (a revision waits for its verdicts), the founder's, or the requestor's. */
export type Holder = 'CHECKS' | 'FOUNDER' | 'REQUESTOR';

/** Who had the ball, from when to when; `to` is null while they have it. Epoch milliseconds. */
export interface Turn {
  readonly holder: Holder;
  readonly from: number;
  readonly to: number | null;
}

/** A contract's time to live with the ledger of its turns. Epoch milliseconds. */
export interface Ttl {
  readonly startedAt: number;
  /** Since when the clock stands still; null while it runs. */
  readonly pausedAt: number | null;
  /** Ended pauses together. */
  readonly pausedMs: number;
  readonly isWarned: boolean;
  readonly isEscalated: boolean;
  /** Without a gap from creation to the end of the review. */
  readonly ledger: readonly Turn[];
}

/** @param earlier turns before; a revision's clock starts again, its ledger goes on */
export function startTtl(at: number, holder: Holder, earlier: readonly Turn[] = []): Ttl {
  const ledger = passBall(earlier, holder, at);
  return { startedAt: at, pausedAt: null, pausedMs: 0, isWarned: false, isEscalated: false, ledger };
}

/** The review is over, nobody has the ball any more. */
export function endTtl(ttl: Ttl, at: number): Ttl {
  return { ...ttl, ledger: passBall(ttl.ledger, null, at) };
}

/** Ends the running turn and begins the next one. A turn that took no time is left out. */
function passBall(ledger: readonly Turn[], holder: Holder | null, at: number): readonly Turn[] {
  const ended = ledger.map((t) => (t.to === null ? { ...t, to: Math.max(t.from, at) } : t));
  const kept = ended.filter((t) => (t.to ?? at) > t.from);
  return holder === null ? kept : [...kept, { holder, from: at, to: null }];
}

/** When the contract expires if no further pause comes; while the clock stands still, counted from where it stopped. */
export function expiresAt(ttl: Ttl, periods: ReviewPeriods): number {
  return ttl.startedAt + ttl.pausedMs + periods.ttlMs;
}

/**
 * REVIEW-006: true from the very instant of expiry on. A contract whose clock stands still does not expire; a pause that
 * is over counts as over, whether or not that has been recorded.
 */
export function isExpired(ttl: Ttl, periods: ReviewPeriods, now: number): boolean {
  const pauseEnd = pauseEndsAt(ttl, periods);
  if (pauseEnd !== null && now < pauseEnd) return false;
  return now >= expiresAt(pauseEnd === null ? ttl : resume(ttl, pauseEnd), periods);
}

/** When the running pause ends by itself; null while the clock runs. */
export function pauseEndsAt(ttl: Ttl, periods: ReviewPeriods): number | null {
  if (ttl.pausedAt === null) return null;
  const left = Math.max(0, periods.pausesMsMax - ttl.pausedMs);
  return ttl.pausedAt + Math.min(periods.pauseMsMax, left);
}

export function pause(ttl: Ttl, at: number): Ttl {
  return ttl.pausedAt === null ? { ...ttl, pausedAt: at, ledger: passBall(ttl.ledger, 'REQUESTOR', at) } : ttl;
}

/** The clock goes on where it stood. A pause never counts for longer than it was allowed to last. */
export function resume(ttl: Ttl, at: number): Ttl {
  if (ttl.pausedAt === null) return ttl;
  const pausedMs = ttl.pausedMs + Math.max(0, at - ttl.pausedAt);
  return { ...ttl, pausedAt: null, pausedMs, ledger: passBall(ttl.ledger, 'FOUNDER', at) };
}

/** When the review next needs attention: the end of a pause, the warning, the escalation or the expiry. */
export function nextReviewDue(ttl: Ttl, periods: ReviewPeriods): number {
  const pauseEnd = pauseEndsAt(ttl, periods);
  if (pauseEnd !== null) return pauseEnd;
  const base = ttl.startedAt + ttl.pausedMs;
  if (!ttl.isWarned) return base + periods.warningMs;
  return base + (ttl.isEscalated ? periods.ttlMs : periods.escalationMs);
}
