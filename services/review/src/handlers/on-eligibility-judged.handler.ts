import { decode, type EligibilityJudged } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { IssueStore } from '../adapters/issue.store';
import { NoticeStore } from '../adapters/notice.store';
import { needsHuman } from '../domain/needs-human';
import { issueNotice } from '../domain/notice';

@Controller()
export class OnEligibilityJudged {
  constructor(
    private readonly issues: IssueStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
    private readonly notices: NoticeStore,
  ) {}

  /** A MAY comes back as a contract; of the others, those a human should see are kept. */
  @Hop('EligibilityJudged')
  async handle({ messages, now }: HopBatch<'EligibilityJudged'>, tx: Tx): Promise<Outgoing[]> {
    const escalated = messages.filter((m) => m.value.verdict === 'MAY_NOT' && isForHuman(m.value));
    await this.issues.projectEscalated(tx, escalated);
    const bodies = escalated.map(({ value }) => ({ issue_id: value.issue_id, contract_id: value.contract_id }));
    await this.events.append(
      tx,
      bodies.map((body) => ({ name: 'attention' as const, body: { ...body, why: 'ESCALATED' } })),
      now,
    );
    await this.notices.tell(
      tx,
      escalated.map((m) => toNotice(m.value)),
    );
    await this.hops.record(tx, messages);
    return [];
  }
}

function toNotice({ issue_id: id, revision, proposal, judged_at: at }: EligibilityJudged) {
  return issueNotice({ id, revision, title: decode('ProposalMade', proposal).title, at });
}

function isForHuman(value: EligibilityJudged): boolean {
  const proposal = decode('ProposalMade', value.proposal);
  return needsHuman({
    verdict: value.verdict,
    severity: proposal.severity,
    recommendedAction: proposal.recommended_action,
  });
}
