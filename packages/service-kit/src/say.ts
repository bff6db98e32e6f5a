import {
  type Cited,
  decodeLink,
  decodeMandate,
  EACH,
  encodeLink,
  encodeMandate,
  type LinkedName,
  linkDigest,
  type Mandate,
  NIL_ID,
  newId,
  type Says,
  type Service,
  sha256,
  topicOf,
  WORDS,
  ZERO_DIGEST,
} from '@mandate/contracts';
import { encode, type Messages } from '@mandate/schemas';

/** What a message cites: a message that was said (its mandate bytes), something outside the chain, or nothing. */
export type Citation =
  | { readonly kind: 'said'; readonly mandate: Buffer }
  | { readonly kind: 'outside'; readonly digest: Buffer }
  | { readonly kind: 'nothing' };

/** Cites a message: one just received, or the stored `mandate` bytes of an earlier one (own ones included). */
export function citing(message: { readonly mandate: Buffer } | Buffer): Citation {
  return { kind: 'said', mandate: Buffer.isBuffer(message) ? message : message.mandate };
}

/** Cites bytes from outside the chain by their SHA-256: a CRM's message, the catalogue. */
export function citingOutside(digest: Buffer): Citation {
  return { kind: 'outside', digest };
}

export const citingNothing: Citation = { kind: 'nothing' };

/** What a service wants to say. `version` counts per record key; `planDigest` is null before the proposal. */
export interface Saying<N extends LinkedName> {
  readonly message: N;
  /** Who says it, where each service may. */
  readonly writer?: Service;
  readonly key: string;
  readonly value: Messages[N];
  readonly says: Says;
  /** Null where the message is about no issue (health, definitions). */
  readonly issueId: string | null;
  readonly version: number;
  readonly planDigest: Buffer | null;
  readonly cites: Citation;
  /**
   * The permits of the message, where its cause does not carry them (a CRM's cancellation, a decision that was made
   * before the approval): mandate bytes whose own link is the permit. Left out, the cause's permits are carried on.
   */
  readonly permits?: { readonly may: Buffer | null; readonly approve: Buffer | null };
  readonly now: number;
  /** Headers for outsiders (CloudEvents); they decide nothing. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message ready for the outbox: value and link are final, only the proof is made at publishing. */
export interface Outgoing {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  /** Mandate bytes; its own proof is still zeros. Keep them to cite this message later. */
  readonly mandate: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Turns a saying into an outgoing message: encodes the value, lays out the link and carries the permits on.
 * @throws TypeError if the value does not fit its schema
 */
export function say<N extends LinkedName>(saying: Saying<N>): Outgoing {
  const value = encode(saying.message, saying.value);
  const key = Buffer.from(saying.key);
  const writer = writerOf(saying);
  const cited = saying.cites.kind === 'said' ? readCited(saying.cites.mandate) : null;
  const link = encodeLink({
    writer,
    type: saying.message,
    says: saying.says,
    messageId: newId(saying.now),
    issueId: saying.issueId ?? NIL_ID,
    subject: sha256(key),
    version: saying.version,
    time: saying.now,
    valueDigest: sha256(value),
    planDigest: saying.planDigest ?? ZERO_DIGEST,
    causeDigest: causeDigest(saying.cites, cited),
  });
  const own: Cited = { link, proof: null };
  const permits = saying.permits ? permitsGiven(saying.permits) : permitsOf(cited);
  return {
    topic: topicOf(saying.message, writer).name,
    key,
    value,
    mandate: encodeMandate({ own, cause: cited?.own ?? null, ...permits }),
    headers: saying.headers ?? {},
  };
}

function writerOf({ message, writer }: Saying<LinkedName>): Service {
  const word = WORDS[message];
  if (word.writer !== EACH) return word.writer;
  if (!writer) throw new TypeError(`who says ${message}?`);
  return writer;
}

function readCited(mandate: Buffer): Mandate {
  const read = decodeMandate(mandate);
  if (!read) throw new TypeError('what is cited is no mandate');
  return read;
}

function causeDigest(cites: Citation, cited: Mandate | null): Buffer {
  if (cited) return linkDigest(cited.own.link);
  return cites.kind === 'outside' ? cites.digest : ZERO_DIGEST;
}

/** A MAY or an APPROVE that is cited becomes the permit; otherwise the cause's permits are carried on. */
function permitsOf(cited: Mandate | null): Pick<Mandate, 'may' | 'approve'> {
  if (!cited) return { may: null, approve: null };
  const says = decodeLink(cited.own.link)?.says;
  return {
    may: says === 'MAY' ? cited.own : cited.may,
    approve: says === 'APPROVE' ? cited.own : cited.approve,
  };
}

function permitsGiven(permits: NonNullable<Saying<LinkedName>['permits']>): Pick<Mandate, 'may' | 'approve'> {
  return {
    may: permits.may ? readCited(permits.may).own : null,
    approve: permits.approve ? readCited(permits.approve).own : null,
  };
}
