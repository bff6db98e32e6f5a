import { decodeMandate, encodeMandate } from '@mandate/contracts';

/** What a contract has to cite and to carry: mandate bytes. */
export interface Papers {
  /** The MAY; of a revision without its own, the parent's (lineage). */
  readonly may: Buffer;
  readonly approve: Buffer | null;
  /** The contract's own last message. */
  readonly last: Buffer;
}

/** A message's own link and proof without what it cites: enough to cite it, or to carry it as a permit. */
export function ownPaper(mandate: Buffer): Buffer {
  const read = decodeMandate(mandate);
  if (!read) throw new TypeError('what is to be kept is no mandate');
  return encodeMandate({ own: read.own, cause: null, may: null, approve: null });
}
