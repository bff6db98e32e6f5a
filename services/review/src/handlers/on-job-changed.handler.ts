import type { JobChanged } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore, type NewEvent } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnJobChanged {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
  ) {}

  /** How far the execution or the rollback is, step by step. */
  @Hop('JobChanged')
  async handle({ messages, now }: HopBatch<'JobChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectJobs(tx, messages);
    await this.hops.record(tx, messages);
    await this.events.append(
      tx,
      messages.map((m) => toEvent(m.value)),
      now,
    );
    return [];
  }
}

function toEvent({ contract_id, job_id, version, state }: JobChanged): NewEvent {
  return { name: 'job', body: { contract_id, job_id, version, state } };
}
