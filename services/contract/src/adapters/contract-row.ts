import type { Constraints, Level, Plan } from '@mandate/contracts';
import type { Fact, FactChange } from '../domain/approval-facts';
import {
  approvalOf,
  type Clarification,
  type Contract,
  type Origin,
  type Terms,
  type Waiting,
} from '../domain/contract';
import type { HealthImpact } from '../domain/health-impact';
import type { Turn } from '../domain/ttl';
import { type Column, number, optionalNumber, storable } from './columns';
import type { Papers } from './papers';

/** A contract with its papers, as it stands in the database. */
export interface StoredContract {
  readonly contract: Contract;
  readonly papers: Papers;
  /** Versions of the reference data of its last decision. */
  readonly basis: Basis;
}
export interface Basis {
  readonly registryVersion: number;
  readonly healthVersion: number;
}

interface TermsJson {
  readonly title: string;
  readonly origin: Origin;
  readonly plan: Plan;
  readonly scope_capabilities: readonly string[];
  readonly constraints: Constraints;
  readonly health_impact: HealthImpact;
}

/** A row of `contracts`. */
export interface ContractRow {
  readonly contract_id: string;
  readonly issue_id: string;
  readonly revision: number;
  readonly parent_contract_id: string | null;
  readonly successor_contract_id: string | null;
  readonly version: string;
  readonly status: Contract['status'];
  readonly status_reason: string | null;
  readonly terms: TermsJson;
  readonly risk_level: Level;
  readonly confidence: number | null;
  readonly payload_digest: Buffer;
  readonly plan_digest: Buffer;
  readonly dossier_digest: Buffer;
  readonly verdict: Buffer | null;
  readonly may_mandate: Buffer;
  readonly last_mandate: Buffer;
  readonly created_at: string;
  readonly ttl_started_at: string;
  readonly ttl_paused_at: string | null;
  readonly ttl_paused_ms: string;
  readonly is_warned: boolean;
  readonly is_escalated: boolean;
  readonly ttl_ledger: readonly Turn[];
  readonly clarification: Clarification | null;
  readonly waiting: Waiting | null;
  readonly since_approval: readonly FactChange[];
  readonly approved_by: string | null;
  readonly approved_at: string | null;
  readonly window_start: string | null;
  readonly window_end: string | null;
  readonly activated_at: string | null;
  readonly registry_version: string;
  readonly health_version: string;
  readonly changed_at: string;
  readonly audit_verdict: string | null;
}

/** A row of `approvals`. */
export interface ApprovalRow {
  readonly contract_id: string;
  readonly decision_id: string;
  readonly statement: Buffer;
  readonly signature: Buffer;
  readonly key_id: string;
  readonly step_timeout_ms: string;
  readonly facts: readonly Fact[];
  readonly mandate: Buffer;
}

type S = StoredContract;
const terms = (s: S): Terms => s.contract.terms;
const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** The key of `contracts`. */
export const KEY_COLUMN: Column<S> = { name: 'contract_id', type: 'uuid', of: (s) => terms(s).contractId };

/** What never changes after the insert. */
export const FIXED_COLUMNS: readonly Column<S>[] = [
  { name: 'issue_id', type: 'uuid', of: (s) => terms(s).issueId },
  { name: 'revision', type: 'int', of: (s) => terms(s).revision },
  { name: 'parent_contract_id', type: 'uuid', of: (s) => terms(s).parentContractId },
  { name: 'affected_capabilities', type: 'text', as: 'jsonb', of: (s) => json(terms(s).plan.affected_capabilities) },
  { name: 'payload_digest', type: 'bytea', of: (s) => terms(s).payloadDigest },
  { name: 'plan_digest', type: 'bytea', of: (s) => terms(s).planDigest },
  { name: 'created_at', type: 'bigint', of: (s) => terms(s).createdAt },
];

