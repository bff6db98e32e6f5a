import { changeFromWire, isTerminal, targetsOf } from '@mandate/contracts';
import type { ContractChanged } from '@mandate/schemas';
import { type Message, PermanentFault } from '@mandate/service-kit';
import type { Line } from '../domain/line';
import type { Outcome } from './outcome.store';

/** What a contract's message means for reservations. @throws PermanentFault on unreadable changes */
export function toLine({ value, may }: Message<ContractChanged>): Line {
  return {
    contractId: value.contract_id,
    issueId: value.issue_id,
    revision: value.revision,
    fromVersion: value.from_version,
    version: value.version,
    isOver: value.status !== 'UNKNOWN' && isTerminal(value.status),
    isJudged: value.verdict !== null,
    successorId: value.status === 'SUPERSEDED' ? value.successor_contract_id : null,
    targets: targetsIn(value),
    mayAt: may?.time ?? value.created_at,
  };
}

/** How far a contract has come, to be read beside the verdict that allowed it. */
export function toOutcome({ value }: Message<ContractChanged>): Outcome {
  return {
    issueId: value.issue_id,
    revision: value.revision,
    contractId: value.contract_id,
    version: value.version,
    status: value.status,
    reason: value.status_reason,
    auditVerdict: value.audit_verdict,
    changedAt: value.changed_at,
  };
}

function targetsIn({ contract_id, proposed_changes }: ContractChanged): readonly string[] {
  try {
    return [...new Set(proposed_changes.map(changeFromWire).flatMap(targetsOf))].sort();
  } catch (cause) {
    throw new PermanentFault('PLAN_UNREADABLE', `the changes of contract ${contract_id}`, { cause });
  }
}
