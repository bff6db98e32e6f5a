import { validate } from '@mandate/judgement';
import { Hop, type HopBatch, type Outgoing, Reference, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { toIssueText } from '../adapters/issue-received.wire';
import { OriginalStore } from '../adapters/original.store';
import { proposalOnIssue } from '../adapters/proposal-made.wire';

@Controller()
export class OnIssueReceived {
  constructor(
    private readonly reference: Reference,
    private readonly originals: OriginalStore,
  ) {}

  /** Says of each issue what it is and what change it asks for (VAL-001: by the issue and the registry alone). */
  @Hop('IssueReceived')
  async handle(batch: HopBatch<'IssueReceived'>, tx: Tx): Promise<Outgoing[]> {
    const registry = await this.reference.registry(tx);
    const read = batch.messages.map((issue) => ({ issue, proposal: validate(toIssueText(issue.value), registry) }));
    await this.originals.keep(
      tx,
      read.map(({ issue, proposal }) => ({ issueId: issue.value.issue_id, ...proposal })),
    );
    return read.map(({ issue, proposal }) => proposalOnIssue(issue, proposal, batch.now));
  }
}
