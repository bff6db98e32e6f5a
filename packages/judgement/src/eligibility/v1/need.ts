import type { Json } from '@mandate/contracts';
import type { Condition, Need } from '../verdict';

/** A condition; `of` names the capability, target or scope where there can be several. */
export const condition = (fact: string, of: string | null, have: Json, want: Json): Condition => ({
  fact,
  of,
  have,
  want,
});

/** A need that time alone does not meet: the same words fail again. */
export const lasting = (text: string, ...conditions: readonly Condition[]): Need => ({
  text,
  conditions,
  retry_at: null,
  retry_helps: false,
});

/** A time in a sentence: ISO 8601 in UTC, to the second. */
export function at(epochMs: number): string {
  return Number.isFinite(epochMs) && Math.abs(epochMs) < 8.64e15
    ? `${new Date(epochMs).toISOString().slice(0, 19)}Z`
    : 'an unknown time';
}

/** A duration in a sentence. */
export function lasts(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes % 60 === 0 || minutes > 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${minutes} min`;
}

/** Facts that a rule cannot be evaluated on; the words are part of the verdict, so they are the same on every machine. */
export class UnusableFact extends Error {}