/** What a revision's own verdict brings. */
export const VERDICT_COLUMNS: readonly Column<S>[] = [
  { name: 'terms', type: 'text', as: 'json', of: (s) => termsJson(terms(s)) },
  { name: 'risk_level', type: 'text', of: (s) => terms(s).riskLevel },
  { name: 'confidence', type: 'float8', of: (s) => terms(s).confidence },
  { name: 'dossier_digest', type: 'bytea', of: (s) => terms(s).dossierDigest },
  { name: 'verdict', type: 'bytea', of: (s) => terms(s).verdict },
  { name: 'may_mandate', type: 'bytea', of: (s) => s.papers.may },
];

/** What recorded changes move. */
export const STATE_COLUMNS: readonly Column<S>[] = [
  { name: 'successor_contract_id', type: 'uuid', of: (s) => successorOf(s.contract) },
  { name: 'version', type: 'bigint', of: (s) => s.contract.version },
  { name: 'status', type: 'text', of: (s) => s.contract.status },
  { name: 'status_reason', type: 'text', of: (s) => storable(statusReason(s.contract) ?? '') || null },
  { name: 'last_mandate', type: 'bytea', of: (s) => s.papers.last },
  { name: 'ttl_started_at', type: 'bigint', of: (s) => s.contract.ttl.startedAt },
  { name: 'ttl_paused_at', type: 'bigint', of: (s) => s.contract.ttl.pausedAt },
  { name: 'ttl_paused_ms', type: 'bigint', of: (s) => s.contract.ttl.pausedMs },
  { name: 'is_warned', type: 'boolean', of: (s) => s.contract.ttl.isWarned },
  { name: 'is_escalated', type: 'boolean', of: (s) => s.contract.ttl.isEscalated },
  { name: 'ttl_ledger', type: 'text', as: 'json', of: (s) => JSON.stringify(s.contract.ttl.ledger) },
  { name: 'clarification', type: 'text', as: 'json', of: (s) => json(s.contract.clarification) },
  { name: 'waiting', type: 'text', as: 'json', of: (s) => json(waitingOf(s.contract)) },
  { name: 'since_approval', type: 'text', as: 'json', of: (s) => JSON.stringify(sinceApprovalOf(s.contract)) },
  { name: 'approved_by', type: 'text', of: (s) => approvalOf(s.contract)?.approvedBy ?? null },
  { name: 'approved_at', type: 'bigint', of: (s) => approvalOf(s.contract)?.approvedAt ?? null },
  { name: 'window_start', type: 'bigint', of: (s) => approvalOf(s.contract)?.windowStart ?? null },
  { name: 'window_end', type: 'bigint', of: (s) => approvalOf(s.contract)?.windowEnd ?? null },
  { name: 'activated_at', type: 'bigint', of: (s) => ('activatedAt' in s.contract ? s.contract.activatedAt : null) },
  { name: 'audit_verdict', type: 'text', of: (s) => auditVerdictOf(s.contract) },
  { name: 'registry_version', type: 'bigint', of: (s) => s.basis.registryVersion },
  { name: 'health_version', type: 'bigint', of: (s) => s.basis.healthVersion },
  { name: 'changed_at', type: 'bigint', of: (s) => s.contract.changedAt },
];

function termsJson(t: Terms): string {
  const { title, origin, plan, scopeCapabilities, constraints, healthImpact } = t;
  const value: TermsJson = {
    title,
    origin,
    plan,
    scope_capabilities: scopeCapabilities,
    constraints,
    health_impact: healthImpact,
  };
  return JSON.stringify(value);
}

/** Why a contract ended, or what it waits for. */
export function statusReason(contract: Contract): string | null {
  if ('reason' in contract) return contract.reason;
  return waitingOf(contract)?.detail ?? null;
}

export function waitingOf(contract: Contract): Waiting | null {
  return contract.status === 'APPROVED' ? contract.waiting : null;
}

export function sinceApprovalOf(contract: Contract): readonly FactChange[] {
  return 'sinceApproval' in contract ? contract.sinceApproval : [];
}

