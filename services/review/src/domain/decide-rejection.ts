import { isTerminal } from '@mandate/contracts';
import type { Reject } from './action';
import type { ReviewedContract } from './contract';
import { otherDossier } from './decide-review-state';
import { type Refusal, refuse } from './refusal';

/** REVIEW-002: more than this many characters after trimming. */
const REASON_LENGTH_OVER = 10;

/** True if a text says enough to stand as somebody's reason. */
export function isReason(text: string): boolean {
  return [...text.trim()].length > REASON_LENGTH_OVER;
}

/** What stands against any rejection now, whatever its reason: a contract can be rejected until it is ACTIVE (AM-08). */
export function rejectionObstacle({ status }: ReviewedContract): Refusal | null {
  if (status === 'ACTIVE') return refuse('ALREADY_ACTIVE');
  return isTerminal(status) ? refuse('ALREADY_TERMINAL') : null;
}

export function decideRejection(action: Reject, contract: ReviewedContract): Refusal | null {
  const obstacle = rejectionObstacle(contract) ?? otherDossier(action.dossierSeen, contract);
  if (obstacle) return obstacle;
  return isReason(action.reason) ? null : refuse('REASON_TOO_SHORT'); // REVIEW-002
}
