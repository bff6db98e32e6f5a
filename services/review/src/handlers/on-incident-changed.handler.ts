import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnIncidentChanged {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
  ) {}

  /** What went wrong and what became of undoing it. */
  @Hop('IncidentChanged')
  async handle({ messages }: HopBatch<'IncidentChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectIncidents(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
