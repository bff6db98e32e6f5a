import { type ApprovalStatement, isTerminal, type RefusalCode, verifyApproval } from '@mandate/contracts';
import type { Action, Approve, Reject, SignedStatement } from './action';
import { areConstraints, areTightened } from './constraints';
import type { Circumstances, ReviewedContract } from './contract';
import type { Refusal } from './refusal';
import { windowProblem } from './window';

const REASON_LENGTH_OVER = 10;

const refuse = (code: RefusalCode, about?: string): Refusal => (about === undefined ? { code } : { code, about });

/**
 * Decides what a founder's action may do to a contract, on what review knows. Pure: no clock, no I/O. The contract
 * service decides again when the decision arrives, in the same order, and that one counts.
 *
 * @param contract  null if review knows no such contract
 * @returns null if the action is accepted, else the first thing that does not hold. Never throws.
 * @see spec 2-review "Actions"; REVIEW-001, REVIEW-002, REVIEW-003, REVIEW-006
 */
export function decide(action: Action, contract: ReviewedContract | null, at: Circumstances): Refusal | null {
  if (!contract) return refuse('NOT_FOUND');
  switch (action.kind) {
    case 'APPROVE':
      return decideApproval(action, contract, at);
    case 'REJECT':
      return decideRejection(action, contract);
  }
}

/** What stands against any approval now, whatever the founder would sign; the page shows it. */
export function approvalObstacle(contract: ReviewedContract, at: Circumstances): Refusal | null {
  const problem = stateProblem(contract, at.now) ?? surroundingsProblem(contract, at);
  if (problem) return problem;
  if (contract.isClarificationOpen) return refuse('CLARIFICATION_OPEN');
  return contract.isSound ? null : refuse('DOSSIER_UNSOUND');
}

/** What stands against any rejection now, whatever its reason. */
export function rejectionObstacle({ status }: ReviewedContract): Refusal | null {
  if (status === 'ACTIVE') return refuse('ALREADY_ACTIVE');
  return isTerminal(status) ? refuse('ALREADY_TERMINAL') : null;
}

function decideApproval(action: Approve, contract: ReviewedContract, at: Circumstances): Refusal | null {
  const obstacle = approvalObstacle(contract, at);
  if (obstacle) return obstacle;
  if (!action.dossierSeen?.equals(contract.dossierDigest)) return refuse('DOSSIER_CHANGED');
  if (!action.approval) return refuse('SIGNATURE_MISSING');
  return statementProblem(action.approval, action.actor, contract, at);
}

function decideRejection(action: Reject, contract: ReviewedContract): Refusal | null {
  const obstacle = rejectionObstacle(contract);
  if (obstacle) return obstacle;
  if (action.dossierSeen && !action.dossierSeen.equals(contract.dossierDigest)) return refuse('DOSSIER_CHANGED');
  return [...action.reason.trim()].length > REASON_LENGTH_OVER ? null : refuse('REASON_TOO_SHORT'); // REVIEW-002
}

function stateProblem({ status, isPaused, expiresAt }: ReviewedContract, now: number): Refusal | null {
  if (status === 'EXPIRED') return refuse('ALREADY_EXPIRED');
  if (isTerminal(status)) return refuse('ALREADY_TERMINAL');
  if (status === 'APPROVED' || status === 'ACTIVE') return refuse('ALREADY_DECIDED');
  if (status !== 'ELIGIBLE') return refuse('NOT_ELIGIBLE'); // REVIEW-001
  return !isPaused && now >= expiresAt ? refuse('ALREADY_EXPIRED') : null; // REVIEW-006
}

/** Health, freezes and signals are looked at afresh; UNKNOWN is a reason to refuse (HEALTH-001, AM-05). */
function surroundingsProblem(contract: ReviewedContract, { health, capabilities }: Circumstances): Refusal | null {
  const affected = contract.affectedCapabilities;
  const scopes = ['SYSTEM', ...affected];
  const unheard = scopes.find((scope) => health.stateOf(scope) === 'UNKNOWN');
  if (unheard) return refuse('HEALTH_UNKNOWN', unheard);
  const unwell = scopes.find((scope) => health.stateOf(scope) !== 'HEALTHY');
  if (unwell) return refuse('HEALTH_NOT_HEALTHY', `${unwell} is ${health.stateOf(unwell)}`);
  const frozen = affected.find((name) => capabilities.get(name)?.definition.frozen);
  if (frozen) return refuse('CAPABILITY_FROZEN', frozen);
  const [signal] = health.blockingSignals(affected);
  return signal
    ? refuse('CAPABILITY_BLOCKED', signal.reason ? `${signal.scope}: ${signal.reason}` : signal.scope)
    : null;
}

/** AM-13, REVIEW-003, AM-21: the founder's own signature, over this contract, dossier, plan and a window within bounds. */
function statementProblem(
  { statement: bytes, signature, keyId }: SignedStatement,
  actor: string,
  contract: ReviewedContract,
  { now, founders }: Circumstances,
): Refusal | null {
  const { contractId, dossierDigest, planDigest } = contract;
  const verified = verifyApproval(bytes, signature, keyId, founders, {
    contractId,
    dossierDigest,
    planDigest,
    approvedAt: now,
  });
  if ('problem' in verified) return refuse(verified.problem);
  const { statement } = verified;
  if (statement.founder !== actor) return refuse('STATEMENT_FOR_ANOTHER_FOUNDER', statement.founder);
  const outside = windowProblem({ start: statement.window_start, end: statement.window_end }, now);
  return outside ? refuse(outside) : constraintsProblem(statement, contract);
}

function constraintsProblem({ constraints }: ApprovalStatement, contract: ReviewedContract): Refusal | null {
  if (!areConstraints(constraints)) return refuse('STATEMENT_UNREADABLE', 'its constraints are not whole');
  return areTightened(constraints, contract.constraints) ? null : refuse('CONSTRAINTS_WIDENED');
}
