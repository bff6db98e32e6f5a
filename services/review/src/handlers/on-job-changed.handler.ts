import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnJobChanged {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
  ) {}

  /** How far the execution or the rollback is, step by step. */
  @Hop('JobChanged')
  async handle({ messages }: HopBatch<'JobChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectJobs(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
