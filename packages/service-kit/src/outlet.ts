import { MANDATE_HEADER, TOPICS } from '@mandate/contracts';
import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import type { Logger } from 'pino';
import type { Clock } from './clock';
import type { Database, Tx } from './database';
import { describeError } from './error-text';
import { backOffMs, isTransient } from './faults';
import type { RawMessage } from './hop';
import type { Keyring } from './keyring';
import type { Metrics } from './metrics';
import { proven } from './proven-mandates';
import { sendsOf } from './record-batches';
import type { Outgoing } from './say';
import type { Tracing } from './tracing';

interface OutboxRow {
  readonly seq: string;
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mandate: Buffer | null;
  readonly headers: string;
}
type TopicPartition = string; // "topic/partition"

const PUBLISH_MAX = 2_000;

/** Crash points a test may name; a constructor argument, no variable reaches it. */
export type CrashPoint = 'committed' | 'published';

export interface OutletOptions {
  readonly kafka: Kafka;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Off only in `bench/`. */
  readonly signs: boolean;
  readonly crashAt?: ((point: CrashPoint) => Promise<void>) | undefined;
  /** Null where no traces are exported. */
  readonly tracing: Tracing | null;
}

/**
 * The way out: outbox rows are written in the handler's transaction, then signed and published in order per topic and
 * partition, then deleted. What a crash leaves is published at the next start (FLOW-001, FLOW-003).
 */
export class Outlet {
  private producer: Producer;
  private readonly partitionCounts = new Map<string, number>();
  private readonly partitioner = Partitioners.DefaultPartitioner();
  private isStopping = false;

  constructor(private readonly o: OutletOptions) {
    this.producer = this.newProducer();
  }

  get tracing(): Tracing | null {
    return this.o.tracing;
  }

