import {
  type Change,
  type Constraints,
  changeFromWire,
  type FounderKey,
  planDigest,
  type StatementProblem,
  verifyApproval,
} from '@mandate/contracts';
import type { Approval, ContractChanged } from '@mandate/schemas';
import { type Message, UnauthorisedFault } from '@mandate/service-kit';
import type { Terms } from '../domain/job';

/** What a contract orders: the changes in their order, on the terms that the founder signed. */
export interface Order {
  readonly changes: readonly Change[];
  readonly terms: Terms;
}

/**
 * Reads the order in a contract that has become ACTIVE, and verifies what the kit could not: that value and link say the
 * same, that the plan recomputed from the value is the link's, and the founder's own signature for this contract,
 * dossier and plan (PART2-002; spec 4-mandate "Where authority becomes effect"). What is executed is what was signed: the
 * window and the constraints are the statement's.
 *
 * @throws UnauthorisedFault with the first thing that does not hold
 */
export function readOrder(message: Message<ContractChanged>, founders: readonly FounderKey[]): Order {
  const { value, link } = message;
  checkIdentity(message);
  const changes = readChanges(value);
  const plan = planDigest({ changes, affected_capabilities: value.affected_capabilities });
  if (!plan.equals(link.planDigest)) refuse('PLAN_SWAPPED', value, 'its changes are not the plan that it was said for');
  const { approval } = value;
  if (!approval) return refuse('APPROVAL_MISSING', value, 'it carries no approval');
  const verified = verifyApproval(approval.statement, approval.signature, approval.key_id, founders, {
    contractId: value.contract_id,
    dossierDigest: value.dossier_digest,
    planDigest: plan,
    approvedAt: approval.approved_at,
  });
  if ('problem' in verified) return refuse(verified.problem, value, PROBLEMS[verified.problem]);
  const { window_start, window_end, constraints, founder } = verified.statement;
  const isAltered =
    window_start !== approval.window_start || window_end !== approval.window_end || founder !== approval.approved_by;
  if (isAltered)
    refuse('APPROVAL_ALTERED', value, 'founder or window beside the statement are not those that were signed');
  if (!isConstraints(constraints)) refuse('STATEMENT_UNREADABLE', value, 'the signed constraints cannot be read');
  return {
    changes,
    terms: { affected: value.affected_capabilities, windowStart: window_start, windowEnd: window_end, constraints },
  };
}

/** That value and link are about the same contract, issue, plan and state. @throws UnauthorisedFault */
export function checkIdentity({ value, link, key }: Message<ContractChanged>): void {
  const isSame =
    value.contract_id === key.toString() &&
    value.issue_id === link.issueId &&
    value.status === link.says &&
    value.plan_digest.equals(link.planDigest);
  if (!isSame) refuse('VALUE_NOT_AS_LINKED', value, 'its value and its link do not say the same');
}

function readChanges(value: ContractChanged): readonly Change[] {
  try {
    return value.proposed_changes.map(changeFromWire);
  } catch (cause) {
    throw new UnauthorisedFault('PLAN_UNREADABLE', `contract ${value.contract_id}: its changes cannot be read`, {
      cause,
    });
  }
}

function isConstraints(c: Constraints): boolean {
  const numbers = [c.max_duration_ms, c.step_timeout_ms, c.steps_per_minute];
  return (
    numbers.every((n) => Number.isSafeInteger(n) && n > 0) &&
    Array.isArray(c.allowed_targets) &&
    c.allowed_targets.every((t) => typeof t === 'string')
  );
}

function refuse(
  code: string,
  value: Pick<ContractChanged, 'contract_id'> & { approval: Approval | null },
  what: string,
): never {
  throw new UnauthorisedFault(code, `contract ${value.contract_id}: ${what}`);
}

const PROBLEMS: Readonly<Record<StatementProblem, string>> = {
  STATEMENT_UNREADABLE: 'the approval statement cannot be read',
  FOUNDER_KEY_UNKNOWN: 'the signing key is no registered founder key',
  FOUNDER_SIGNATURE_INVALID: "the founder's signature does not hold",
  STATEMENT_FOR_ANOTHER_CONTRACT: 'the approval is of another contract',
  STATEMENT_FOR_ANOTHER_DOSSIER: 'the approval is of another dossier',
  STATEMENT_FOR_ANOTHER_PLAN: 'the approval is of another plan',
  STATEMENT_EXPIRED: 'the approval was given after its not-after',
};
