import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Clock } from './clock';
import { describeError } from './error-text';
import type { RawMessage } from './hop';
import type { HopRunner } from './hop-runner';
import type { Metrics } from './metrics';
import type { Pauses } from './pauses';

export interface HopConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly runnersOf: (topic: string) => readonly HopRunner[];
  readonly batchSizeMax: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Next offset per `topic/partition`, kept up to date. */
  readonly positions: Map<string, bigint>;
  /** Null for a consumer that is never paused. */
  readonly pauses: Pauses | null;
  /** The consumer has stopped and will not come back by itself. */
  readonly onStopped: (error: unknown) => void;
}

/** One kafkajs consumer: cuts what it fetches into chunks, hands each to the runners, then commits its offsets. */
export class HopConsumer {
  private consumer: Consumer | null = null;
  private isStopping = false;

  constructor(private readonly o: HopConsumerOptions) {}

  /** Resolves once the group has been joined. */
  async start(): Promise<void> {
    const consumer = this.o.kafka.consumer({
      groupId: this.o.groupId,
      sessionTimeout: 6_000,
      heartbeatInterval: 1_000,
      rebalanceTimeout: 20_000,
      maxWaitTimeInMs: 500,
      maxBytesPerPartition: 4_194_304,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        retries: 1_000,
        factor: 0.2,
        multiplier: 1.5,
        restartOnFailure: () => Promise.resolve(true),
      },
    });
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && !this.isStopping) this.o.onStopped(payload.error);
    });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.o.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.eachBatch(consumer, payload),
    });
    this.o.pauses?.onChange((topic, isPaused) => this.follow(consumer, topic, isPaused));
    await joined;
  }

  /** A paused topic is fetched no more; the consumer stays in its group, and keeps its partitions. */
  private follow(consumer: Consumer, topic: string, isPaused: boolean): void {
    if (!this.o.topics.includes(topic) || this.isStopping) return;
    if (isPaused) consumer.pause([{ topic }]);
    else consumer.resume([{ topic }]);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.consumer?.disconnect().catch(() => undefined);
  }

  private async eachBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const isPaused = (): boolean => this.o.pauses?.isPaused(batch.topic) ?? false;
    // Paused before this process began, or before kafkajs began anew after a crash: it does not know.
    if (isPaused()) return this.follow(consumer, batch.topic, true);
    const goOn = (): boolean => isRunning() && !isStale() && !this.isStopping && !isPaused();
    const beat = setInterval(() => void heartbeat().catch(() => undefined), 1_000);
    try {
      for (let i = 0; i < batch.messages.length; i += this.o.batchSizeMax) {
        if (!goOn()) return;
        const records = batch.messages.slice(i, i + this.o.batchSizeMax).map((m) => recordOf(batch, m));
        for (const runner of this.o.runnersOf(batch.topic)) if (!(await runner.run(records, goOn))) return;
        const next = BigInt((records[records.length - 1] as RawMessage).offset) + 1n;
        this.observe(records, next);
        await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(next) }]);
        resolveOffset(String(next - 1n));
        this.o.positions.set(`${batch.topic}/${batch.partition}`, next);
        await heartbeat();
      }
    } catch (error) {
      if (isProgrammingError(error)) throw new Error(describeError(error), { cause: error }); // kafkajs stops for good on a TypeError
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  private observe(records: readonly RawMessage[], next: bigint): void {
    const { metrics, clock, positions } = this.o;
    const { topic, partition, offset } = records[0] as RawMessage;
    const destination = { messaging_destination_name: topic };
    metrics.consumed.inc(destination, records.length);
    const now = clock.now();
    for (const { brokerTime } of records)
      metrics.hopSeconds.observe(destination, Math.max(0, now - brokerTime) / 1_000);
    const expected = positions.get(`${topic}/${partition}`) ?? BigInt(offset);
    const isGap = BigInt(offset) > expected || BigInt(records.length) !== next - BigInt(offset);
    if (isGap && topic !== COMPACTED) metrics.offsetGaps.inc({ topic });
  }
}

const COMPACTED = 'mandate.health.v1';

/** A fetched record as it came. */
export function recordOf(
  batch: EachBatchPayload['batch'],
  m: EachBatchPayload['batch']['messages'][number],
): RawMessage {
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: m.offset,
    key: m.key ?? Buffer.alloc(0),
    bytes: m.value ?? Buffer.alloc(0),
    brokerTime: Number(m.timestamp),
    headers: headersOf(m.headers),
  };
}

function headersOf(headers: EachBatchPayload['batch']['messages'][number]['headers']): Record<string, Buffer> {
  const result: Record<string, Buffer> = Object.create(null);
  for (const [name, value] of Object.entries(headers ?? {})) {
    // kafkajs puts what a plain object has of that name, as of `__proto__`, before what the record has.
    const one = (Array.isArray(value) ? value : [value]).find((v) => Buffer.isBuffer(v) || typeof v === 'string');
    if (one !== undefined) result[name] = Buffer.isBuffer(one) ? one : Buffer.from(one);
  }
  return result;
}

function isProgrammingError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError
  );
}
