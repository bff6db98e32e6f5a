/** May work later: retried with back-off for as long as it lasts, while the partition waits. */
export class TransientFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Can never work: the message is parked and holds its key. */
export class PermanentFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Fails one of the checks that come where authority becomes effect (spec 4-mandate): set aside with its reason and
 * counted as a violation like any message that fails the kit's own check; it holds no key (CHAIN-003).
 */
export class UnauthorisedFault extends PermanentFault {}

const TRANSIENT_CODES = /^(08|53|57P|57014|40001|40P01|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/;
const TRANSIENT_TEXT =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|server closed the connection|Connection is not established|Driver not Connected|Cannot use a pool after/i;

/** True for a database or broker that is away, a time-out or a serialisation conflict: nothing is wrong with the message. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransientFault) return true;
  for (
    let e = error as { code?: unknown; message?: unknown; cause?: unknown; driverError?: unknown } | undefined, i = 0;
    e && i < 6;
    i++
  ) {
    if (typeof e.code === 'string' && TRANSIENT_CODES.test(e.code)) return true;
    if (typeof e.message === 'string' && TRANSIENT_TEXT.test(e.message)) return true;
    e = (e.driverError ?? e.cause) as typeof e;
  }
  return false;
}

/** A wait before try number `attempt` (from 0): doubling from 100 ms to 5 s, jittered by half. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(5_000, 100 * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * random());
}
