import { groupId, type ReadMode, readingsOf, type Service } from '@mandate/contracts';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { lastValueFrom } from 'rxjs';
import type { Clock } from './clock';
import type { Database } from './database';
import { describeError } from './faults';
import { hopPattern, type RawMessage } from './hop';
import { type Handler, HopRunner } from './hop-runner';
import type { Keyring } from './keyring';
import type { Metrics } from './metrics';
import { Outlet } from './outlet';
import { Parking } from './parking';
import type { Reference } from './reference';
import type { Timers } from './timers';

export interface HopServerOptions {
  readonly service: Service;
  readonly kafka: Kafka;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly outlet: Outlet;
  readonly timers: Timers;
  readonly reference: Reference;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly checks: boolean;
  readonly batchSizeMax: number;
  readonly basisWaitMs: number;
  /** What to do when a consumer has stopped for good; ends the process. */
  readonly onFatal: (reason: string) => void;
}

type Phase = 'starting' | 'waiting for reference data' | 'joining' | 'ready' | 'stopped';

/**
 * The transport of every service: reads topics as the topic table says, through the hop. Two consumers: `facts` for
 * reference data and projections, `decide` for the rest, which starts once the facts have caught up (FLOW-006).
 */
export class HopServer extends Server implements CustomTransportStrategy {
  private phase: Phase = 'starting';
  private detail = 'connecting';
  private readonly runners = new Map<string, HopRunner[]>();
  private readonly consumers: Consumer[] = [];
  private readonly positions = new Map<string, bigint>();
  private readonly before: (() => Promise<void>)[] = [];
  private isStopping = false;

  constructor(private readonly o: HopServerOptions) {
    super();
  }

  /** Registers work that must be done before anything is decided (seeding the registry). */
  beforeDeciding(work: () => Promise<void>): void {
    this.before.push(work);
  }

  /** Ready only when the group has joined and reference data has caught up; otherwise says why not. */
  readiness(): { readonly isReady: boolean; readonly reason: string } {
    return {
      isReady: this.phase === 'ready',
      reason: this.phase === 'ready' ? 'ready' : `${this.phase}: ${this.detail}`,
    };
  }

  override on(): never {
    throw new Error('this transport has no events to listen to');
  }

  override unwrap<T>(): T {
    return this.o.kafka as T;
  }

  listen(callback: () => void): void {
    callback();
    this.start().catch((error) => this.fatal(`cannot start: ${describeError(error)}`, error));
  }

  async close(): Promise<void> {
    this.isStopping = true;
    this.phase = 'stopped';
    await this.o.timers.stop();
    await Promise.all(this.consumers.map((c) => c.disconnect().catch(() => undefined)));
    await this.o.outlet.stop();
  }

  private fatal(reason: string, error?: unknown): void {
    if (this.isStopping) return;
    this.phase = 'stopped';
    this.o.logger.fatal({ err: error }, reason);
    this.o.onFatal(reason);
  }

  private handler(pattern: string): Handler | undefined {
    const registered = this.messageHandlers.get(pattern);
    if (!registered) return undefined;
    return async (batch, tx) => {
      const result = await lastValueFrom(this.transformToObservable(await registered(batch, tx)), { defaultValue: [] });
      return result ?? [];
    };
  }

  private async start(): Promise<void> {
    const { service, outlet, timers } = this.o;
    await outlet.start(Outlet.topicsOf(service));
    this.makeRunners();
    const facts = this.topicsIn('project', 'evidence');
    const ends = await this.endOffsets(facts);
    if (facts.length) await this.consume('facts', facts);
    this.phase = 'waiting for reference data';
    for (const work of this.before) await work();
    await this.factsCaughtUp(ends);
    const decides = this.topicsIn('decide');
    this.phase = 'joining';
    this.detail = `group ${groupId(service, 'decide')}`;
    if (decides.length) await this.consume('decide', decides);
    timers.start(this.timerHandlers());
    if (!this.isStopping) this.phase = 'ready';
  }

  private timerHandlers(): Map<string, Handler> {
    const kinds = [...this.messageHandlers.keys()].filter((k) => k.startsWith('timer:'));
    return new Map(kinds.map((k) => [k.slice('timer:'.length), this.handler(k) as Handler]));
  }

  private makeRunners(): void {
    const { service, database, keyring, outlet, clock, metrics, logger, checks, basisWaitMs, reference } = this.o;
    const knowsRegistry = readingsOf(service).some(
      (r) => r.topic.name === 'mandate.capabilities.v1' && r.reader.mode === 'project',
    );
    for (const { topic, reader } of readingsOf(service)) {
      const runner = new HopRunner({
        topic,
        reader,
        handlerOf: (message) => this.handler(hopPattern(message)),
        database,
        keyring,
        outlet,
        parking: new Parking(service, metrics),
        clock,
        metrics,
        logger,
        checks,
        basis: knowsRegistry ? { versions: () => this.heardOf(reference) } : null,
        basisWaitMs,
      });
      const list = this.runners.get(`${consumerOf(reader.mode)}/${topic.name}`) ?? [];
      list.push(runner);
      this.runners.set(`${consumerOf(reader.mode)}/${topic.name}`, list);
    }
  }

  /** A service that does not read health is never behind on it. */
  private async heardOf(reference: Reference): Promise<{ registryVersion: number; healthVersion: number }> {
    const versions = await reference.versions();
    const readsHealth = readingsOf(this.o.service).some(
      (r) => r.topic.name === 'mandate.health.v1' && r.reader.mode === 'project',
    );
    return readsHealth ? versions : { ...versions, healthVersion: Number.MAX_SAFE_INTEGER };
  }

