import type { ContractAction } from './action';
import type { Circumstances, ReviewedContract } from './contract';
import { decideApproval } from './decide-approval';
import { decideAnswer, decideQuestion } from './decide-clarification';
import { decideModification } from './decide-modification';
import { decideRejection } from './decide-rejection';
import { type Refusal, refuse } from './refusal';

/**
 * Decides what a founder's action may do to a contract, on what review knows. Pure: no clock, no I/O. The contract
 * service decides again when the decision arrives, in the same order, and that one counts.
 *
 * @param contract  null if review knows no such contract
 * @returns null if the action is accepted, else the first thing that does not hold. Never throws.
 * @see spec 2-review "Actions"; REVIEW-001, REVIEW-002, REVIEW-003, REVIEW-005, REVIEW-006
 */
export function decide(action: ContractAction, contract: ReviewedContract | null, at: Circumstances): Refusal | null {
  if (!contract) return refuse('NOT_FOUND');
  switch (action.kind) {
    case 'APPROVE':
      return decideApproval(action, contract, at);
    case 'REJECT':
      return decideRejection(action, contract);
    case 'REQUEST_CLARIFICATION':
      return decideQuestion(action, contract, at);
    case 'PROVIDE_CLARIFICATION':
      return decideAnswer(action, contract);
    case 'MODIFY_SCOPE':
      return decideModification(action, contract, at);
    case 'NOTE':
      return action.note.trim() === '' ? refuse('NOTE_MISSING') : null;
  }
}
