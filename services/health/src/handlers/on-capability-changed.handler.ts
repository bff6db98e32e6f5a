import type { CapabilityState } from '@mandate/contracts';
import { Hop, type HopBatch, type Outgoing, Reference, Timers, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { CapabilityHistoryStore } from '../adapters/capability-history.store';
import { ProbeStore } from '../adapters/probe.store';

export const SCOPE_TIMER = 'scope';

/** Projects capabilities: their history, and the probes that their definitions name. */
@Controller()
export class OnCapabilityChanged {
  constructor(
    private readonly reference: Reference,
    private readonly history: CapabilityHistoryStore,
    private readonly probes: ProbeStore,
    private readonly timers: Timers,
  ) {}

  @Hop('CapabilityChanged')
  async handle(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.reference.applyCapabilities(batch, tx);
    await this.history.append(tx, batch);
    const names = [...new Set(batch.messages.map((m) => m.value.capability))].sort();
    const known = await tx.rows<{ state: CapabilityState }>(
      'SELECT state FROM ref_capabilities WHERE capability = ANY ($1::text[])',
      [names],
    );
    await this.probes.define(tx, new Map(known.map((k) => [k.state.capability, k.state.definition.probes])), batch.now);
    // Said by a timer: a projection that is rebuilt must say nothing.
    await this.timers.set(
      tx,
      SCOPE_TIMER,
      names.map((name) => ({ aggregateId: name, dueAt: batch.now })),
    );
    return [];
  }
}
