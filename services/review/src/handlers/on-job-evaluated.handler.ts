import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnJobEvaluated {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
  ) {}

  /** What health saw of a job that ended. */
  @Hop('JobEvaluated')
  async handle({ messages }: HopBatch<'JobEvaluated'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectEvaluations(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
