import { TOPICS } from '@mandate/contracts';

/** What of a record counts for its size on the wire. */
export interface SizedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mandate: Buffer | null;
  readonly headers: string;
}

const OTHER_TOPIC_BYTES_MAX = 786_432;
/** Lengths and offsets of a record, and up to four proofs of six digests that signing adds to its mandate. */
const OVERHEAD_BYTES = 1_024;
const budgets = new Map(TOPICS.map((t) => [t.name, t.valueBytesMax]));

/**
 * Splits records, in their order, into sends in which no partition gets more than its topic's largest value: the broker
 * limits a whole record batch as it limits one record, and a client makes one batch a partition of each send. A record
 * that is larger by itself goes alone: the limit leaves room for its headers.
 */
export function sendsOf<R extends SizedRecord>(records: readonly R[]): R[][] {
  const sends: R[][] = [];
  let bytes = new Map<string, number>();
  for (const record of records) {
    const partition = `${record.topic}/${record.partition}`;
    const size = sizeOf(record);
    const isFull = (bytes.get(partition) ?? 0) + size > (budgets.get(record.topic) ?? OTHER_TOPIC_BYTES_MAX);
    if (sends.length === 0 || (isFull && bytes.has(partition))) {
      sends.push([]);
      bytes = new Map();
    }
    sends.at(-1)?.push(record);
    bytes.set(partition, (bytes.get(partition) ?? 0) + size);
  }
  return sends;
}

function sizeOf({ key, value, mandate, headers }: SizedRecord): number {
  return key.length + value.length + (mandate?.length ?? 0) + Buffer.byteLength(headers) + OVERHEAD_BYTES;
}
