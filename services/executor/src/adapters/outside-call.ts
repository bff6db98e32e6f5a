import type { Action, Driver, Outcome, Sighting, Try } from './driver';

/** How often and how long a step's target is called. */
export interface CallLimits {
  /** Tries to send, and likewise looks in a row that see nothing. */
  readonly triesMax: number;
  /** The whole step, looking included: the contract's own limit. */
  readonly stepTimeoutMs: number;
  /** Before another try or look number `n` (from 0). */
  waitMs(n: number): number;
}

/** How a step comes to be called. */
export interface CallOrder {
  readonly kind: 'CHANGE' | 'ROLLBACK';
  readonly action: Action;
  /** The process died while the step was running: it may have been sent already. */
  readonly isResumed: boolean;
  /** Why nothing may be sent any more; null if it may. */
  readonly hindrance: { readonly code: string; readonly reason: string } | null;
}

/** Looking is given this part of the step's time at least: what was sent last must still be looked for. */
const LOOKING_PART = 0.4;

/**
 * Calls a target until it is known what came of it, within the limits. Once a try may have had its effect, nothing is sent
 * before the target has been looked at, and nothing is sent again to a target that does not know idempotency keys. From
 * then on the step ends as DONE or UNCLEAR, never as FAILED: what may still arrive late has to be undone.
 */
export async function callOutside(driver: Driver, order: CallOrder, limits: CallLimits): Promise<Outcome> {
  const { action } = order;
  const stopLooking = AbortSignal.timeout(limits.stepTimeoutMs);
  const stopSending = AbortSignal.timeout(Math.ceil(limits.stepTimeoutMs * (1 - LOOKING_PART)));
  let unclear: Failure | null = order.isResumed ? INTERRUPTED : null;
  let last: Failure = unclear ?? NOT_TRIED;
  for (let tries = 0; ; tries++) {
    if (unclear) {
      const seen = await look(driver, action, limits, stopLooking);
      if (seen.at === 'AFTER') return { outcome: 'DONE' };
      if (seen.at !== 'BEFORE')
        return { outcome: 'UNCLEAR', code: seen.code, detail: `${unclear.detail}; then ${seen.detail}` };
      const reason = whyNotAgain(driver, order);
      if (reason) return { outcome: 'UNCLEAR', code: reason.code, detail: `${unclear.detail}; ${reason.detail}` };
    }
    if (tries >= limits.triesMax || stopSending.aborted) return { ...last, outcome: unclear ? 'UNCLEAR' : 'FAILED' };
    if (tries > 0) await pause(limits.waitMs(tries - 1), stopSending);
    if (stopSending.aborted) return { ...last, outcome: unclear ? 'UNCLEAR' : 'FAILED' };
    const tried = await send(driver, order.kind, action, stopSending);
    if (tried.outcome === 'DONE') return tried;
    last = { code: tried.code, detail: tried.detail };
    if (tried.outcome === 'FAILED') return { ...last, outcome: unclear ? 'UNCLEAR' : 'FAILED' };
    if (tried.outcome === 'UNCLEAR') unclear = last;
  }
}

interface Failure {
  readonly code: string;
  readonly detail: string;
}
const INTERRUPTED: Failure = { code: 'INTERRUPTED', detail: 'the executor stopped while the step was running' };
const NOT_TRIED: Failure = { code: 'TIMEOUT', detail: 'the step had no time left to be sent' };

function send(driver: Driver, kind: CallOrder['kind'], action: Action, stop: AbortSignal): Promise<Try> {
  return kind === 'CHANGE' ? driver.apply(action, stop) : driver.undo(action, stop);
}

function whyNotAgain(driver: Driver, { hindrance }: CallOrder): Failure | null {
  if (!driver.checksIdempotencyKey)
    return { code: 'NOT_REPEATABLE', detail: 'it has not happened yet, and its target does not know idempotency keys' };
  return (
    hindrance && {
      code: hindrance.code,
      detail: `it has not happened yet and may not be sent again: ${hindrance.reason}`,
    }
  );
}

/** Looks until something is seen. */
async function look(driver: Driver, action: Action, limits: CallLimits, stop: AbortSignal): Promise<Sighting> {
  for (let looks = 1; ; looks++) {
    const seen = await driver.observe(action, stop);
    if (seen.at !== 'UNSEEN' || looks >= limits.triesMax || stop.aborted) return seen;
    await pause(limits.waitMs(looks - 1), stop);
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
  });
}
