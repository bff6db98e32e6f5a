import { type ApprovalStatement, verifyApproval } from '@mandate/contracts';
import type { Approve, SignedStatement } from './action';
import { areConstraints, areTightened } from './constraints';
import type { Circumstances, ReviewedContract } from './contract';
import { stateProblem } from './decide-review-state';
import { type Refusal, refuse } from './refusal';
import { windowProblem } from './window';

/** What stands against any approval now, whatever the founder would sign; the page shows it. */
export function approvalObstacle(contract: ReviewedContract, at: Circumstances): Refusal | null {
  const problem = stateProblem(contract, at.now) ?? surroundingsProblem(contract, at);
  if (problem) return problem;
  if (contract.isClarificationOpen) return refuse('CLARIFICATION_OPEN');
  return contract.isSound ? null : refuse('DOSSIER_UNSOUND');
}

export function decideApproval(action: Approve, contract: ReviewedContract, at: Circumstances): Refusal | null {
  const obstacle = approvalObstacle(contract, at);
  if (obstacle) return obstacle;
  if (!action.dossierSeen?.equals(contract.dossierDigest)) return refuse('DOSSIER_CHANGED');
  if (!action.approval) return refuse('SIGNATURE_MISSING');
  return statementProblem(action.approval, action.actor, contract, at);
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
