import { OnTimer, type Outgoing, type TimerBatch, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HealthStore } from '../adapters/health.store';
import { SCOPE_TIMER } from './on-capability-changed.handler';

/** A capability was defined or defined anew: its health is said if that has changed. */
@Controller()
export class OnDueScope {
  constructor(private readonly health: HealthStore) {}

  @OnTimer(SCOPE_TIMER)
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const scopes = batch.messages.map((m) => m.aggregateId);
    await this.health.add(tx, scopes);
    return (await this.health.refresh(tx, scopes, batch.now)).outgoing;
  }
}
