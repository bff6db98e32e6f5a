import { decodeMandate, linkDigest } from '@mandate/contracts';
import type { Said } from '../../../infra/local/src/testing/world';

/** Waits for a fact, with a limit, and says what was the case instead. */
export async function until<T>(look: () => T | Promise<T>, fits: (seen: T) => boolean, limitMs = 60_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    if (performance.now() > end) throw new Error(`after ${limitMs} ms still ${JSON.stringify(seen)}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}

/** Work on all of them, a few dozen at a time. */
export async function each<T, R>(items: readonly T[], work: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i);
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  return results;
}

/**
 * How far from the instant of an event the `i`th decision is sent, milliseconds: most within a tenth of a second, some up
 * to a second and a half before or after.
 */
export const spread = (i: number): number => (i % 4 ? ((i * 7) % 40) - 20 : (i % 100) - 50) * (i % 4 ? 4 : 30);

const LEADS_MS = [200, 800, 3_200, 6_400];
/** Races on, the side that has not come first yet with a growing lead, until each outcome was seen: chance decides nothing. */
export async function untilEach<T extends string>(
  wanted: readonly T[],
  seen: Set<string>,
  raceAgain: (missing: T, leadMs: number) => Promise<Iterable<string>>,
): Promise<void> {
  for (const leadMs of LEADS_MS) {
    const missing = wanted.find((outcome) => !seen.has(outcome));
    if (missing) for (const outcome of await raceAgain(missing, leadMs)) seen.add(outcome);
  }
  expect([...seen].sort()).toEqual([...wanted].sort());
}

/** The link's digest of what was said, in hex: what is cited. */
export const digestOf = (said: Said): string => {
  const mandate = decodeMandate(said.mandate);
  if (!mandate) throw new Error('what was said has a mandate');
  return linkDigest(mandate.own.link).toString('hex');
};
