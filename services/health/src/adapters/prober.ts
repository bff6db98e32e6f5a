import { CLOCK, type Clock, describeError, LOGGER, Outlet, Timers, Tx } from '@mandate/service-kit';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { decisionOf, freshMs, remember } from '../domain/probe-decision';
import { HealthStore } from './health.store';
import { type Answered, HttpProbeClient } from './http-probe.client';
import { PROBE_TIMER, type Probe, ProbeStore, probeKey } from './probe.store';

/** Looks at systems outside any transaction, and records each result in one of its own. */
@Injectable()
export class Prober implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly unaddressed = new Set<string>();

  constructor(
    private readonly client: HttpProbeClient,
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
    const { definition, scope } = probe;
    const key = probeKey(scope, definition.id);
    const address = this.client.addressOf(definition.url);
    if (address === null) {
      if (!this.unaddressed.has(key))
        this.logger.warn(`${key} has no address (${definition.url}); its scope stays UNKNOWN`);
      this.unaddressed.add(key);
      return;
    }
    const startedAt = this.clock.now();
    const answered = await this.client.look(key, definition, address, this.stopping.signal);
    if (this.stopping.signal.aborted) return;
    await this.outlet.act(async (tx) => ({
      result: undefined,
      outgoing: await this.record(tx, probe, answered, startedAt),
    }));
  }

  private async record(tx: Tx, { scope, definition }: Probe, answered: Answered | null, startedAt: number) {
    const probe = await this.probes.lock(tx, scope, definition.id);
    if (!probe) return [];
    const now = this.clock.now();
    const { interval_ms, warn_ms, threshold } = probe.definition;
    const dueAt = Math.max(startedAt + interval_ms, now);
    await this.timers.set(tx, PROBE_TIMER, [{ aggregateId: probeKey(scope, definition.id), dueAt }]);
    if (answered === null) return [];
    const result = decisionOf(answered, warn_ms);
    const memory = remember(probe, result, now, threshold, freshMs(probe.definition));
    await this.probes.record(tx, probe, memory, result, answered.latencyMs, answered.detail);
    return (await this.health.refresh(tx, [scope], now)).outgoing;
  }
}
