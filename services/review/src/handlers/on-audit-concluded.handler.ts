import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnAuditConcluded {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
  ) {}

  /** The auditor's verdicts, each attempt a row. */
  @Hop('AuditConcluded')
  async handle({ messages }: HopBatch<'AuditConcluded'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectAudits(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
