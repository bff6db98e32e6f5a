import type { Edge, Link, LinkedName, Mandate } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';

/** A message that was said, its mandate checked. */
export interface Said<N extends LinkedName = LinkedName> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly bytes: Buffer;
  /** Header bytes as they were published, and as read. */
  readonly header: Buffer;
  readonly mandate: Mandate;
  readonly link: Link;
  readonly cause: Link | null;
  readonly may: Link | null;
  /** The edge under which it was said. */
  readonly edge: Edge;
  /** SHA-256 of its link: its identity. */
  readonly digest: Buffer;
  readonly value: Messages[N];
}

const hex = (digest: Buffer): string => digest.toString('latin1');

/**
 * Everything that was said, each message once. What the topics no longer hold comes from the auditor's evidence: its
 * signatures show that it was said.
 */
export class Told {
  private readonly byType = new Map<LinkedName, Said[]>();
  private readonly known = new Map<string, Said>();
  private readonly byCause = new Map<string, Said[]>();
  private readonly lastOffsets = new Map<string, number>();
  private readonly remembered = new Map<string, unknown>();
  /** Topic and partition of which the beginning is no longer on the broker. */
  readonly trimmed = new Set<string>();

  /** A message that was published twice is one message. @param isOnTopic false: known from the evidence alone */
  add(said: Said, isOnTopic = true): void {
    const log = `${said.topic}/${said.partition}`;
    if (isOnTopic) this.lastOffsets.set(log, Math.max(this.lastOffsets.get(log) ?? -1, said.offset));
    const name = hex(said.digest);
    if (this.known.has(name)) return;
    this.remembered.clear();
    this.known.set(name, said);
    push(this.byType, said.link.type, said);
    if (said.cause) push(this.byCause, hex(said.link.causeDigest), said);
  }

  of<N extends LinkedName>(type: N): readonly Said<N>[] {
    return (this.byType.get(type) ?? []) as unknown as readonly Said<N>[];
  }

  all(): readonly Said[] {
    return [...this.known.values()];
  }

  /** Of each aggregate the message with the highest version; of two with one version the first. */
  newest<N extends LinkedName>(type: N, idOf: (said: Said<N>) => string): readonly Said<N>[] {
    const newest = new Map<string, Said<N>>();
    for (const said of this.of(type)) {
      const id = idOf(said);
      const before = newest.get(id);
      if (!before || before.link.version < said.link.version) newest.set(id, said);
    }
    return [...newest.values()];
  }

  /** Messages by the record that they are about, each group in the order of versions. */
  lives<N extends LinkedName>(type: N): ReadonlyMap<string, readonly Said<N>[]> {
    return this.once(`lives of ${type}`, () => {
      const groups = new Map<string, Said<N>[]>();
      for (const said of this.of(type)) push(groups, said.key, said);
      for (const group of groups.values()) group.sort((a, b) => a.link.version - b.link.version);
      return groups;
    });
  }

  /** The message that one was said because of; null where it cites none, or that one is not known. */
  causeOf(said: Said): Said | null {
    return this.byDigest(said.link.causeDigest);
  }

  /** What was said because of a message. */
  answersTo(said: Said): readonly Said[] {
    return this.byCause.get(hex(said.digest)) ?? [];
  }

  byDigest(digest: Buffer): Said | null {
    return this.known.get(hex(digest)) ?? null;
  }

  /** Topic and partition of every log with messages whose topic begins so. */
  logs(prefix: string): readonly string[] {
    const all = new Set(this.all().map((m) => `${m.topic}/${m.partition}`));
    return [...all].filter((log) => log.startsWith(prefix));
  }

  /** The offset of the last message on a topic's partition; -1 if none is known. */
  lastOffset(topic: string, partition: number): number {
    return this.lastOffsets.get(`${topic}/${partition}`) ?? -1;
  }

  /** Works something out once for as long as nothing is added. */
  once<T>(name: string, work: () => T): T {
    if (!this.remembered.has(name)) this.remembered.set(name, work());
    return this.remembered.get(name) as T;
  }
}

function push<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** Whether a message is of this type; tells its value's. */
export function isA<N extends LinkedName>(type: N, said: Said | null): said is Said<N> {
  return said?.link.type === type;
}
