import { type Change, type Constraints, changeToWire, newId, sha256 } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';

/** What the messages of one contract's chain are about. */
export interface ChainSubject {
  readonly issueId: string;
  readonly contractId: string;
  readonly changes: readonly Change[];
  readonly affected: readonly string[];
  readonly plan: Buffer;
  readonly dossier: Buffer;
  readonly approval: Messages['ContractChanged']['approval'];
}

export const CONSTRAINTS: Constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 1_000,
  steps_per_minute: 60,
  allowed_targets: [],
};
const ORIGIN = {
  source: 'support_ticket',
  source_system: 'desk',
  reference: 'T-1',
  submitter: null,
  tenant: null,
  received_at: 1,
};
const BASIS = { registry_version: 1, health_version: 1 };
const aboutContract = (s: ChainSubject) => ({ contract_id: s.contractId, issue_id: s.issueId, origin: ORIGIN });

export const issueReceived = (s: ChainSubject): Messages['IssueReceived'] => ({
  issue_id: s.issueId,
  origin: ORIGIN,
  idempotency_key: 'k',
  subject: 's',
  body: 'b',
  hints: { severity: null, capabilities: [], change: null },
  payload_digest: sha256('crm'),
  recurrence_of: null,
  related_to: null,
  follows: null,
  status: 'RECEIVED',
  received_at: 1,
});

export const proposalMade = (s: ChainSubject): Messages['ProposalMade'] => ({
  issue_id: s.issueId,
  contract_id: null,
  revision: 0,
  origin: ORIGIN,
  title: 't',
  payload_digest: sha256('crm'),
  issue_type: 'configuration_change',
  severity: 'low',
  affected_capabilities: s.affected,
  unknown_capabilities: [],
  recommended_action: 'create_contract',
  confidence_score: 0.9,
  reason: 'r',
  evidence: [],
  suggestions: [],
  suggested_changes: s.changes.map(changeToWire),
  validator_version: '1',
  registry_version: 1,
});

export const mayVerdict = (s: ChainSubject): Messages['EligibilityJudged'] => ({
  issue_id: s.issueId,
  contract_id: null,
  revision: 0,
  origin: ORIGIN,
  proposal: Buffer.alloc(0),
  verdict: 'MAY',
  first_failing_rule: null,
  rules: [],
  facts: '{}',
  retry_helps: false,
  retry_at: null,
  rules_version: '1',
  ...BASIS,
  judged_at: 1,
});

export const approveDecision = (s: ChainSubject, actor: string): Messages['ReviewDecided'] => ({
  ...aboutContract(s),
  decision_id: newId(Date.now()),
  action: 'APPROVE',
  actor,
  on_behalf_of: null,
  session_id: 'session',
  request_id: 'r',
  idempotency_key: 'k',
  dossier_digest: s.dossier,
  version_seen: 3,
  reason: null,
  clarification_request_id: null,
  modified_changes: null,
  modified_capabilities: null,
  statement: s.approval?.statement ?? null,
  signature: s.approval?.signature ?? null,
  key_id: s.approval?.key_id ?? null,
  attested_checks: null,
  ...BASIS,
  decided_at: Date.now(),
});

const FROM: Readonly<Record<string, string>> = { ELIGIBLE: 'VALIDATED', ACTIVE: 'APPROVED' };
const moved = (to: string, version: number) => ({
  version,
  from: FROM[to] ?? 'ACTIVE',
  to,
  cause: 'ReviewDecided',
  actor: 'contract',
  code: null,
  reason: null,
  at: Date.now(),
});

export const contractChanged = (
  s: ChainSubject,
  status: Messages['ContractChanged']['status'],
  version: number,
): Messages['ContractChanged'] => ({
  ...aboutContract(s),
  from_version: version - 1,
  version,
  changes: [moved(status, version)],
  status,
  status_reason: null,
  title: 't',
  revision: 0,
  parent_contract_id: null,
  successor_contract_id: null,
  proposed_changes: s.changes.map(changeToWire),
  affected_capabilities: s.affected,
  risk_level: 'low',
  health_impact: { estimate: 'none', completed: 0, failed: 0, reason: 'r' },
  payload_digest: sha256('crm'),
  verdict: null,
  plan_digest: s.plan,
  dossier_digest: s.dossier,
  constraints: CONSTRAINTS,
  created_at: 1,
  expires_at: 2,
  ttl_paused_at: null,
  ttl_ledger: [],
  clarification: null,
  approval: s.approval,
  waiting: null,
  since_approval: [],
  audit_verdict: null,
  ...BASIS,
  changed_at: Date.now(),
});

/** A completed CHANGE job. */
export const jobDone = (s: ChainSubject): Messages['JobChanged'] => ({
  ...aboutContract(s),
  job_id: newId(Date.now()),
  kind: 'CHANGE',
  attempt: 1,
  from_version: 3,
  version: 4,
  changes: [],
  state: 'COMPLETED',
  steps: [],
  plan_digest: s.plan,
  capability_versions: [],
  code: null,
  reason: null,
  ...BASIS,
  created_at: 1,
  started_at: 2,
  ended_at: 3,
});

export const jobEvaluated = (s: ChainSubject, job: Messages['JobChanged']): Messages['JobEvaluated'] => ({
  ...aboutContract(s),
  job_id: job.job_id,
  kind: job.kind,
  plan_digest: s.plan,
  evaluation_id: newId(Date.now()),
  attempt: job.attempt,
  capabilities_healthy: 'YES',
  invariants: [],
  execution_matched: 'YES',
  scopes: [],
  reason: 'r',
  window_start: 1,
  window_end: 2,
  ...BASIS,
  evaluated_at: 3,
});

export const auditConcluded = (
  s: ChainSubject,
  job: Messages['JobChanged'],
  verdict: 'PASS' | 'FAIL',
): Messages['AuditConcluded'] => ({
  ...aboutContract(s),
  job_id: job.job_id,
  kind: job.kind,
  plan_digest: s.plan,
  audit_id: newId(Date.now()),
  job_attempt: job.attempt,
  attempt: 1,
  verdict,
  is_final: true,
  checks: [],
  reason: 'r',
  attestation: null,
  ...BASIS,
  concluded_at: 4,
});
