import { changeToWire, planDigest } from '@mandate/contracts';
import type { Proposal } from '@mandate/judgement';
import type { ContractChanged, IssueReceived, ProposalMade } from '@mandate/schemas';
import { citing, type Message, type Outgoing, say, UnauthorisedFault } from '@mandate/service-kit';

/** The proposal on an issue. */
export function proposalOnIssue(issue: Message<IssueReceived>, proposal: Proposal, now: number): Outgoing {
  const { issue_id, origin, subject: title, payload_digest } = issue.value;
  return proposalMade(
    issue,
    { issue_id, contract_id: null, revision: 0, origin, title, payload_digest },
    proposal,
    now,
  );
}

/**
 * The proposal on a founder's revision, which is for the very plan of the DRAFT it cites.
 * @throws UnauthorisedFault if the DRAFT's link was made for another plan than its value holds
 */
export function proposalOnRevision(draft: Message<ContractChanged>, proposal: Proposal, now: number): Outgoing {
  const { issue_id, contract_id, revision, origin, title, payload_digest } = draft.value;
  if (!planOf(proposal).equals(draft.link.planDigest)) {
    throw new UnauthorisedFault('PLAN_MISMATCH', `contract ${contract_id} was created for another plan than it holds`);
  }
  return proposalMade(draft, { issue_id, contract_id, revision, origin, title, payload_digest }, proposal, now);
}

type Subject = Pick<ProposalMade, 'issue_id' | 'contract_id' | 'revision' | 'origin' | 'title' | 'payload_digest'>;

function proposalMade(
  cause: { readonly mandate: Buffer },
  subject: Subject,
  proposal: Proposal,
  now: number,
): Outgoing {
  return say({
    message: 'ProposalMade',
    key: subject.issue_id,
    value: { ...subject, ...proposal, suggested_changes: proposal.suggested_changes.map(changeToWire) },
    says: 'PROPOSED',
    issueId: subject.issue_id,
    version: subject.revision + 1,
    planDigest: planOf(proposal),
    cites: citing(cause),
    now,
  });
}

function planOf({ suggested_changes, affected_capabilities }: Proposal): Buffer {
  return planDigest({ changes: suggested_changes, affected_capabilities });
}
