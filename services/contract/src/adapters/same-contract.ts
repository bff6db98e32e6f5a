import { type Message, UnauthorisedFault } from '@mandate/service-kit';
import type { Terms } from '../domain/contract';

/**
 * A message about a contract must be about its issue and its plan (spec 4-mandate): its chain proves that somebody said
 * so of some contract, this that it is the one it names.
 * @throws UnauthorisedFault
 */
export function checkSameContract(
  message: Message<{ readonly contract_id: string }>,
  terms: Terms,
  hasPlan = true,
): void {
  const { link, value, key } = message;
  if (value.contract_id !== key.toString())
    throw new UnauthorisedFault('WRONG_SUBJECT', 'its value is about another contract');
  if (link.issueId !== terms.issueId)
    throw new UnauthorisedFault('ISSUE_MISMATCH', 'is about another issue than its contract');
  if (hasPlan && !link.planDigest.equals(terms.planDigest)) {
    throw new UnauthorisedFault('PLAN_MISMATCH', 'is about another plan than its contract');
  }
}
