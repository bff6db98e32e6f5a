import { groupId, type Reader, readingsOf, type Service, type Topic } from '@mandate/contracts';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { withAdmin } from './broker-admin';
import type { Clock } from './clock';
import type { Database, Tx } from './database';
import { describeError } from './error-text';
import { isTransient } from './faults';
import type { Batch, Message, RawMessage } from './hop';
import { recordOf } from './hop-consumer';
import type { Handler } from './hop-runner';
import type { Keyring } from './keyring';
import type { Metrics } from './metrics';
import { Problem } from './problem';
import { Screening } from './screening';

/** Tables that hold nothing but what projecting handlers wrote, and the topics they are filled from. */
export interface Projection {
  readonly name: 'reference' | 'own';
  readonly tables: readonly string[];
  readonly topics: readonly string[];
}

/** How far a rebuild is. */
export interface RebuildProgress {
  readonly read: number;
  readonly total: number;
}

export interface RebuildOptions {
  readonly service: Service;
  readonly kafka: Kafka;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly checks: boolean;
  readonly batchSizeMax: number;
  readonly handlerOf: (message: string) => Handler | undefined;
}

interface Span {
  readonly topic: string;
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** What was counted when it first came is not counted again. */
const UNCOUNTED = { violations: { inc: () => undefined } } as unknown as Metrics;
const REFERENCE = ['mandate.capabilities.v1', 'mandate.health.v1'];
const REFERENCE_TABLES = ['ref_capabilities', 'ref_health'];

/**
 * Empties projections and fills them from their topics again, in one transaction: until it commits, everybody reads the old
 * rows, and live projecting waits. So nothing is ever decided on a half-filled copy (FLOW-006), and a rebuild that fails
 * leaves what was there. It runs projecting handlers only, in a consumer group of its own; nothing is published.
 */
export class Rebuild {
  private readonly own: string[] = [];
  private isUnderway = false;

  constructor(private readonly o: RebuildOptions) {}

  /** Names tables of the service itself that a rebuild may empty. */
  ownTables(...tables: readonly string[]): void {
    this.own.push(...tables);
  }

  projections(): readonly Projection[] {
    const topics = this.readings().map(({ topic }) => topic.name);
    const reference = topics.filter((t) => REFERENCE.includes(t));
    const found: Projection[] = [
      { name: 'reference', tables: REFERENCE_TABLES, topics: reference },
      { name: 'own', tables: this.own, topics },
    ];
    return found.filter((p) => p.tables.length > 0 && p.topics.length > 0);
  }

  /**
   * Rebuilds the named projections, all if none is named.
   * @param acceptsLoss  go on although a topic no longer has its oldest messages
   * @returns how many messages were read
   * @throws Problem where it cannot or must not be done
   */
  async run(
    names: readonly string[],
    acceptsLoss: boolean,
    onProgress: (progress: RebuildProgress) => void = () => undefined,
  ): Promise<number> {
    const chosen = this.projections().filter((p) => names.length === 0 || names.includes(p.name));
    if (chosen.length === 0)
      throw new Problem(404, 'NO_PROJECTION', 'This service has no such projection.', 'projection');
    if (this.isUnderway) throw new Problem(409, 'UNDER_WAY', 'A rebuild is under way here; wait for its end.');
    this.isUnderway = true;
    try {
      const spans = await this.spans(new Set(chosen.flatMap((p) => p.topics)));
      const forgotten = forgottenTopics(spans);
      if (forgotten.length > 0 && !acceptsLoss) {
        const detail = `${forgotten.join(', ')} no longer has its oldest messages: what only they said would be gone. Say accept_loss to go on.`;
        throw new Problem(409, 'HISTORY_GONE', detail, 'accept_loss');
      }
      return await this.o.database.transaction((tx) => this.within(tx, chosen, spans, onProgress));
    } finally {
      this.isUnderway = false;
    }
  }

  private async within(
    tx: Tx,
    chosen: readonly Projection[],
    spans: readonly Span[],
    onProgress: (progress: RebuildProgress) => void,
  ): Promise<number> {
    const tables = [...new Set(chosen.flatMap((p) => p.tables))].sort();
    await tx.run('SET LOCAL idle_in_transaction_session_timeout = 0');
    // Readers go on; writers wait for the commit, and their time-outs are tried again.
    await tx.run(`LOCK TABLE ${tables.join(', ')} IN EXCLUSIVE MODE`);
    for (const table of tables) await tx.run(`DELETE FROM ${table}`);
    return this.replay(
      tx,
      spans.filter((s) => s.high > s.low),
      onProgress,
    );
  }

