import { type ApprovalStatement, type RefusalCode, verifyApproval } from '@mandate/contracts';
import { approvalFacts } from './approval-facts';
import type { CommandOf } from './commands';
import { isConstraints, isWidened } from './constraints';
import type { Contract, Eligible } from './contract';
import type { ContractEvent } from './events';
import type { Facts, Limits } from './facts';
import { decidedBy, refusal } from './recording';
import { isExpired } from './ttl';

type Approve = CommandOf<'approve'>;
interface Refused {
  readonly code: RefusalCode;
  readonly detail?: string;
}

/**
 * Decides what a founder's approval does to a contract. Pure: no clock, no I/O. What was shown is compared by its
 * digest; health, freezes, signals and the clock are looked at afresh.
 *
 * @param now  the contract service's clock (epoch milliseconds, UTC); it becomes `approved_at`
 * @returns no events for a repeated approval, otherwise exactly one: `approved`, or the refusal. Never throws.
 * @see spec 2-review "Actions"; REVIEW-001, REVIEW-003, REVIEW-006, PART2-002
 */
export function decideApproval(
  command: Approve,
  contract: Contract,
  facts: Facts,
  now: number,
): readonly ContractEvent[] {
  const refuse = ({ code, detail }: Refused) => refusal(command, now, code, detail);
  switch (contract.status) {
    case 'ELIGIBLE':
      return approveEligible(command, contract, facts, now);
    case 'APPROVED':
    case 'ACTIVE':
      return refuse({ code: 'ALREADY_DECIDED' });
    case 'EXPIRED':
      return refuse({ code: 'ALREADY_EXPIRED' });
    case 'DRAFT':
    case 'VALIDATED':
      return refuse({ code: 'NOT_ELIGIBLE' }); // REVIEW-001
    default:
      return refuse({ code: 'ALREADY_TERMINAL' });
  }
}

function approveEligible(command: Approve, contract: Eligible, facts: Facts, now: number): readonly ContractEvent[] {
  const against = obstacle(contract, facts, now) ?? dossierObstacle(command, contract);
  if (against) return refusal(command, now, against.code, against.detail);
  const { signed } = command;
  if (!signed) return refusal(command, now, 'SIGNATURE_MISSING');
  const { terms } = contract;
  const verified = verifyApproval(signed.statement, signed.signature, signed.keyId, facts.founders, {
    contractId: terms.contractId,
    dossierDigest: terms.dossierDigest,
    planDigest: terms.planDigest,
    approvedAt: now,
  });
  if ('problem' in verified) return refusal(command, now, verified.problem);
  const { statement } = verified;
  const bounds = boundsObstacle(statement, contract, facts.limits, now);
  if (bounds) return refusal(command, now, bounds.code, bounds.detail);
  const approval = {
    decisionId: command.decisionId,
    ...signed,
    approvedBy: statement.founder, // CONTRACT-002
    approvedAt: now,
    windowStart: statement.window_start, // REVIEW-003
    windowEnd: statement.window_end,
    stepTimeoutMs: statement.constraints.step_timeout_ms,
    facts: approvalFacts(terms, facts),
  };
  return [{ ...decidedBy(command, now), type: 'approved', approval }];
}

/** What stands against approving now, whatever the founder signed. */
function obstacle(contract: Eligible, facts: Facts, now: number): Refused | null {
  if (isExpired(contract.ttl, facts.periods, now)) return { code: 'ALREADY_EXPIRED' }; // REVIEW-006
  const capabilities = contract.terms.plan.affected_capabilities;
  const scopes = ['SYSTEM', ...capabilities];
  const unheard = scopes.find((s) => facts.health.stateOf(s) === 'UNKNOWN'); // HEALTH-001
  if (unheard) return { code: 'HEALTH_UNKNOWN', detail: `(${unheard})` };
  const unwell = scopes.find((s) => facts.health.stateOf(s) !== 'HEALTHY');
  if (unwell) return { code: 'HEALTH_NOT_HEALTHY', detail: `(${unwell} is ${facts.health.stateOf(unwell)})` };
  const frozen = capabilities.find((c) => facts.registry.capabilities.get(c)?.definition.frozen);
  if (frozen) return { code: 'CAPABILITY_FROZEN', detail: `(${frozen})` };
  const [signal] = facts.health.blockingSignals(capabilities);
  if (signal)
    return { code: 'CAPABILITY_BLOCKED', detail: `(${signal.scope}${signal.reason ? `: ${signal.reason}` : ''})` };
  if (contract.clarification && contract.clarification.answeredAt === null) return { code: 'CLARIFICATION_OPEN' };
  return null;
}

function dossierObstacle(command: Approve, contract: Eligible): Refused | null {
  return command.dossierDigest?.equals(contract.terms.dossierDigest) ? null : { code: 'DOSSIER_CHANGED' };
}

/** AM-21: bounded authority. The statement has been verified; what it grants may still be too much. */
function boundsObstacle(statement: ApprovalStatement, contract: Eligible, limits: Limits, now: number): Refused | null {
  const { window_start: start, window_end: end, constraints } = statement;
  if (end <= start) return { code: 'WINDOW_EMPTY' };
  if (start < now - limits.windowGraceMs || end <= now) return { code: 'WINDOW_IN_PAST' };
  if (start > now + limits.windowAheadMsMax) return { code: 'WINDOW_TOO_FAR' };
  if (end - start > limits.windowLengthMsMax) return { code: 'WINDOW_TOO_LONG' };
  if (!isConstraints(constraints)) return { code: 'STATEMENT_UNREADABLE' };
  return isWidened(constraints, contract.terms.constraints) ? { code: 'CONSTRAINTS_WIDENED' } : null;
}
