import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HopStore } from '../adapters/hop.store';
import { IssueStore } from '../adapters/issue.store';

@Controller()
export class OnIssueReceived {
  constructor(
    private readonly issues: IssueStore,
    private readonly hops: HopStore,
  ) {}

  /** Keeps the issue's own words: the founder reads them beside what was made of them. */
  @Hop('IssueReceived')
  async handle({ messages }: HopBatch<'IssueReceived'>, tx: Tx): Promise<Outgoing[]> {
    await this.issues.projectIssues(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
