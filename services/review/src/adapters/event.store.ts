import { Database, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { EventName } from '../api/reading.schema';

/** Something that happened, for whoever watches. */
export interface NewEvent {
  readonly name: EventName;
  readonly body: object;
}

/** Where an event stands: readers go on behind it. Both are counters of the database, as text. */
export interface EventPosition {
  readonly transactionId: string;
  readonly number: string;
}
export interface StoredEvent extends EventPosition, NewEvent {}

const KEPT_MS = 3_600_000;
const READ_MAX = 1_000;
const POSITION = /^(\d{1,19})-(\d{1,19})$/;

/** The events of the last hour, in an order that is the same for every client and every replica. */
@Injectable()
export class EventStore {
  constructor(private readonly database: Database) {}

  async append(tx: Tx, events: readonly NewEvent[], now: number): Promise<void> {
    if (events.length === 0) return;
    await tx.run(
      'INSERT INTO events (name, body, at) SELECT n, b::jsonb, $3 FROM unnest($1::text[], $2::text[]) AS t (n, b)',
      [events.map((e) => e.name), events.map((e) => JSON.stringify(e.body)), now],
    );
  }

  /** What came behind a position and can no longer be overtaken by a transaction that is still running. */
  after({ transactionId, number }: EventPosition): Promise<StoredEvent[]> {
    return this.database.rows<StoredEvent>(
      `SELECT transaction_id::text AS "transactionId", number::text AS number, name, body FROM events
       WHERE (transaction_id, number) > ($1::xid8, $2::bigint) AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
       ORDER BY transaction_id, number LIMIT ${READ_MAX}`,
      [transactionId, number],
    );
  }

  /** Where a client begins that has seen nothing: before anything that is not final yet. */
  async now(): Promise<EventPosition> {
    const [row] = await this.database.rows<{ id: string }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS id',
    );
    return { transactionId: row?.id ?? '0', number: '0' };
  }

  /** True if everything behind a position is still kept. */
  async isKept({ transactionId }: EventPosition): Promise<boolean> {
    const [row] = await this.database.rows<{ oldest: string | null; next: string }>(
      `SELECT (SELECT transaction_id::text FROM events ORDER BY transaction_id, number LIMIT 1) AS oldest,
         pg_snapshot_xmax(pg_current_snapshot())::text AS next`,
    );
    const isOfHere = BigInt(transactionId) <= BigInt(row?.next ?? '0');
    return isOfHere && row?.oldest != null && BigInt(row.oldest) <= BigInt(transactionId);
  }

  async forget(now: number): Promise<void> {
    await this.database.transaction((tx) => tx.run('DELETE FROM events WHERE at < $1', [now - KEPT_MS]));
  }
}

/** A position as the id of an event, and back. */
export function eventId({ transactionId, number }: EventPosition): string {
  return `${transactionId}-${number}`;
}
export function positionOf(id: string): EventPosition | null {
  const [, transactionId, number] = POSITION.exec(id) ?? [];
  return transactionId && number ? { transactionId, number } : null;
}
