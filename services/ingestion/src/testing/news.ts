import type { ContractNews, HeardContract, IssueProgress } from '../domain/contract-news';
import type { VerdictNews } from '../domain/tell-verdict';
import { NOON } from './inputs';

/** A contract at its creation, offered to the founder. */
export function contractNews(more: Partial<ContractNews> = {}): ContractNews {
  return {
    contractId: 'c-1',
    issueId: 'i-1',
    version: 3,
    status: 'ELIGIBLE',
    statusBefore: null,
    isTransition: true,
    cause: { type: 'EligibilityJudged', says: 'MAY' },
    code: null,
    reason: null,
    title: 'Raise the rate limit',
    revision: 0,
    successorContractId: null,
    clarification: null,
    window: null,
    waiting: null,
    expiresAt: NOON,
    ...more,
  };
}

export function heardContract(more: Partial<HeardContract> = {}): HeardContract {
  return { version: 3, status: 'ELIGIBLE', waiting: null, openRequestId: null, isCancellationSaid: false, ...more };
}

export function issueProgress(more: Partial<IssueProgress> = {}): IssueProgress {
  return {
    isOpen: true,
    isCancelled: false,
    endedBy: null,
    contractId: null,
    contractStatus: null,
    revision: 0,
    ...more,
  };
}

/** A MAY_NOT for want of confidence. */
export function verdictNews(more: Partial<VerdictNews> = {}): VerdictNews {
  const need = { text: 'confidence is 0.64, needs 0.70', have: 0.64, want: 0.7 };
  return {
    issueId: 'i-1',
    contractId: null,
    isMay: false,
    firstFailingRule: 'E-001',
    failing: [{ id: 'E-001', text: need.text, need }],
    retryHelps: false,
    retryAt: null,
    issueType: 'configuration_change',
    severity: 'medium',
    recommendedAction: 'create_contract',
    confidence: 0.64,
    reason: 'a change of one value',
    suggestions: [],
    ...more,
  };
}