  private readings(): { topic: Topic; reader: Reader }[] {
    return readingsOf(this.o.service).filter(({ reader }) => reader.mode === 'project');
  }

  private spans(topics: ReadonlySet<string>): Promise<Span[]> {
    return withAdmin(this.o.kafka, async (admin) => {
      const found = await Promise.all([...topics].map((topic) => admin.fetchTopicOffsets(topic)));
      return [...topics].flatMap((topic, i) =>
        (found[i] ?? []).map(({ partition, low, high }) => ({
          topic,
          partition,
          low: BigInt(low),
          high: BigInt(high),
        })),
      );
    });
  }

  /** Reads each partition from its beginning to where it ended when the rebuild began. */
  private async replay(
    tx: Tx,
    spans: readonly Span[],
    onProgress: (progress: RebuildProgress) => void,
  ): Promise<number> {
    const total = spans.reduce((sum, { low, high }) => sum + Number(high - low), 0);
    const unread = new Map(spans.map((s) => [`${s.topic}/${s.partition}`, s.high]));
    let read = 0;
    onProgress({ read, total });
    if (unread.size === 0) return 0;
    const consumer = this.o.kafka.consumer({
      groupId: `${groupId(this.o.service, 'facts')}.rebuild-${this.o.clock.now()}`,
      sessionTimeout: 30_000,
      maxWaitTimeInMs: 200,
      allowAutoTopicCreation: false,
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...new Set(spans.map((s) => s.topic))], fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
        const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
          const { batch, heartbeat, resolveOffset } = payload;
          const at = `${batch.topic}/${batch.partition}`;
          const records = batch.messages
            .map((m) => recordOf(batch, m))
            .filter((r) => BigInt(r.offset) < (unread.get(at) ?? 0n));
          for (let i = 0; i < records.length; i += this.o.batchSizeMax) {
            const chunk = records.slice(i, i + this.o.batchSizeMax);
            await this.project(tx, chunk);
            read += chunk.length;
            onProgress({ read, total });
            await heartbeat();
          }
          resolveOffset(batch.lastOffset());
          if (BigInt(batch.lastOffset()) + 1n >= (unread.get(at) ?? 0n)) unread.delete(at);
          if (unread.size === 0) resolve();
        };
        // An error ends the transaction: nothing may be written by it afterwards.
        consumer.run({ autoCommit: false, eachBatch: (p) => eachBatch(p).catch(reject) }).catch(reject);
      });
      return read;
    } finally {
      await consumer.disconnect().catch(() => undefined);
    }
  }

  /** A chunk; if a message spoils it, one by one, and that one is passed over: it was set aside when it first came. */
  private async project(tx: Tx, records: readonly RawMessage[]): Promise<void> {
    try {
      await this.once(tx, records);
    } catch (error) {
      if (isTransient(error)) throw error;
      if (records.length > 1) {
        for (const record of records) await this.project(tx, [record]);
        return;
      }
      const { topic, partition, offset } = records[0] as RawMessage;
      this.o.logger.warn({ topic, partition, offset }, `passed over while rebuilding: ${describeError(error)}`);
    }
  }

  private async once(tx: Tx, records: readonly RawMessage[]): Promise<void> {
    const { handlerOf, keyring, checks, clock, logger } = this.o;
    const reading = this.readings().find(({ topic }) => topic.name === records[0]?.topic);
    if (!reading) return;
    const quiet = logger.child({}, { level: 'silent' });
    const screening = new Screening({ ...reading, keyring, checks, logger: quiet, metrics: UNCOUNTED });
    const { accepted } = await screening.screen(records);
    const byName = new Map<string, Message<unknown>[]>();
    for (const m of accepted as Message<unknown>[]) byName.set(m.link.type, [...(byName.get(m.link.type) ?? []), m]);
    await tx.run('SAVEPOINT chunk');
    try {
      for (const [name, messages] of byName) {
        const handler = handlerOf(name);
        const said = await handler?.({ messages, now: clock.now() } satisfies Batch<Message<unknown>>, tx);
        if (said?.length) throw new TypeError(`${name} is projected, and yet its handler wants to say something`);
      }
      await tx.run('RELEASE SAVEPOINT chunk');
    } catch (error) {
      await tx.run('ROLLBACK TO SAVEPOINT chunk');
      throw error;
    }
  }
}

/** Topics whose retention has begun to forget; a compacted one keeps the newest of each key. */
function forgottenTopics(spans: readonly Span[]): string[] {
  return [...new Set(spans.filter((s) => s.low > 0n && !REFERENCE.includes(s.topic)).map((s) => s.topic))].sort();
}