export function successorOf(contract: Contract): string | null {
  return contract.status === 'SUPERSEDED' ? contract.successorContractId : null;
}

export function auditVerdictOf(contract: Contract): string | null {
  return 'auditVerdict' in contract ? contract.auditVerdict : null;
}

/** Reads a contract back. @param decided keys of decisions already taken, as far as they matter now */
export function fromRow(row: ContractRow, approval: ApprovalRow | null, decided: ReadonlySet<string>): StoredContract {
  return {
    contract: contractOf(row, approval, decided),
    papers: { may: row.may_mandate, approve: approval?.mandate ?? null, last: row.last_mandate },
    basis: { registryVersion: number(row.registry_version), healthVersion: number(row.health_version) },
  };
}

function contractOf(row: ContractRow, approvalRow: ApprovalRow | null, decided: ReadonlySet<string>): Contract {
  const common = {
    terms: termsOf(row),
    version: number(row.version),
    changedAt: number(row.changed_at),
    ttl: {
      startedAt: number(row.ttl_started_at),
      pausedAt: optionalNumber(row.ttl_paused_at),
      pausedMs: number(row.ttl_paused_ms),
      isWarned: row.is_warned,
      isEscalated: row.is_escalated,
      ledger: row.ttl_ledger,
    },
    clarification: row.clarification,
    decided,
  };
  const approval = approvalRow && approvalFrom(row, approvalRow);
  const reason = row.status_reason ?? '';
  switch (row.status) {
    case 'DRAFT':
    case 'VALIDATED':
    case 'ELIGIBLE':
      return { ...common, status: row.status };
    case 'REJECTED':
    case 'EXPIRED':
      return { ...common, status: row.status, reason, approval };
    case 'SUPERSEDED':
      return { ...common, status: row.status, reason, successorContractId: row.successor_contract_id as string };
  }
  if (!approval) throw new Error(`contract ${row.contract_id} is ${row.status} without an approval`);
  const underApproval = { ...common, approval, sinceApproval: row.since_approval };
  const activatedAt = number(row.activated_at as string);
  switch (row.status) {
    case 'APPROVED':
      return { ...underApproval, status: row.status, waiting: row.waiting };
    case 'ACTIVE': {
      const auditVerdict = row.audit_verdict as 'INCONCLUSIVE' | null;
      return { ...underApproval, status: row.status, activatedAt, auditVerdict };
    }
    case 'COMPLETED':
      return { ...underApproval, status: row.status, activatedAt, auditVerdict: 'PASS' };
    case 'FAILED':
      return { ...underApproval, status: row.status, activatedAt, auditVerdict: 'FAIL', reason };
  }
}

function termsOf(row: ContractRow): Terms {
  return {
    contractId: row.contract_id,
    issueId: row.issue_id,
    origin: row.terms.origin,
    title: row.terms.title,
    revision: row.revision,
    parentContractId: row.parent_contract_id,
    plan: row.terms.plan,
    planDigest: row.plan_digest,
    payloadDigest: row.payload_digest,
    scopeCapabilities: row.terms.scope_capabilities,
    riskLevel: row.risk_level,
    healthImpact: row.terms.health_impact,
    constraints: row.terms.constraints,
    confidence: row.confidence,
    verdict: row.verdict,
    dossierDigest: row.dossier_digest,
    createdAt: number(row.created_at),
  };
}

function approvalFrom(row: ContractRow, approval: ApprovalRow) {
  return {
    decisionId: approval.decision_id,
    statement: approval.statement,
    signature: approval.signature,
    keyId: approval.key_id,
    approvedBy: row.approved_by as string,
    approvedAt: number(row.approved_at as string),
    windowStart: number(row.window_start as string),
    windowEnd: number(row.window_end as string),
    stepTimeoutMs: number(approval.step_timeout_ms),
    facts: approval.facts,
  };
}
