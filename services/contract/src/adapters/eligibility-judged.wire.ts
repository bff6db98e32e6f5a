import { type Change, changeFromWire, newId, sha256 } from '@mandate/contracts';
import { decode, type EligibilityJudged, type ProposalMade } from '@mandate/schemas';
import { type Message, UnauthorisedFault } from '@mandate/service-kit';
import type { Grant } from '../domain/commands';
import { grantProblem } from '../domain/create-contract';

type Judged = Message<EligibilityJudged>;

/**
 * Checks that a verdict's value says what its link says, about the same issue and revision.
 * @throws UnauthorisedFault
 */
export function checkVerdict({ value, link }: Judged): void {
  const isSame = value.verdict === link.says && value.issue_id === link.issueId && value.revision + 1 === link.version;
  if (!isSame) throw new UnauthorisedFault('SAYS_OTHERWISE', `a verdict's value differs from its link`);
}

/**
 * A MAY as a grant: the proposal's bytes are those that the cited link is about, and the plan recomputed from them is the
 * verdict's (spec 4-mandate "Where authority becomes effect").
 * @throws UnauthorisedFault
 */
export function toGrant(message: Judged, now: number): Grant {
  const { value, cause } = message;
  if (cause?.type !== 'ProposalMade' || !cause.valueDigest.equals(sha256(value.proposal))) {
    throw new UnauthorisedFault('PROPOSAL_ALTERED', 'the proposal is not the one that the verdict cites');
  }
  const grant = grantOf(message, readProposal(value), now);
  const problem = grantProblem(grant);
  if (problem) throw new UnauthorisedFault(problem, `the MAY for issue ${value.issue_id} does not hold`);
  return grant;
}

function readProposal(value: EligibilityJudged): ProposalMade {
  let proposal: ProposalMade;
  try {
    proposal = decode('ProposalMade', value.proposal);
  } catch (cause) {
    throw new UnauthorisedFault('PROPOSAL_UNREADABLE', `the proposal of issue ${value.issue_id}`, { cause });
  }
  const { issue_id, contract_id, revision } = value;
  const isSame =
    proposal.issue_id === issue_id && proposal.contract_id === contract_id && proposal.revision === revision;
  if (!isSame) throw new UnauthorisedFault('PROPOSAL_ALTERED', 'the verdict is about another proposal than it carries');
  return proposal;
}

function grantOf({ value, bytes, link }: Judged, proposal: ProposalMade, now: number): Grant {
  return {
    contractId: value.contract_id ?? newId(now),
    issueId: value.issue_id,
    origin: { ...proposal.origin },
    title: proposal.title,
    revision: proposal.revision,
    payloadDigest: proposal.payload_digest,
    severity: proposal.severity,
    confidence: proposal.confidence_score,
    changes: changesOf(proposal),
    affectedCapabilities: proposal.affected_capabilities,
    planDigest: link.planDigest,
    verdict: bytes,
    rulesVersion: value.rules_version,
    validatorVersion: proposal.validator_version,
  };
}

/** CONTRACT-006: each change has the shape of its kind. */
function changesOf(proposal: ProposalMade): readonly Change[] {
  try {
    return proposal.suggested_changes.map(changeFromWire);
  } catch (cause) {
    throw new UnauthorisedFault('PLAN_UNREADABLE', `the changes of issue ${proposal.issue_id}`, { cause });
  }
}
