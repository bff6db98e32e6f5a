import { Hop, type HopBatch, type Outgoing, Reference, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore } from '../adapters/event.store';

@Controller()
export class OnHealthChanged {
  constructor(
    private readonly reference: Reference,
    private readonly events: EventStore,
  ) {}

  /** The health on which an approval is offered or refused. Whoever watches is told of moves, not of every heartbeat. */
  @Hop('HealthChanged')
  async handle(batch: HopBatch<'HealthChanged'>, tx: Tx): Promise<Outgoing[]> {
    const before = await tx.rows<{ scope: string; state: string; signals: unknown[] }>(
      'SELECT scope, state, signals FROM ref_health',
    );
    const known = new Map(before.map((r) => [r.scope, `${r.state} ${JSON.stringify(r.signals.map(signalOf))}`]));
    await this.reference.applyHealth(batch, tx);
    const moved = batch.messages.filter(({ value: { scope, state, signals } }) => {
      const told = `${state} ${JSON.stringify(signals.map(signalOf))}`;
      if (known.get(scope) === told) return false;
      known.set(scope, told);
      return true;
    });
    const bodies = moved.map(({ value: { scope, version, state } }) => ({ scope, version, state }));
    await this.events.append(
      tx,
      bodies.map((body) => ({ name: 'health' as const, body })),
      batch.now,
    );
    return [];
  }
}

/** What of a signal matters: probes observe anew all the time. */
function signalOf(signal: unknown): unknown {
  const { signal_id, decision, reason } = signal as { signal_id: string; decision: string; reason: string | null };
  return [signal_id, decision, reason];
}
