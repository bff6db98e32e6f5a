import type { Contract } from './contract';
import type { ContractEvent } from './events';
import type { Facts } from './facts';
import { observed } from './recording';
import { expiresAt, isExpired, pauseEndsAt, type ReviewPeriods, resume } from './ttl';

/**
 * What the passing of time does to a contract in review: a pause ends, the founder is warned, the matter escalates,
 * the contract expires. Each is recorded once. REVIEW-006: time never approves.
 */
export function decideReviewDue(contract: Contract, facts: Facts, now: number): readonly ContractEvent[] {
  if (contract.status !== 'ELIGIBLE' && contract.status !== 'DRAFT') return [];
  const { periods } = facts;
  const pauseEnd = pauseEndsAt(contract.ttl, periods);
  if (pauseEnd !== null) {
    if (now < pauseEnd) return [];
    // The clock goes on from when the pause was allowed to end, not from when that was noticed.
    const by = observed('TIMER', now, 'PAUSE_ENDED', 'The clarification has waited long enough; the clock runs again.');
    const ended: ContractEvent = { ...by, type: 'pause-ended', resumedAt: pauseEnd };
    return [ended, ...passed({ ...contract, ttl: resume(contract.ttl, pauseEnd) }, periods, now)];
  }
  return passed(contract, periods, now);
}

function passed(contract: Contract, periods: ReviewPeriods, now: number): readonly ContractEvent[] {
  const { ttl } = contract;
  if (isExpired(ttl, periods, now)) {
    const reason = 'Nobody decided in time.';
    return [{ ...observed('TIMER', now, 'REVIEW_TIMEOUT', reason), type: 'expired', reason }];
  }
  if (contract.status !== 'ELIGIBLE') return [];
  const age = now - ttl.startedAt - ttl.pausedMs;
  const until = new Date(expiresAt(ttl, periods)).toISOString();
  if (!ttl.isEscalated && age >= periods.escalationMs) {
    return [{ ...observed('TIMER', now, 'REVIEW_ESCALATION', `The contract expires at ${until}.`), type: 'escalated' }];
  }
  if (!ttl.isWarned && age >= periods.warningMs) {
    return [{ ...observed('TIMER', now, 'REVIEW_WARNING', `The contract expires at ${until}.`), type: 'warned' }];
  }
  return [];
}
