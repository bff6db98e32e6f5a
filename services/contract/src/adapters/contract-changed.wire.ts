import { changeToWire } from '@mandate/contracts';
import type { ContractChanged, Recorded } from '@mandate/schemas';
import { type Citation, type Outgoing, say } from '@mandate/service-kit';
import { type Approval, approvalOf, type Contract } from '../domain/contract';
import type { ContractEvent } from '../domain/events';
import { expiresAt, type ReviewPeriods } from '../domain/ttl';
import { auditVerdictOf, type Basis, sinceApprovalOf, statusReason, successorOf, waitingOf } from './contract-row';
import type { Papers } from './papers';

/** What one cause did to a contract: its state after, and every change between. */
export interface ContractStep {
  readonly contract: Contract;
  readonly fromVersion: number;
  readonly recorded: readonly Recorded[];
  readonly cites: Citation;
  readonly papers: Omit<Papers, 'last'>;
  readonly basis: Basis;
}

/** An event as the record it is published and logged as. */
export function toRecorded(event: ContractEvent, before: Contract | null, after: Contract): Recorded {
  const { cause, actor, code, reason, at } = event;
  return { version: after.version, from: before?.status ?? null, to: after.status, cause, actor, code, reason, at };
}

/** The message of a step: whole new state, all changes between, permits carried on. */
export function toContractChanged(step: ContractStep, periods: ReviewPeriods, now: number): Outgoing {
  const { contract, papers } = step;
  const { terms } = contract;
  return say({
    message: 'ContractChanged',
    key: terms.contractId,
    value: toValue(step, periods),
    says: contract.status,
    issueId: terms.issueId,
    version: contract.version,
    planDigest: terms.planDigest,
    cites: step.cites,
    permits: { may: papers.may, approve: papers.approve },
    now,
  });
}

function toValue({ contract, fromVersion, recorded, basis }: ContractStep, periods: ReviewPeriods): ContractChanged {
  const { terms, ttl } = contract;
  const approval = approvalOf(contract);
  return {
    contract_id: terms.contractId,
    issue_id: terms.issueId,
    origin: terms.origin,
    from_version: fromVersion,
    version: contract.version,
    changes: recorded,
    status: contract.status,
    status_reason: statusReason(contract),
    title: terms.title,
    revision: terms.revision,
    parent_contract_id: terms.parentContractId,
    successor_contract_id: successorOf(contract),
    proposed_changes: terms.plan.changes.map(changeToWire),
    affected_capabilities: terms.plan.affected_capabilities,
    risk_level: terms.riskLevel,
    health_impact: terms.healthImpact,
    payload_digest: terms.payloadDigest,
    verdict: terms.verdict,
    plan_digest: terms.planDigest,
    dossier_digest: terms.dossierDigest,
    constraints: terms.constraints,
    created_at: terms.createdAt,
    // Once approved, it is the window that ends it.
    expires_at: approval?.windowEnd ?? expiresAt(ttl, periods),
    ttl_paused_at: ttl.pausedAt,
    ttl_ledger: ttl.ledger,
    clarification: clarificationOf(contract),
    approval: approval && toApproval(approval),
    waiting: waitingOf(contract),
    since_approval: sinceApprovalOf(contract).map(({ atApproval, ...change }) => ({
      ...change,
      at_approval: atApproval,
    })),
    audit_verdict: auditVerdictOf(contract),
    registry_version: basis.registryVersion,
    health_version: basis.healthVersion,
    changed_at: contract.changedAt,
  };
}

function clarificationOf({ clarification: c }: Contract): ContractChanged['clarification'] {
  if (!c) return null;
  return {
    request_id: c.requestId,
    question: c.question,
    requested_at: c.requestedAt,
    answer: c.answer,
    answered_at: c.answeredAt,
  };
}

function toApproval(a: Approval): ContractChanged['approval'] {
  return {
    statement: a.statement,
    signature: a.signature,
    key_id: a.keyId,
    approved_by: a.approvedBy,
    approved_at: a.approvedAt,
    window_start: a.windowStart,
    window_end: a.windowEnd,
  };
}