  private topicsIn(...modes: ReadMode[]): string[] {
    return [
      ...new Set(
        readingsOf(this.o.service)
          .filter((r) => modes.includes(r.reader.mode))
          .map((r) => r.topic.name),
      ),
    ];
  }

  /** Runner that re-drives a topic's parked messages. */
  decidingRunner(topic: string): HopRunner | undefined {
    return this.runners.get(`decide/${topic}`)?.[0];
  }

  private async consume(kind: 'decide' | 'facts', topics: readonly string[]): Promise<void> {
    const consumer = this.o.kafka.consumer({
      groupId: groupId(this.o.service, kind),
      sessionTimeout: 10_000,
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
    this.consumers.push(consumer);
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart)
        this.fatal(`the ${kind} consumer has stopped: ${describeError(payload.error)}`, payload.error);
    });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.eachBatch(consumer, kind, payload),
    });
    await joined;
  }

  private async eachBatch(consumer: Consumer, kind: 'decide' | 'facts', payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const goOn = (): boolean => isRunning() && !isStale() && !this.isStopping;
    const runners = this.runners.get(`${kind}/${batch.topic}`) ?? [];
    const beat = setInterval(() => void heartbeat().catch(() => undefined), 1_000);
    try {
      for (let i = 0; i < batch.messages.length; i += this.o.batchSizeMax) {
        if (!goOn()) return;
        const chunk = batch.messages.slice(i, i + this.o.batchSizeMax);
        const records = chunk.map(
          (m): RawMessage => ({
            topic: batch.topic,
            partition: batch.partition,
            offset: m.offset,
            key: m.key ?? Buffer.alloc(0),
            bytes: m.value ?? Buffer.alloc(0),
            brokerTime: Number(m.timestamp),
            headers: headersOf(m.headers),
          }),
        );
        for (const runner of runners) if (!(await runner.run(records, goOn))) return;
        const next = BigInt((chunk[chunk.length - 1] as { offset: string }).offset) + 1n;
        this.observe(batch.topic, batch.partition, records, next, batch.highWatermark);
        await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(next) }]);
        resolveOffset(String(next - 1n));
        this.positions.set(`${batch.topic}/${batch.partition}`, next);
        await heartbeat();
      }
    } catch (error) {
      if (isProgrammingError(error)) throw new Error(describeError(error), { cause: error }); // kafkajs stops for good on a TypeError
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  private observe(
    topic: string,
    partition: number,
    records: readonly RawMessage[],
    next: bigint,
    highWatermark: string,
  ): void {
    const { metrics, clock } = this.o;
    metrics.consumed.inc({ topic }, records.length);
    metrics.lag.set({ topic, partition: String(partition) }, Number(BigInt(highWatermark) - next));
    metrics.oldestAgeMs.set({ topic }, Math.max(0, clock.now() - (records[0]?.brokerTime ?? clock.now())));
    const first = BigInt(records[0]?.offset ?? next);
    const last = this.positions.get(`${topic}/${partition}`);
    if (topic !== 'mandate.health.v1' && (first > (last ?? first) || BigInt(records.length) !== next - first))
      metrics.offsetGaps.inc({ topic });
  }

  /** End offsets of the fact topics as they are now: what must have been read before anything is decided. */
  private async endOffsets(topics: readonly string[]): Promise<Map<string, bigint>> {
    const ends = new Map<string, bigint>();
    if (topics.length === 0) return ends;
    const admin = this.o.kafka.admin();
    await admin.connect();
    try {
      for (const topic of topics) {
        for (const p of await admin.fetchTopicOffsets(topic))
          if (BigInt(p.high) > 0n) ends.set(`${topic}/${p.partition}`, BigInt(p.high));
      }
      const committed = await admin.fetchOffsets({ groupId: groupId(this.o.service, 'facts'), topics: [...topics] });
      for (const t of committed) {
        for (const p of t.partitions)
          if (BigInt(p.offset) >= 0n) this.positions.set(`${t.topic}/${p.partition}`, BigInt(p.offset));
      }
    } finally {
      await admin.disconnect();
    }
    return ends;
  }

  private async factsCaughtUp(ends: ReadonlyMap<string, bigint>): Promise<void> {
    const needsRegistry = this.topicsIn('project').includes('mandate.capabilities.v1');
    while (!this.isStopping) {
      const behind = [...ends].filter(([tp, end]) => (this.positions.get(tp) ?? 0n) < end).map(([tp]) => tp);
      const isSeeded = !needsRegistry || (await this.o.reference.isSeeded().catch(() => false));
      if (behind.length === 0 && isSeeded) return;
      this.detail = behind.length
        ? `reading ${behind.slice(0, 3).join(', ')}`
        : 'the registry has not been seeded (the executor does that)';
      await new Promise((r) => setTimeout(r, 50));
    }
  }
}

function consumerOf(mode: ReadMode): 'decide' | 'facts' {
  return mode === 'decide' ? 'decide' : 'facts';
}

function headersOf(headers: EachBatchPayload['batch']['messages'][number]['headers']): Record<string, Buffer> {
  const result: Record<string, Buffer> = Object.create(null);
  for (const [name, value] of Object.entries(headers ?? {})) {
    const one = Array.isArray(value) ? value[0] : value;
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
