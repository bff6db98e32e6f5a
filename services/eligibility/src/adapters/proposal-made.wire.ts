import {
  type Change,
  changeFromWire,
  decodeLink,
  decodeMandate,
  type Link,
  planDigest,
  sha256,
} from '@mandate/contracts';
import type { JudgedProposal } from '@mandate/judgement';
import { decode, type ProposalMade } from '@mandate/schemas';
import { type Message, PermanentFault, UnauthorisedFault } from '@mandate/service-kit';
import type { Candidate } from '../domain/judge-in-order';

/** A proposal with what its verdict has to carry and to cite, byte for byte. */
export interface ReceivedProposal extends Candidate {
  readonly value: ProposalMade;
  readonly bytes: Buffer;
  readonly mandate: Buffer;
  /** Digest of the ProposalMade's link: the proposal's identity. */
  readonly digest: Buffer;
  readonly planDigest: Buffer;
}

/**
 * A proposal as it came, once its value is known to say what its link says: issue, revision, plan, and for a revision
 * the very DRAFT that it cites. Eligibility exempts a revision from its own line's reservations, so nobody may merely
 * claim to be one.
 *
 * @throws UnauthorisedFault where value and link differ, PermanentFault where the changes cannot be read
 */
export function toReceived(message: Message<ProposalMade>): ReceivedProposal {
  const { value, bytes, mandate, digest, link, cause } = message;
  const received = { value, bytes, mandate, digest, planDigest: link.planDigest, waitingSince: null };
  if (value.issue_id !== link.issueId || value.revision + 1 !== link.version) {
    throw new UnauthorisedFault(
      'ISSUE_MISMATCH',
      `proposal on ${value.issue_id} is linked to another issue or revision`,
    );
  }
  if (!isOfLine(value, cause)) {
    throw new UnauthorisedFault('LINEAGE_MISMATCH', `proposal on ${value.issue_id} does not cite what it is about`);
  }
  const proposal = toJudged(value);
  const plan = { changes: proposal.suggested_changes, affected_capabilities: proposal.affected_capabilities };
  if (!planDigest(plan).equals(link.planDigest)) {
    throw new UnauthorisedFault('PLAN_MISMATCH', `proposal on ${value.issue_id} is linked to another plan`);
  }
  return { ...received, proposal };
}

function isOfLine({ contract_id, revision }: ProposalMade, cause: Link | null): boolean {
  if (revision === 0) return contract_id === null && cause?.type === 'IssueReceived';
  return contract_id !== null && cause?.type === 'ContractChanged' && cause.subject.equals(sha256(contract_id));
}

/** A proposal that was stored while it waited; all was checked when it came. */
export function fromStored(bytes: Buffer, mandate: Buffer, waitingSince: number): ReceivedProposal {
  const own = decodeMandate(mandate)?.own.link;
  const link = own && decodeLink(own);
  if (!own || !link) throw new PermanentFault('MANDATE_UNREADABLE', 'a waiting proposal has lost its link');
  const value = decode('ProposalMade', bytes);
  const planDigest = link.planDigest;
  return { value, bytes, mandate, digest: sha256(own), planDigest, waitingSince, proposal: toJudged(value) };
}

/** What the rules read of a proposal. @throws PermanentFault where the changes cannot be read */
export function toJudged(value: ProposalMade): JudgedProposal {
  return { ...value, source: value.origin.source, suggested_changes: changesOf(value) };
}

function changesOf({ issue_id, suggested_changes }: ProposalMade): readonly Change[] {
  try {
    return suggested_changes.map(changeFromWire);
  } catch (cause) {
    throw new PermanentFault('PLAN_UNREADABLE', `the changes proposed for issue ${issue_id}`, { cause });
  }
}
