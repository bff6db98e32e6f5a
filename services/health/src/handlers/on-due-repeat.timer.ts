import { OnTimer, type Outgoing, type TimerBatch, Timers, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { AlertStore } from '../adapters/alert.store';
import { HealthStore } from '../adapters/health.store';
import { ProbeStore } from '../adapters/probe.store';
import { CONFIG, type HealthConfig } from '../config';
import { SYSTEM } from '../domain/scope-state';

export const REPEAT_TIMER = 'repeat';

/** SYSTEM's heartbeat. Also notices what time alone changes: silence, and signals that have ended. */
@Controller()
export class OnDueRepeat {
  constructor(
    private readonly health: HealthStore,
    private readonly probes: ProbeStore,
    private readonly alerts: AlertStore,
    private readonly timers: Timers,
    @Inject(CONFIG) private readonly config: HealthConfig,
  ) {}

  @OnTimer(REPEAT_TIMER)
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const { now } = batch;
    const { outgoing } = await this.health.refresh(tx, await this.health.all(tx), now, true);
    await this.alerts.trim(tx, now);
    await this.probes.trim(tx, now - this.config.OBSERVATIONS_KEPT);
    await this.timers.set(tx, REPEAT_TIMER, [{ aggregateId: SYSTEM, dueAt: now + this.config.HEALTH_REPEAT }]);
    return outgoing;
  }
}
