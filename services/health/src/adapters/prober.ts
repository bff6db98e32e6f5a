import { CLOCK, type Clock, describeError, LOGGER, Outlet, Timers, Tx } from '@mandate/service-kit';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { freshMs, remember } from '../domain/probe-decision';
import { HealthStore } from './health.store';
import { type Answered, HttpProbeClient } from './http-probe.client';
import { PROBE_TIMER, type Probe, ProbeStore, probeKey } from './probe.store';
import { PromqlClient } from './promql.client';

/** Looks at systems outside any transaction, and records each result in one of its own. */
@Injectable()
export class Prober implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly unaddressed = new Set<string>();

  constructor(
    private readonly client: HttpProbeClient,
    private readonly promql: PromqlClient,
    private readonly probes: ProbeStore,
    private readonly health: HealthStore,
    private readonly outlet: Outlet,
    private readonly timers: Timers,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** When a probe that was started at `now` is tried again if its result never comes (its replica has died). */
  static leaseUntil(probe: Probe, now: number): number {
    return now + probe.definition.interval_ms + probe.definition.timeout_ms + 5_000;
  }

  /** Starts looking; returns at once. */
  start(probe: Probe): void {
    if (this.stopping.signal.aborted) return;
    const work = this.lookAndRecord(probe)
      .catch((error) =>
        this.logger.warn(`a result of ${probeKey(probe.scope, probe.definition.id)} is lost: ${describeError(error)}`),
      )
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.underWay);
  }

  private async lookAndRecord(probe: Probe): Promise<void> {
    const startedAt = this.clock.now();
    const look = this.lookOf(probe);
    if (!look) return;
    const answered = await look();
    if (this.stopping.signal.aborted) return;
    await this.outlet.act(async (tx) => ({
      result: undefined,
      outgoing: await this.record(tx, probe, answered, startedAt),
    }));
  }

  /** How to look; null, said once, where nobody has configured where. */
  private lookOf({ definition, scope }: Probe): (() => Promise<Answered | null>) | null {
    const key = probeKey(scope, definition.id);
    const stop = this.stopping.signal;
    if ('promql' in definition) {
      if (!this.promql.isConfigured) return this.nowhere(key, 'PROMETHEUS_URL is not set');
      const onFault = (error: unknown) => this.logger.warn(`${key} was not observed: ${describeError(error)}`);
      return () => this.promql.look(definition, stop, onFault);
    }
    const address = this.client.addressOf(definition.url);
    if (address === null) return this.nowhere(key, definition.url);
    return () => this.client.look(key, definition, address, stop);
  }

  private nowhere(key: string, why: string): null {
    if (!this.unaddressed.has(key)) this.logger.warn(`${key} has no address (${why}); its scope stays UNKNOWN`);
    this.unaddressed.add(key);
    return null;
  }

  private async record(tx: Tx, { scope, definition }: Probe, answered: Answered | null, startedAt: number) {
    const probe = await this.probes.lock(tx, scope, definition.id);
    if (!probe) return [];
    const now = this.clock.now();
    const { interval_ms, threshold } = probe.definition;
    const dueAt = Math.max(startedAt + interval_ms, now);
    await this.timers.set(tx, PROBE_TIMER, [{ aggregateId: probeKey(scope, definition.id), dueAt }]);
    if (answered === null) return [];
    const { decision } = answered;
    const memory = remember(probe, decision, now, threshold, freshMs(probe.definition));
    await this.probes.record(tx, probe, memory, decision, answered.latencyMs, answered.detail);
    return (await this.health.refresh(tx, [scope], now)).outgoing;
  }
}
