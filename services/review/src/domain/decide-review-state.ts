import { isTerminal } from '@mandate/contracts';
import type { ReviewedContract } from './contract';
import { type Refusal, refuse } from './refusal';

/** What stands against deciding on a contract that is to be ELIGIBLE. REVIEW-006: expired from the very instant on. */
export function stateProblem({ status, isPaused, expiresAt }: ReviewedContract, now: number): Refusal | null {
  if (status === 'EXPIRED') return refuse('ALREADY_EXPIRED');
  if (isTerminal(status)) return refuse('ALREADY_TERMINAL');
  if (status === 'APPROVED' || status === 'ACTIVE') return refuse('ALREADY_DECIDED');
  if (status !== 'ELIGIBLE') return refuse('NOT_ELIGIBLE'); // REVIEW-001
  return !isPaused && now >= expiresAt ? refuse('ALREADY_EXPIRED') : null; // REVIEW-006
}

/** Where an action need not name the dossier, one that it does name must be the present one. */
export function otherDossier(dossierSeen: Buffer | null, contract: ReviewedContract): Refusal | null {
  return dossierSeen && !dossierSeen.equals(contract.dossierDigest) ? refuse('DOSSIER_CHANGED') : null;
}
