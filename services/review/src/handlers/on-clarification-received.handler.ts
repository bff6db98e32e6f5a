import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { IssueStore } from '../adapters/issue.store';

@Controller()
export class OnClarificationReceived {
  constructor(private readonly issues: IssueStore) {}

  /** Keeps the requestor's answer with the header to cite it by; nothing is decided on it yet. */
  @Hop('ClarificationReceived')
  async handle({ messages }: HopBatch<'ClarificationReceived'>, tx: Tx): Promise<Outgoing[]> {
    await this.issues.recordClarifications(tx, messages);
    return [];
  }
}
