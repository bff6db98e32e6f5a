import { groupId, type ReadMode, readingsOf, type Service } from '@mandate/contracts';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { lastValueFrom } from 'rxjs';
import { withAdmin } from './broker-admin';
import type { Clock } from './clock';
import type { Database } from './database';
import { describeError } from './error-text';
import { hopPattern } from './hop';
import { HopConsumer } from './hop-consumer';
import { type Handler, HopRunner } from './hop-runner';
import type { Keyring } from './keyring';
import type { Metrics } from './metrics';
import { Outlet } from './outlet';
import { Parking } from './parking';
import type { Pauses } from './pauses';
import { Rebuild } from './rebuild';
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
  readonly pauses: Pauses;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly checks: boolean;
  readonly batchSizeMax: number;
  readonly basisWaitMs: number;
  /** What to do when a consumer has stopped for good; ends the process. */
  readonly onFatal: (reason: string) => void;
  /** Only rebuilds the projections, and says how many messages that took. */
  readonly onRebuilt?: ((messages: number) => void) | undefined;
}

type Phase = 'starting' | 'rebuilding' | 'waiting for reference data' | 'joining' | 'ready' | 'stopped';

/**
 * The transport of every service: reads topics as the topic table says, through the hop. Two consumers: `facts` for
 * reference data and projections, `decide` for the rest, which starts once the facts have caught up (FLOW-006).
 */
export class HopServer extends Server implements CustomTransportStrategy {
  private phase: Phase = 'starting';
  private detail = 'connecting';
  private readonly runners = new Map<string, HopRunner[]>();
  private readonly consumers: HopConsumer[] = [];
  private readonly positions = new Map<string, bigint>();
  private readonly before: (() => Promise<void>)[] = [];
  private isStopping = false;

  /** What fills the projections again. */
  readonly rebuilds: Rebuild;

  constructor(private readonly o: HopServerOptions) {
    super();
    this.rebuilds = new Rebuild({ ...o, handlerOf: (message) => this.handler(hopPattern(message)) });
  }

  /** Registers work that must be done before anything is decided (seeding the registry). */
  beforeDeciding(work: () => Promise<void>): void {
    this.before.push(work);
  }

  /** Names tables that hold nothing but what project handlers wrote: what a rebuild empties first. */
  ownProjections(...tables: readonly string[]): void {
    this.rebuilds.ownTables(...tables);
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
    this.o.pauses.stop();
    await this.o.timers.stop();
    await Promise.all(this.consumers.map((c) => c.stop()));
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
    if (this.o.onRebuilt) {
      this.phase = 'rebuilding';
      return this.o.onRebuilt(await this.rebuilds.run([], true));
    }
    await this.o.pauses.start();
    const facts = this.topicsIn('project', 'evidence');
    const ends = await this.endOffsets(facts);
    if (facts.length) await this.consume('facts', facts);
    this.phase = 'waiting for reference data';
    for (const work of this.before) await work();
    await this.factsCaughtUp(facts, ends);
    const decides = this.topicsIn('decide');
    this.phase = 'joining';
    this.detail = `group ${groupId(service, 'decide')}`;
    if (decides.length) await this.consume('decide', decides);
    timers.start(this.timerHandlers());
    if (this.isStopping) return;
    this.phase = 'ready';
    this.o.logger.info({ reads: this.topicsIn('decide', 'project', 'evidence').length }, `${service} is ready`);
  }

  private async consume(kind: 'decide' | 'facts', topics: readonly string[]): Promise<void> {
    const { service, kafka, clock, metrics, batchSizeMax } = this.o;
    const consumer = new HopConsumer({
      kafka,
      clock,
      metrics,
      batchSizeMax,
      groupId: groupId(service, kind),
      topics,
      runnersOf: (topic) => this.runners.get(`${kind}/${topic}`) ?? [],
      positions: this.positions,
      pauses: kind === 'decide' ? this.o.pauses : null,
      onStopped: (error) => this.fatal(`the ${kind} consumer has stopped: ${describeError(error)}`, error),
    });
    this.consumers.push(consumer);
    await consumer.start();
  }

  private behind(ends: ReadonlyMap<string, bigint>): string[] {
    return [...ends].filter(([tp, end]) => (this.positions.get(tp) ?? 0n) < end).map(([tp]) => tp);
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

  get service(): Service {
    return this.o.service;
  }

  /** The topics that this service decides on: those that can be paused. */
  deciding(): readonly string[] {
    return this.topicsIn('decide');
  }

  /** Runner that re-drives a topic's parked messages. */
  decidingRunner(topic: string): HopRunner | undefined {
    return this.runners.get(`decide/${topic}`)?.[0];
  }

  /** End offsets of the fact topics as they are now: what must have been read before anything is decided. */
  private endOffsets(topics: readonly string[]): Promise<Map<string, bigint>> {
    return withAdmin(this.o.kafka, async (admin) => {
      const ends = new Map<string, bigint>();
      for (const topic of topics) {
        // Of what retention has emptied there is nothing to wait for.
        for (const p of await admin.fetchTopicOffsets(topic))
          if (BigInt(p.high) > BigInt(p.low)) ends.set(`${topic}/${p.partition}`, BigInt(p.high));
      }
      return ends;
    });
  }

  /** What the group has committed, by whichever replica: the copies are in the shared database. */
  private committedOffsets(topics: readonly string[]): Promise<void> {
    return withAdmin(this.o.kafka, async (admin) => {
      const committed = await admin.fetchOffsets({ groupId: groupId(this.o.service, 'facts'), topics: [...topics] });
      for (const t of committed) {
        for (const p of t.partitions) {
          const [at, offset] = [`${t.topic}/${p.partition}`, BigInt(p.offset)];
          if (offset > (this.positions.get(at) ?? 0n)) this.positions.set(at, offset);
        }
      }
    });
  }

  private async factsCaughtUp(topics: readonly string[], ends: ReadonlyMap<string, bigint>): Promise<void> {
    const needsRegistry = this.topicsIn('project').includes('mandate.capabilities.v1');
    for (let i = 0; !this.isStopping; i++) {
      if (topics.length > 0 && i % 40 === 0) await this.committedOffsets(topics);
      const behind = this.behind(ends);
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
