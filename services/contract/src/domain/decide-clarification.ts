import type { CommandOf } from './commands';
import type { Contract } from './contract';
import type { ContractEvent } from './events';
import type { Facts } from './facts';
import { decidedBy, refusal } from './recording';
import { isExpired, pauseEndsAt } from './ttl';

/** Asking the requestor pauses the clock and decides nothing else (AM-02, AM-03). */
export function decideClarificationRequest(
  command: CommandOf<'request-clarification'>,
  contract: Contract,
  facts: Facts,
  now: number,
): readonly ContractEvent[] {
  if (contract.status !== 'ELIGIBLE') return refusal(command, now, notEligible(contract));
  if (isExpired(contract.ttl, facts.periods, now)) return refusal(command, now, 'ALREADY_EXPIRED');
  if (!command.text) return refusal(command, now, 'QUESTION_MISSING');
  if (contract.clarification && contract.clarification.answeredAt === null) {
    return refusal(command, now, 'CLARIFICATION_OPEN');
  }
  const clarification = {
    requestId: command.requestId,
    question: command.text,
    requestedAt: now,
    answer: null,
    answeredAt: null,
  };
  return [{ ...decidedBy(command, now), type: 'clarification-requested', clarification }];
}

/**
 * The answer resumes the clock where it stood. It re-runs neither validation nor eligibility. One that comes after the
 * question was answered, or after the contract's time, is kept with the code TOO_LATE.
 */
export function decideClarificationAnswer(
  command: CommandOf<'provide-clarification'>,
  contract: Contract,
  facts: Facts,
  now: number,
): readonly ContractEvent[] {
  const late: readonly ContractEvent[] = [{ ...decidedBy(command, now), type: 'recorded', code: 'TOO_LATE' }];
  if (contract.status !== 'ELIGIBLE' || isExpired(contract.ttl, facts.periods, now)) return late;
  const { clarification, ttl } = contract;
  if (clarification?.answeredAt !== null) return late;
  if (command.requestId !== null && command.requestId !== clarification.requestId) return late;
  if (!command.text) return refusal(command, now, 'QUESTION_MISSING', '(The answer is empty.)');
  const resumedAt = Math.min(now, pauseEndsAt(ttl, facts.periods) ?? now);
  return [{ ...decidedBy(command, now), type: 'clarification-provided', answer: command.text, resumedAt }];
}

/** Why an action of the review does not apply to a contract that is not ELIGIBLE. */
export function notEligible(contract: Contract) {
  switch (contract.status) {
    case 'EXPIRED':
      return 'ALREADY_EXPIRED';
    case 'APPROVED':
    case 'ACTIVE':
      return 'ALREADY_DECIDED';
    case 'DRAFT':
    case 'VALIDATED':
    case 'ELIGIBLE':
      return 'NOT_ELIGIBLE';
    default:
      return 'ALREADY_TERMINAL';
  }
}
