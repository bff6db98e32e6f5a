import { decode, type ProposalMade, UndecodableError } from '@mandate/schemas';
import { type HopBatch, PermanentFault } from '@mandate/service-kit';
import type { VerdictNews } from '../domain/tell-verdict';
import type { Detail } from '../domain/told';
import { visibleText } from '../domain/visible';
import { checkSameSubject } from './same-subject';

export type VerdictMessage = HopBatch<'EligibilityJudged'>['messages'][number];

/** @throws PermanentFault if the proposal that the verdict carries is none, UnauthorisedFault if its link says otherwise */
export function toVerdictNews(message: VerdictMessage): VerdictNews {
  const { value } = message;
  checkSameSubject(message, { issueId: value.issue_id, subject: value.issue_id, says: value.verdict });
  const proposal = proposalOf(value.proposal);
  return {
    issueId: value.issue_id,
    contractId: value.contract_id,
    isMay: value.verdict === 'MAY',
    firstFailingRule: value.first_failing_rule,
    failing: value.rules.filter((r) => !r.passed).map(({ id, need }) => ({ id, ...readNeed(need) })),
    retryHelps: value.retry_helps,
    retryAt: value.retry_at,
    issueType: proposal.issue_type,
    severity: proposal.severity,
    recommendedAction: proposal.recommended_action,
    confidence: proposal.confidence_score,
    reason: visibleText(proposal.reason),
    suggestions: proposal.suggestions.map(visibleText),
  };
}

function proposalOf(bytes: Buffer): ProposalMade {
  try {
    return decode('ProposalMade', bytes);
  } catch (cause) {
    if (!(cause instanceof UndecodableError)) throw cause;
    throw new PermanentFault('PROPOSAL_UNREADABLE', 'the verdict carries bytes that are no proposal', { cause });
  }
}

/** A rule's need is JSON with a sentence in `text`; anything else is passed on as it stands. */
function readNeed(need: string | null): { readonly text: string | null; readonly need: Detail } {
  if (need === null) return { text: null, need: null };
  try {
    const value = JSON.parse(need) as Detail;
    const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : null;
    return { text: typeof text === 'string' ? visibleText(text) : null, need: value };
  } catch {
    return { text: visibleText(need), need };
  }
}
