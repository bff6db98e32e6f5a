const FIRST_WAIT_MS = 10_000;
const WAIT_MAX_MS = 3_600_000;
const TRIED_FOR_MS = 172_800_000;

/** When a delivery that failed is tried again: later each time, up to an hour; null: after two days it is given up. */
export function nextTry(failures: number, noticedAt: number, now: number): number | null {
  if (now - noticedAt >= TRIED_FOR_MS) return null;
  return now + Math.min(WAIT_MAX_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
}
