import { deadLetterTopic, newId, type Service, sha256 } from '@mandate/contracts';
import { encode } from '@mandate/schemas';
import type { Tx } from './database';
import type { RawMessage } from './hop';
import type { Metrics } from './metrics';
import type { Outgoing } from './say';

/** A message that gets no further: PARKED holds its key until it is re-driven, SET_ASIDE holds nothing. */
export interface Stopped {
  readonly kind: 'PARKED' | 'SET_ASIDE';
  readonly message: RawMessage;
  readonly code: string;
  readonly reason: string;
}

export interface ParkedRow extends RawMessage {
  readonly parkedId: string;
  readonly kind: 'PARKED' | 'SET_ASIDE';
  readonly reader: string;
  /** Why it was stopped. */
  readonly because: { readonly code: string; readonly reason: string };
  readonly parkedAt: number;
}

/** Keeps what cannot be processed with its bytes, headers and reason, and tells the dead-letter topic (FLOW-004). */
export class Parking {
  constructor(
    private readonly service: Service,
    private readonly metrics: Metrics,
  ) {}

  /** Of these keys, the ones that an earlier parked message holds. */
  async held(tx: Tx, reader: string, topic: string, keys: readonly Buffer[]): Promise<ReadonlySet<string>> {
    const rows = await tx.rows<{ key: Buffer }>(
      `SELECT DISTINCT key FROM parked WHERE kind = 'PARKED' AND reader = $1 AND topic = $2 AND key = ANY ($3::bytea[])`,
      [reader, topic, keys],
    );
    return new Set(rows.map((r) => r.key.toString('latin1')));
  }

  /** Stores them, one statement; returns the dead letters to publish. */
  async stop(tx: Tx, reader: string, stopped: readonly Stopped[], now: number): Promise<Outgoing[]> {
    if (stopped.length === 0) return [];
    const m = stopped.map((s) => s.message);
    await tx.run(
      `INSERT INTO parked (kind, topic, partition, "offset", key, value, headers, broker_time, code, reason, parked_at, reader)
       SELECT k, t, p, o, key, value, h, b, c, r, $11, $12
       FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[], $8::bigint[], $9::text[], $10::text[])
         AS s (k, t, p, o, key, value, h, b, c, r)
       ON CONFLICT (reader, topic, partition, "offset") DO NOTHING`,
      [
        stopped.map((s) => s.kind),
        m.map((x) => x.topic),
        m.map((x) => x.partition),
        m.map((x) => x.offset),
        m.map((x) => x.key),
        m.map((x) => x.bytes),
        m.map((x) => headersToText(x.headers)),
        m.map((x) => x.brokerTime),
        stopped.map((s) => s.code),
        stopped.map((s) => s.reason.replaceAll('\u0000', '\u2400').slice(0, 2_000)),
        now,
        reader,
      ],
    );
    for (const s of stopped) this.metrics.failures.inc({ code: s.code });
    return stopped.map((s) => this.deadLetter(s, now));
  }

  private deadLetter(stopped: Stopped, now: number): Outgoing {
    const { message } = stopped;
    const value = encode('DeadLetter', {
      service: this.service,
      topic: message.topic,
      partition: message.partition,
      offset: message.offset,
      key: message.key,
      kind: stopped.kind,
      code: stopped.code,
      reason: stopped.reason,
      value_digest: sha256(message.bytes),
      at: now,
    });
    const key = message.key.length ? message.key : Buffer.from(newId(now));
    return { topic: deadLetterTopic(this.service), key, value, mandate: Buffer.alloc(0), headers: {} };
  }

  /** Stopped messages of a key in their order. */
  async rows(tx: Tx, reader: string, topic: string, key: Buffer): Promise<ParkedRow[]> {
    const rows = await tx.rows<Record<string, unknown>>(
      `SELECT * FROM parked WHERE reader = $1 AND topic = $2 AND key = $3 ORDER BY "offset"`,
      [reader, topic, key],
    );
    return rows.map(parkedRow);
  }
}

/** A row of the table `parked`. */
export function parkedRow(r: Record<string, unknown>): ParkedRow {
  return {
    parkedId: String(r['parked_id']),
    kind: r['kind'] as ParkedRow['kind'],
    reader: r['reader'] as string,
    topic: r['topic'] as string,
    partition: r['partition'] as number,
    offset: String(r['offset']),
    key: r['key'] as Buffer,
    bytes: r['value'] as Buffer,
    headers: headersFromText(r['headers'] as string),
    brokerTime: Number(r['broker_time']),
    because: { code: r['code'] as string, reason: r['reason'] as string },
    parkedAt: Number(r['parked_at']),
  };
}

function headersToText(headers: RawMessage['headers']): string {
  return JSON.stringify(Object.entries(headers).map(([k, v]) => [k, v.toString('base64')]));
}

function headersFromText(text: string): Record<string, Buffer> {
  const entries = (JSON.parse(text) as [string, string][]).map(([k, v]) => [k, Buffer.from(v, 'base64')] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as Record<string, Buffer>;
}
