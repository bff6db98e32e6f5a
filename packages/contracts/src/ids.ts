import { v5, v7 } from 'uuid';

/** A time-ordered id (UUIDv7). @param nowMs epoch milliseconds of the caller's clock */
export function newId(nowMs: number): string {
  return v7({ msecs: nowMs });
}

const NAMESPACE = '6f1f4f0e-8d0f-4b43-9c5e-3b8f2a1d7c55';

/** An id that is the same for the same parts, wherever and however often it is made. */
export function derivedId(...parts: readonly string[]): string {
  return v5(parts.join('\u0000'), NAMESPACE);
}
