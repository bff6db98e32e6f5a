import { OnTimer, type Outgoing, type TimerBatch, Timers, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { PROBE_TIMER, ProbeStore, probeKey } from '../adapters/probe.store';
import { Prober } from '../adapters/prober';

/** Probes that are due: taken by one replica, which looks after the transaction and sets the next time itself. */
@Controller()
export class OnDueProbe {
  constructor(
    private readonly probes: ProbeStore,
    private readonly prober: Prober,
    private readonly timers: Timers,
  ) {}

  @OnTimer(PROBE_TIMER)
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const due = await this.probes.byKeys(
      tx,
      batch.messages.map((m) => m.aggregateId),
    );
    await this.timers.set(
      tx,
      PROBE_TIMER,
      due.map((p) => ({ aggregateId: probeKey(p.scope, p.definition.id), dueAt: Prober.leaseUntil(p, batch.now) })),
    );
    for (const probe of due) setImmediate(() => this.prober.start(probe));
    return [];
  }
}
