import type { LinkedName } from '@mandate/contracts';
import { encodeMandate } from '@mandate/contracts';
import type { Recorded } from '@mandate/schemas';
import { storable } from '../table';
import type { Said, Told } from '../told';

/** One recorded change of an aggregate, with the message that tells it. */
export interface Change<N extends LinkedName> {
  readonly by: Said<N>;
  readonly change: Recorded;
}

/** A row that one message tells. */
export interface Of<N extends LinkedName> {
  readonly by: Said<N>;
}

/** Every recorded change of these aggregates. */
export function changesOf<N extends 'ContractChanged' | 'IncidentChanged' | 'JobChanged'>(
  told: Told,
  type: N,
): readonly Change<N>[] {
  return told.of(type).flatMap((by) => (by.value.changes as readonly Recorded[]).map((change) => ({ by, change })));
}

/** The columns of a recorded change that every log of changes has. */
export const RECORDED = {
  version: ({ change }: { readonly change: Recorded }) => change.version,
  cause: ({ change }: { readonly change: Recorded }) => change.cause,
  code: ({ change }: { readonly change: Recorded }) => change.code,
  reason: ({ change }: { readonly change: Recorded }) => storable(change.reason),
  at: ({ change }: { readonly change: Recorded }) => change.at,
} as const;

/** One source for each message of a type. */
export const each =
  <N extends LinkedName>(type: N) =>
  (told: Told): readonly Of<N>[] =>
    told.of(type).map((by) => ({ by }));

/** One source for the newest message about each aggregate. */
export const newest =
  <N extends LinkedName>(type: N, idOf: (said: Said<N>) => string) =>
  (told: Told): readonly Of<N>[] =>
    told.newest(type, idOf).map((by) => ({ by }));

/** A link alone with its proof, as a service keeps what it will cite. */
export function paper(cited: Said['mandate']['own'] | null): Buffer | null {
  return cited && encodeMandate({ own: cited, cause: null, may: null, approve: null });
}

/** JSON text as a value, so that a table's own spacing does not count. */
export const read = (text: string): unknown => JSON.parse(text) as unknown;
