import { Hop, type HopBatch, type Outgoing, Timers, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { AUDIT_TIMER, CaseStore } from '../adapters/case.store';

/** Every finished job that health has judged becomes a case (AUDIT-001, SM-002). */
@Controller()
export class OnJobEvaluated {
  constructor(
    private readonly cases: CaseStore,
    private readonly timers: Timers,
  ) {}

  @Hop('JobEvaluated')
  async handle(batch: HopBatch<'JobEvaluated'>, tx: Tx): Promise<Outgoing[]> {
    const opened = await this.cases.open(tx, batch);
    await this.timers.set(
      tx,
      AUDIT_TIMER,
      opened.map((key) => ({ aggregateId: key, dueAt: batch.now })),
    );
    return [];
  }
}
