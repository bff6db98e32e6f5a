import type { JobEvaluated } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore, type NewEvent } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnJobEvaluated {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
  ) {}

  /** What health saw of a job that ended. */
  @Hop('JobEvaluated')
  async handle({ messages, now }: HopBatch<'JobEvaluated'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectEvaluations(tx, messages);
    await this.hops.record(tx, messages);
    await this.events.append(
      tx,
      messages.map((m) => toEvent(m.value)),
      now,
    );
    return [];
  }
}

function toEvent({ contract_id, evaluation_id }: JobEvaluated): NewEvent {
  return { name: 'evaluation', body: { contract_id, evaluation_id } };
}
