import { decodeMandate, encodeMandate, linkDigest } from '@mandate/contracts';

/** What a contract has to cite and to carry: mandate bytes. */
export interface Papers {
  /** The MAY; of a revision without its own, the parent's (lineage). */
  readonly may: Buffer;
  readonly approve: Buffer | null;
  /** The contract's own last message. */
  readonly last: Buffer;
}

/** A message as it is cited: its own link and proof without what it cites itself. */
export interface Paper {
  readonly mandate: Buffer;
  /** SHA-256 of the link: the message's identity. */
  readonly digest: Buffer;
}

/** A message's own link and proof: enough to cite it, or to carry it as a permit. */
export function paperOf(mandate: Buffer): Paper {
  const read = decodeMandate(mandate);
  if (!read) throw new TypeError('what is to be kept is no mandate');
  const own = encodeMandate({ own: read.own, cause: null, may: null, approve: null });
  return { mandate: own, digest: linkDigest(read.own.link) };
}