  private newProducer(): Producer {
    return this.o.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 4 },
    });
  }

  /** Connects, learns the partition counts and publishes what an earlier process left. */
  async start(topics: readonly string[]): Promise<void> {
    await this.connect();
    const admin = this.o.kafka.admin();
    await admin.connect();
    const { topics: known } = await admin.fetchTopicMetadata({ topics: [...topics] });
    await admin.disconnect();
    for (const t of known) this.partitionCounts.set(t.name, t.partitions.length);
    await this.drain();
  }

  private isConnected = false;
  private async connect(): Promise<void> {
    if (this.isConnected) return;
    await this.producer.connect();
    this.isConnected = true;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.producer.disconnect();
    await this.tracing?.close();
  }

  /** Writes outgoing messages into the outbox, one statement. Returns where they will go. @param heard what they answer */
  async queue(
    tx: Tx,
    outgoing: readonly Outgoing[],
    heard: readonly RawMessage[] = [],
  ): Promise<ReadonlySet<TopicPartition>> {
    const into = new Set<TopicPartition>();
    if (outgoing.length === 0) return into;
    const rows = (this.tracing?.stamp(outgoing, heard) ?? outgoing).map((m) => ({
      m,
      partition: this.partitionOf(m.topic, m.key),
    }));
    for (const r of rows) into.add(`${r.m.topic}/${r.partition}`);
    const now = this.o.clock.now();
    await tx.run(
      `INSERT INTO outbox (topic, partition, key, value, mandate, headers, queued_at)
       SELECT topic, partition, key, value, mandate, headers, $7 FROM unnest($1::text[], $2::int[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[])
         WITH ORDINALITY AS t (topic, partition, key, value, mandate, headers, n) ORDER BY n`,
      [
        rows.map((r) => r.m.topic),
        rows.map((r) => r.partition),
        rows.map((r) => r.m.key),
        rows.map((r) => r.m.value),
        rows.map((r) => (r.m.mandate.length ? r.m.mandate : null)),
        rows.map((r) => JSON.stringify(r.m.headers)),
        now,
      ],
    );
    return into;
  }

  private partitionOf(topic: string, key: Buffer): number {
    const count = this.partitionCounts.get(topic);
    if (!count) throw new TypeError(`${topic} is not a topic this service writes`);
    const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 0 }));
    return this.partitioner({ topic, partitionMetadata: partitionMetadata as never, message: { key, value: null } });
  }

  /** One transaction: `work` writes and returns what to say; it is published before this resolves. */
  async act<T>(work: (tx: Tx) => Promise<{ readonly result: T; readonly outgoing: readonly Outgoing[] }>): Promise<T> {
    let into: ReadonlySet<TopicPartition> = new Set();
    const startedAt = this.o.clock.now();
    const { result, outgoing } = await this.o.database.transaction(async (tx) => {
      const done = await work(tx);
      into = await this.queue(tx, done.outgoing);
      return done;
    });
    await this.publishOrLeave(into);
    this.tracing?.received(outgoing, startedAt, this.o.clock.now());
    return result;
  }

  /** Publishes; a fault is left to the next publish or start, since the rows are durable. */
  private async publishOrLeave(into: ReadonlySet<TopicPartition>): Promise<void> {
    try {
      await this.publish(into);
    } catch (error) {
      this.o.logger.warn({ err: error }, `publishing is put off: ${describeError(error)}`);
      void this.drainUntilDone();
    }
  }

  private draining: Promise<void> | null = null;
  private drainUntilDone(): Promise<void> {
    this.draining ??= (async () => {
      for (let attempt = 0; !this.isStopping; attempt++) {
        await new Promise((r) => setTimeout(r, backOffMs(attempt)));
        try {
          await this.drain();
          break;
        } catch (error) {
          this.o.logger.warn(`still cannot publish: ${describeError(error)}`);
        }
      }
      this.draining = null;
    })();
    return this.draining;
  }

  /** Publishes whatever stands in the outbox. */
  async drain(): Promise<void> {
    for (;;) {
      const found = await this.o.database.rows<{ topic: string; partition: number }>(
        'SELECT DISTINCT topic, partition FROM outbox',
      );
      if (found.length === 0) return;
      await this.publish(new Set(found.map((f) => `${f.topic}/${f.partition}`)));
    }
  }

  /**
   * Publishes the rows of these partitions, oldest first. Advisory locks, taken in sorted order, let one publisher at a
   * time into a partition, so that nothing overtakes and one send is in flight.
   */
  async publish(into: ReadonlySet<TopicPartition>): Promise<void> {
    const names = [...into].sort();
    if (names.length === 0) return;
    await this.o.crashAt?.('committed');
    for (;;) {
      const sent = await this.o.database.transaction(async (tx) => {
        await tx.rows(
          'SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(n, 7) AS h FROM unnest($1::text[]) AS n ORDER BY 1) AS locks',
          [names],
        );
        const rows = await tx.rows<OutboxRow>(
          `SELECT seq, topic, partition, key, value, mandate, headers FROM outbox
           WHERE (topic, partition) IN (SELECT split_part(n, '/', 1), split_part(n, '/', 2)::int FROM unnest($1::text[]) AS n)
           ORDER BY seq LIMIT ${PUBLISH_MAX}`,
          [names],
        );
        if (rows.length === 0) return rows;
        for (const records of sendsOf(rows)) await this.send(records);
        await this.o.crashAt?.('published');
        await tx.run('DELETE FROM outbox WHERE seq = ANY ($1::bigint[])', [rows.map((r) => r.seq)]);
        return rows;
      });
      this.tracing?.sent(sent, this.o.clock.now());
      if (sent.length < PUBLISH_MAX) return;
    }
  }

  private async send(rows: readonly OutboxRow[]): Promise<void> {
    const { signs, keyring, clock } = this.o;
    const headers = signs ? await proven(rows, keyring, clock.now()) : rows.map((r) => r.mandate);
    const byTopic = new Map<
      string,
      { key: Buffer; value: Buffer; partition: number; headers: Record<string, Buffer | string> }[]
    >();
    rows.forEach((row, i) => {
      const header = headers[i];
      const message = {
        key: row.key,
        value: row.value,
        partition: row.partition,
        headers: {
          ...(JSON.parse(row.headers) as Record<string, string>),
          ...(header ? { [MANDATE_HEADER]: header } : {}),
        },
      };
      const list = byTopic.get(row.topic);
      if (list) list.push(message);
      else byTopic.set(row.topic, [message]);
    });
    try {
      await this.connect();
      await this.producer.sendBatch({
        acks: -1,
        timeout: 10_000,
        topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
      });
      for (const [topic, { length }] of byTopic)
        this.o.metrics.published.inc({ messaging_destination_name: topic }, length);
    } catch (error) {
      const failed = this.producer; // a producer that failed is not used again
      this.producer = this.newProducer();
      this.isConnected = false;
      void failed.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Publishes as the hop does: transient faults are retried for as long as they last. */
  async publishPatiently(into: ReadonlySet<TopicPartition>, isRunning: () => boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.publish(into);
      } catch (error) {
        if (!isRunning()) throw error;
        this.o.metrics.failures.inc({ code: isTransient(error) ? 'TRANSIENT' : 'PUBLISH' });
        this.o.logger.warn(`cannot publish yet: ${describeError(error)}`);
        await new Promise((r) => setTimeout(r, backOffMs(attempt)));
      }
    }
  }

  /** Topics this service may write; publishing another throws before anything leaves. */
  static topicsOf(service: string): string[] {
    return [...TOPICS.filter((t) => t.writer === service).map((t) => t.name), `mandate.dead-letters.${service}.v1`];
  }
}
