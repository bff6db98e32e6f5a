import type { Contract } from './contract';
import { expiresAt, nextReviewDue, type ReviewPeriods } from './ttl';

/** When time will next do something to this contract; null where it does nothing any more. */
export function reviewDueAt(contract: Contract, periods: ReviewPeriods): number | null {
  if (contract.status === 'ELIGIBLE') return nextReviewDue(contract.ttl, periods);
  return contract.status === 'DRAFT' ? expiresAt(contract.ttl, periods) : null;
}
