import { sha256 } from '@mandate/contracts';

/** What a row's hash covers besides the row before it; everything else that is recorded can be told from these. */
export interface Hashed {
  readonly offset: number;
  readonly recordedAt: number;
  readonly key: Buffer;
  readonly mandate: Buffer;
  readonly value: Buffer;
}

/** Where a log's chain begins, before its first row. */
export function genesis(topic: string, partition: number): Buffer {
  return sha256(`mandate-evidence-v1 ${topic}/${partition}`);
}

/**
 * EVID-001: SHA-256 over the hash of the row before, offset and time of recording (eight bytes each), length of the key
 * (four) and key, SHA-256 of the mandate and of the value. A row that is edited, added, moved or taken out changes all
 * hashes after it.
 */
export function rowHash(before: Buffer, row: Hashed): Buffer {
  const numbers = Buffer.alloc(20);
  numbers.writeBigUInt64BE(BigInt(row.offset), 0);
  numbers.writeBigUInt64BE(BigInt(row.recordedAt), 8);
  numbers.writeUInt32BE(row.key.length, 16);
  return sha256(Buffer.concat([before, numbers, row.key, sha256(row.mandate), sha256(row.value)]));
}
