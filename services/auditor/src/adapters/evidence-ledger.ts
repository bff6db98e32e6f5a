import { topicOf } from '@mandate/contracts';
import { type Batch, type Message, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { genesis } from '../domain/chain-hash';
import { type Entry, enter, type Finding, type Heard, type Known, type LogEnd } from '../domain/ledger';
import { columnsOf } from './recorded-columns';

type Heeded = Message<{ readonly from_version?: number }>;
const MONTH_AHEAD_MS = 31 * 86_400_000;

/** Writes the evidence: append-only, each row's hash covering the one before it in its log (EVID-001). */
@Injectable()
export class EvidenceLedger {
  /** The instant up to which partitions are known to be there. */
  private preparedUntil = 0;

  /** Makes the tables of this month and the next; no statement where they are known to be there. */
  async prepare(tx: Tx, now: number): Promise<void> {
    if (now < this.preparedUntil && now > this.preparedUntil - MONTH_AHEAD_MS) return;
    const [prepared] = await tx.rows<{ whole: boolean }>('SELECT prepare_evidence($1) AS whole', [now]);
    if (!prepared?.whole) return; // made just now: they are there once this transaction has committed
    const date = new Date(now);
    this.preparedUntil = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }

  /**
   * Records a batch: a statement that locks the logs' ends, one that looks up what is known, one that writes. Returns
   * what was found and not known before.
   */
  async append(tx: Tx, { messages, now }: Batch<Message<unknown>>): Promise<readonly Finding[]> {
    await this.prepare(tx, now);
    const heard = (messages as readonly Heeded[]).map((m) => heardOf(m, now));
    const ends = await this.lock(tx, heard);
    const entered = enter(heard, ends, await this.known(tx, heard));
    await this.write(tx, entered.entries, entered.ends, messages as readonly Heeded[]);
    if (entered.holes.length > 0) await this.keepHoles(tx, entered.holes, now);
    const forks = entered.late.length > 0 ? await this.forks(tx, entered.late, ends) : [];
    return [...entered.findings, ...forks];
  }

  private async lock(tx: Tx, heard: readonly Heard[]): Promise<LogEnd[]> {
    const names = new Map(heard.map((h) => [`${h.topic}/${h.partition}`, h]));
    const logs = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, h]) => h);
    const rows = await tx.rows<Record<keyof LogRow, string> & { head: Buffer; log: number; partition: number }>(
      `INSERT INTO logs (topic, partition, head) SELECT * FROM unnest($1::text[], $2::int[], $3::bytea[])
       ON CONFLICT (topic, partition) DO UPDATE SET topic = excluded.topic
       RETURNING log, topic, partition, next_offset, rows, bytes, head`,
      [logs.map((l) => l.topic), logs.map((l) => l.partition), logs.map((l) => genesis(l.topic, l.partition))],
    );
    return rows.map(({ log, topic, partition, next_offset, rows: count, bytes, head }) => ({
      log,
      topic,
      partition,
      nextOffset: Number(next_offset),
      rows: Number(count),
      bytes: Number(bytes),
      head,
    }));
  }

  /** What is on record at the messages' versions and at those before, whichever type of the topic said it. */
  private async known(tx: Tx, heard: readonly Heard[]): Promise<Known[]> {
    const asked = heard.flatMap((h) => [h.version, h.fromVersion].map((version) => ({ key: h.key, version })));
    const wanted = new Map(asked.map((a) => [`${a.key.toString('latin1')} ${a.version}`, a]));
    const types = [...new Set(heard.flatMap((h) => topicOf(h.type).messages))];
    const rows = await tx.rows<{ message_type: Known['type']; key: Buffer; version: string; link_digest: Buffer }>(
      `SELECT e.message_type, e.key, e.version, e.link_digest FROM unnest($1::bytea[], $2::bigint[]) AS t (key, version)
       JOIN evidence e ON e.key = t.key AND e.version = t.version AND e.message_type = ANY ($3::text[])`,
      [[...wanted.values()].map((w) => w.key), [...wanted.values()].map((w) => w.version), types],
    );
    return rows.map((r) => ({
      type: r.message_type,
      key: r.key,
      version: Number(r.version),
      digest: r.link_digest,
    }));
  }

  private async write(
    tx: Tx,
    entries: readonly Entry[],
    ends: readonly LogEnd[],
    messages: readonly Heeded[],
  ): Promise<void> {
    const byDigest = new Map(messages.map((m) => [m.digest.toString('latin1'), m]));
    const rows = entries.map((entry) => {
      const message = byDigest.get(entry.heard.digest.toString('latin1')) as Heeded;
      return { ...entry, ...columnsOf(message.key, message.link, message.value) };
    });
    await tx.run(
      `WITH entered AS (
         INSERT INTO evidence (recorded_at, seq, "offset", version, "time", registry_version, issue_id, contract_id, job_id,
           log, message_type, says, link_digest, hash, key, mandate, value)
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[],
           $8::uuid[], $9::uuid[], $10::smallint[], $11::text[], $12::text[], $13::bytea[], $14::bytea[], $15::bytea[],
           $16::bytea[], $17::bytea[]))
       UPDATE logs l SET next_offset = t.next_offset, rows = t.rows, bytes = t.bytes, head = t.head
       FROM unnest($18::smallint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bytea[]) AS t (log, next_offset, rows, bytes, head)
       WHERE l.log = t.log`,
      [
        rows.map((r) => r.heard.recordedAt),
        rows.map((r) => r.seq),
        rows.map((r) => r.heard.offset),
        rows.map((r) => r.version),
        rows.map((r) => r.time),
        rows.map((r) => r.registry_version),
        rows.map((r) => r.issue_id),
        rows.map((r) => r.contract_id),
        rows.map((r) => r.job_id),
        rows.map((r) => r.log),
        rows.map((r) => r.message_type),
        rows.map((r) => r.says),
        rows.map((r) => r.heard.digest),
        rows.map((r) => r.hash),
        rows.map((r) => r.heard.key),
        rows.map((r) => r.heard.mandate),
        rows.map((r) => r.heard.value),
        ends.map((e) => e.log),
        ends.map((e) => e.nextOffset),
        ends.map((e) => e.rows),
        ends.map((e) => e.bytes),
        ends.map((e) => e.head),
      ],
    );
  }

  private async keepHoles(
    tx: Tx,
    holes: readonly { readonly log: number; readonly from: number; readonly to: number }[],
    now: number,
  ): Promise<void> {
    await tx.run(
      `INSERT INTO holes (log, from_offset, to_offset, seen_at)
       SELECT log, f, t, $4 FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS h (log, f, t) ON CONFLICT DO NOTHING`,
      [holes.map((h) => h.log), holes.map((h) => h.from), holes.map((h) => h.to), now],
    );
  }

  /** Offsets that held another message when they were first read: the broker's own history was rewritten. */
  private async forks(tx: Tx, late: readonly Heard[], ends: readonly LogEnd[]): Promise<Finding[]> {
    const logOf = (h: Heard) => ends.find((e) => e.topic === h.topic && e.partition === h.partition)?.log;
    const rows = await tx.rows<{ log: number; offset: string; link_digest: Buffer }>(
      `SELECT e.log, e."offset", e.link_digest FROM evidence e
       JOIN unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS t (log, o, digest) ON e.log = t.log AND e."offset" = t.o
       WHERE e.link_digest <> t.digest`,
      [late.map(logOf), late.map((h) => h.offset), late.map((h) => h.digest)],
    );
    return rows.flatMap((r) => {
      const other = late.find((h) => logOf(h) === r.log && h.offset === Number(r.offset));
      const { topic, partition } = other ?? { topic: '', partition: 0 };
      return other ? [{ kind: 'FORK' as const, topic, partition, first: r.link_digest, other }] : [];
    });
  }
}

interface LogRow {
  readonly topic: string;
  readonly next_offset: string;
  readonly rows: string;
  readonly bytes: string;
}

function heardOf(m: Heeded, now: number): Heard {
  const { topic, partition, key, mandate, bytes, digest, link, value } = m;
  const fromVersion = typeof value.from_version === 'number' ? value.from_version : link.version - 1;
  const place = { topic, partition, offset: Number(m.offset), recordedAt: now };
  return { ...place, key, mandate, value: bytes, type: link.type, version: link.version, fromVersion, digest };
}
