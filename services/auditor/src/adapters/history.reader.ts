import { decodeLink, decodeMandate, linkDigest } from '@mandate/contracts';
import { decode } from '@mandate/schemas';
import { Database, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { genesis, rowHash } from '../domain/chain-hash';
import { columnsOf, type SearchColumns } from './recorded-columns';

const PAGE_ROWS = 2_000;

interface Row {
  readonly seq: string;
  readonly offset: string;
  readonly recorded_at: string;
  readonly hash: Buffer;
  readonly link_digest: Buffer;
  readonly key: Buffer;
  readonly mandate: Buffer;
  readonly value: Buffer;
  readonly message_type: string;
  readonly says: string;
  readonly version: string;
  readonly time: string;
  readonly issue_id: string;
  readonly contract_id: string | null;
  readonly job_id: string | null;
  readonly registry_version: string | null;
}

/** A stretch of a log's chain, computed again from the rows as they stand now. */
export interface Stretch {
  readonly rows: number;
  /** Sequence number and hash of its last row; what was asked from if it is empty. */
  readonly seq: number;
  readonly hash: string;
  /** The first row that is not what it was when it was recorded, so far as that shows without a checkpoint. */
  readonly broken: { readonly seq: number; readonly offset: number; readonly why: string } | null;
  readonly isAtEnd: boolean;
}

/** Computes the chains of the evidence again (EVID-001). */
@Injectable()
export class HistoryReader {
  constructor(private readonly database: Database) {}

  /**
   * Goes on from a row, by its sequence number and the hash that was computed for it, up to another; at most so many rows
   * at a time. From 0 the chain begins.
   */
  async stretch(
    topic: string,
    partition: number,
    after: { readonly seq: number; readonly hash: string },
    until: number,
  ): Promise<Stretch> {
    const rows = await this.database.transaction((tx) => this.page(tx, topic, partition, after.seq, until));
    let hash = after.seq === 0 ? genesis(topic, partition) : Buffer.from(after.hash, 'hex');
    let broken: Stretch['broken'] = null;
    let expected = after.seq + 1;
    for (const row of rows) {
      hash = rowHash(hash, {
        offset: Number(row.offset),
        recordedAt: Number(row.recorded_at),
        key: row.key,
        mandate: row.mandate,
        value: row.value,
      });
      const why =
        Number(row.seq) !== expected
          ? `row ${expected} is missing, or a row was added`
          : row.hash.equals(hash)
            ? whatIsBeside(row)
            : 'it, or a row before it, was edited, added or taken out';
      if (why && !broken) broken = { seq: Number(row.seq), offset: Number(row.offset), why };
      expected = Number(row.seq) + 1;
    }
    const last = Number(rows.at(-1)?.seq ?? after.seq);
    return { rows: rows.length, seq: last, hash: hash.toString('hex'), broken, isAtEnd: rows.length < PAGE_ROWS };
  }

  private async page(tx: Tx, topic: string, partition: number, after: number, until: number): Promise<Row[]> {
    return tx.rows<Row>(
      `SELECT e.* FROM evidence e JOIN logs l USING (log)
       WHERE l.topic = $1 AND l.partition = $2 AND e.seq > $3 AND e.seq <= $4 ORDER BY e.seq LIMIT ${PAGE_ROWS}`,
      [topic, partition, after, until],
    );
  }
}

const COLUMNS: readonly (keyof SearchColumns)[] = [
  'message_type',
  'says',
  'version',
  'time',
  'issue_id',
  'contract_id',
  'job_id',
  'registry_version',
];

/** What stands beside a message is not hashed: it can be told from the message, and must be that. */
function whatIsBeside(row: Row): string | null {
  try {
    const own = decodeMandate(row.mandate)?.own.link;
    const link = own && decodeLink(own);
    if (!own || !link) return 'its mandate cannot be read';
    if (!linkDigest(own).equals(row.link_digest)) return 'the link that stands beside it is not its own';
    const told = columnsOf(row.key, link, decode(link.type, row.value));
    const wrong = COLUMNS.find((name) => String(told[name]) !== String(row[name]));
    return wrong ? `${wrong} beside it is not what it says` : null;
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`;
  }
}
