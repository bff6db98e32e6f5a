import { type Checkpoint, type CheckpointHead, checkpointDigest, type SignedCheckpoint } from '@mandate/contracts';
import { type SignedApart, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

interface CheckpointRow {
  readonly number: string;
  readonly at: string;
  readonly previous: Buffer;
  readonly key_id: string;
  readonly signature: Buffer;
}
interface HeadRow {
  readonly topic: string;
  readonly partition: number;
  readonly rows: string;
  readonly head: Buffer;
}

/** The checkpoints; of each only what moved since the one before is stored. */
@Injectable()
export class CheckpointStore {
  /** What is to be signed now; null if nothing was recorded since the last one. One replica at a time gets past this. */
  async next(tx: Tx, now: number): Promise<Checkpoint | null> {
    await tx.run(`SELECT pg_advisory_xact_lock(hashtextextended('checkpoint', 0))`);
    const last = await this.at(tx, null);
    const heads = await tx.rows<HeadRow>('SELECT topic, partition, rows, head FROM logs WHERE rows > 0');
    const sorted = heads.map(headOf).sort(byName);
    if (last && JSON.stringify(sorted) === JSON.stringify(last.checkpoint.heads)) return null;
    return {
      format: 'mandate-checkpoint-v1',
      number: (last?.checkpoint.number ?? 0) + 1,
      at: now,
      previous: last ? checkpointDigest(last.checkpoint).toString('hex') : '0'.repeat(64),
      heads: sorted,
    };
  }

  async keep(tx: Tx, checkpoint: Checkpoint, { keyId, signature }: SignedApart): Promise<void> {
    const { number, at, previous, heads } = checkpoint;
    await tx.run('INSERT INTO checkpoints (number, at, previous, key_id, signature) VALUES ($1, $2, $3, $4, $5)', [
      number,
      at,
      Buffer.from(previous, 'hex'),
      keyId,
      signature,
    ]);
    await tx.run(
      `INSERT INTO checkpoint_heads (number, log, rows, head)
       SELECT $1, l.log, t.rows, t.head FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bytea[]) AS t (topic, partition, rows, head)
       JOIN logs l USING (topic, partition)
       WHERE t.rows IS DISTINCT FROM
         (SELECT h.rows FROM checkpoint_heads h WHERE h.log = l.log ORDER BY h.number DESC LIMIT 1)`,
      [
        number,
        heads.map((h) => h.topic),
        heads.map((h) => h.partition),
        heads.map((h) => h.rows),
        heads.map((h) => Buffer.from(h.hash, 'hex')),
      ],
    );
  }

  /** A checkpoint by its number, the newest for null; null if there is none. */
  async at(tx: Tx, number: number | null): Promise<SignedCheckpoint | null> {
    const [row] = await tx.rows<CheckpointRow>(
      `SELECT number, at, previous, key_id, signature FROM checkpoints WHERE $1::bigint IS NULL OR number = $1
       ORDER BY number DESC LIMIT 1`,
      [number],
    );
    if (!row) return null;
    const heads = await tx.rows<HeadRow>(
      `SELECT l.topic, l.partition, h.rows, h.head FROM logs l
       CROSS JOIN LATERAL (SELECT rows, head FROM checkpoint_heads h WHERE h.log = l.log AND h.number <= $1
         ORDER BY h.number DESC LIMIT 1) h`,
      [row.number],
    );
    return {
      checkpoint: {
        format: 'mandate-checkpoint-v1',
        number: Number(row.number),
        at: Number(row.at),
        previous: row.previous.toString('hex'),
        heads: heads.map(headOf).sort(byName),
      },
      key_id: row.key_id,
      signature: row.signature.toString('base64'),
    };
  }
}

const headOf = ({ topic, partition, rows, head }: HeadRow): CheckpointHead => ({
  topic,
  partition,
  rows: Number(rows),
  hash: head.toString('hex'),
});
const byName = (a: CheckpointHead, b: CheckpointHead): number =>
  a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;
