import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HopStore } from '../adapters/hop.store';
import { IssueStore } from '../adapters/issue.store';

@Controller()
export class OnProposalMade {
  constructor(
    private readonly issues: IssueStore,
    private readonly hops: HopStore,
  ) {}

  /** A revision's advice is shown before it is judged; an original's comes with its contract's verdict. */
  @Hop('ProposalMade')
  async handle({ messages }: HopBatch<'ProposalMade'>, tx: Tx): Promise<Outgoing[]> {
    await this.issues.projectRevisionProposals(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
