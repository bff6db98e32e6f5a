import { type LinkedName, topicOf } from '@mandate/contracts';
import { type Hashed, rowHash } from './chain-hash';

/** A log's end as it stands; a log is one partition of one topic. */
export interface LogEnd {
  readonly log: number;
  readonly topic: string;
  readonly partition: number;
  /** The offset that is to come next. */
  readonly nextOffset: number;
  readonly rows: number;
  readonly bytes: number;
  /** Hash of the last row; 32 bytes. */
  readonly head: Buffer;
}

/** A message as it was heard. */
export interface Heard extends Hashed {
  readonly topic: string;
  readonly partition: number;
  readonly type: LinkedName;
  readonly version: number;
  /** The version that its state was before; `version - 1` where a value does not say. */
  readonly fromVersion: number;
  /** SHA-256 of the link; 32 bytes. */
  readonly digest: Buffer;
}

/** What is on record about a subject at a version. */
export interface Known {
  readonly type: LinkedName;
  readonly key: Buffer;
  readonly version: number;
  readonly digest: Buffer;
}

/** Something that must not be. */
export type Finding = { readonly topic: string; readonly partition: number } & (
  | { readonly kind: 'EQUIVOCATION'; readonly said: Known; readonly other: Heard }
  /** Nobody has heard the version that it follows. */
  | { readonly kind: 'GAP'; readonly after: Heard }
  /** Offsets that nobody has heard. */
  | { readonly kind: 'GAP'; readonly from: number; readonly to: number }
  /** Another message at an offset that was read before. */
  | { readonly kind: 'FORK'; readonly first: Buffer; readonly other: Heard }
);

/** A message that is new, with its place in its log's chain. */
export interface Entry {
  readonly heard: Heard;
  readonly log: number;
  readonly seq: number;
  readonly hash: Buffer;
}

/** What a batch does to the record. */
export interface Entered {
  readonly entries: readonly Entry[];
  readonly ends: readonly LogEnd[];
  readonly findings: readonly Finding[];
  /** Offsets that were passed over. */
  readonly holes: readonly { readonly log: number; readonly from: number; readonly to: number }[];
  /** Those of the entries that came at an offset that was read before: late ones, or another one in a known place. */
  readonly late: readonly Heard[];
}

/** Versions of a compacted topic are not all kept, so that neither offsets nor versions need be gapless there. */
const isGapless = (type: LinkedName): boolean => topicOf(type).keptMs !== 'compacted';
const counterOf = (type: LinkedName, key: Buffer, version: number): string =>
  `${topicOf(type).name} ${key.toString('latin1')} ${version}`;

/**
 * Enters messages into the record, in their order. A message that is on record already, wherever it was published again,
 * is left out. Two of one type, subject and version are both entered and found; so is a version whose predecessor nobody
 * has heard, and an offset that was passed over.
 *
 * @param ends   of every log that a message is from
 * @param known  what is on record at the versions of the messages and at those before
 */
export function enter(heard: readonly Heard[], ends: readonly LogEnd[], known: readonly Known[]): Entered {
  const byName = new Map(ends.map((end) => [`${end.topic}/${end.partition}`, end]));
  const subjects = new Map<string, Known[]>();
  const remember = (k: Known): void => {
    const name = counterOf(k.type, k.key, k.version);
    subjects.set(name, [...(subjects.get(name) ?? []), k]);
  };
  for (const k of known) remember(k);
  const entries: Entry[] = [];
  const findings: Finding[] = [];
  const holes: { log: number; from: number; to: number }[] = [];
  const late: Heard[] = [];
  for (const message of heard) {
    const { topic, partition, type, key, version, fromVersion, digest } = message;
    const end = byName.get(`${topic}/${partition}`);
    if (!end) throw new TypeError(`the end of ${topic}/${partition} was not read`);
    const there = (subjects.get(counterOf(type, key, version)) ?? []).filter((k) => k.type === type);
    const isKnown = there.some((k) => k.digest.equals(digest));
    if (message.offset < end.nextOffset && !isKnown) late.push(message);
    if (message.offset > end.nextOffset && isGapless(type))
      holes.push({ log: end.log, from: end.nextOffset, to: message.offset - 1 });
    const moved = { ...end, nextOffset: Math.max(end.nextOffset, message.offset + 1) };
    byName.set(`${topic}/${partition}`, moved);
    if (isKnown) continue;
    for (const said of there) findings.push({ kind: 'EQUIVOCATION', topic, partition, said, other: message });
    const hasPredecessor = fromVersion <= 0 || subjects.has(counterOf(type, key, fromVersion));
    if (!hasPredecessor && isGapless(type)) findings.push({ kind: 'GAP', topic, partition, after: message });
    const hash = rowHash(end.head, message);
    const bytes = end.bytes + key.length + message.mandate.length + message.value.length;
    entries.push({ heard: message, log: end.log, seq: end.rows + 1, hash });
    byName.set(`${topic}/${partition}`, { ...moved, rows: end.rows + 1, bytes, head: hash });
    remember({ type, key, version, digest });
  }
  return { entries, ends: [...byName.values()], findings, holes, late };
}
