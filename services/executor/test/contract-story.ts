import {
  type ApprovalStatement,
  type Change,
  type Constraints,
  capabilitiesOf,
  changeToWire,
  type LinkedName,
  newId,
  planDigest,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, citingOutside, type Saying, say } from '@mandate/service-kit';
import type { Said, World } from '../../../infra/local/src/testing/world';

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
const WRITERS = {
  IssueReceived: 'ingestion',
  ProposalMade: 'validator',
  EligibilityJudged: 'eligibility',
  ContractChanged: 'contract',
  ReviewDecided: 'review',
  JobChanged: 'executor',
  JobEvaluated: 'health',
  AuditConcluded: 'auditor',
} as const;
type Told = keyof typeof WRITERS;

interface Terms {
  readonly windowMs?: number;
  readonly constraints?: Partial<Constraints>;
}

/** A contract with its whole chain, told step by step with the real keys of the services that may say it. */
export class ContractStory {
  readonly issueId = newId(Date.now());
  readonly contractId = newId(Date.now());
  readonly affected: readonly string[];
  readonly plan: Buffer;
  readonly dossier = sha256('the dossier');
  private version = 0;
  approveMandate: Buffer | null = null;
  approval: Messages['ContractChanged']['approval'] = null;

  constructor(
    private readonly world: World,
    readonly changes: readonly Change[],
    private readonly terms: Terms = {},
  ) {
    this.affected = capabilitiesOf(changes);
    this.plan = planDigest({ changes, affected_capabilities: this.affected });
  }

  /** Makes a message with the real key of its writer, without publishing it; returns what may be cited. */
  private async cited<N extends Told>(
    message: N,
    key: string,
    says: Saying<N>['says'],
    cites: Saying<N>['cites'],
    value: Messages[N],
  ): Promise<Buffer> {
    const planned = message === 'IssueReceived' ? null : this.plan;
    const saying = {
      message,
      key,
      value,
      says,
      issueId: this.issueId,
      version: 1,
      planDigest: planned,
      cites,
      now: Date.now(),
    } as Saying<LinkedName>;
    return this.world.prove(WRITERS[message], say(saying).mandate);
  }

  /** From the issue to the founder's approval. */
  async approved(): Promise<this> {
    const origin = ORIGIN;
    const { issueId, contractId } = this;
    const issue = await this.cited('IssueReceived', issueId, 'RECEIVED', citingOutside(sha256('crm')), {
      issue_id: issueId,
      origin,
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
    const proposal = await this.cited('ProposalMade', issueId, 'PROPOSED', citing(issue), {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      title: 't',
      payload_digest: sha256('crm'),
      issue_type: 'configuration_change',
      severity: 'low',
      affected_capabilities: this.affected,
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'r',
      evidence: [],
      suggestions: [],
      suggested_changes: this.changes.map(changeToWire),
      validator_version: '1',
      registry_version: 1,
    });
    const verdict = await this.cited('EligibilityJudged', issueId, 'MAY', citing(proposal), {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      proposal: Buffer.alloc(0),
      verdict: 'MAY',
      first_failing_rule: null,
      rules: [],
      facts: '{}',
      retry_helps: false,
      retry_at: null,
      rules_version: '1',
      registry_version: 1,
      health_version: 1,
      judged_at: 1,
    });
    const eligible = await this.cited(
      'ContractChanged',
      contractId,
      'ELIGIBLE',
      citing(verdict),
      this.value('ELIGIBLE'),
    );
    this.approve();
    this.approveMandate = await this.cited('ReviewDecided', contractId, 'APPROVE', citing(eligible), this.decision());
    return this;
  }

  /** The founder's signature; `about` lets a test sign for something else. */
  approve(about: Partial<ApprovalStatement> = {}): void {
    const now = Date.now();
    const { founder, keyId } = this.world.founder;
    const statement: ApprovalStatement = {
      format: 'mandate-approval-v1',
      purpose: 'APPROVE',
      contract_id: this.contractId,
      dossier_digest: this.dossier.toString('hex'),
      plan_digest: this.plan.toString('hex'),
      window_start: now - 1_000,
      window_end: now + (this.terms.windowMs ?? 600_000),
      constraints: { ...CONSTRAINTS, ...this.terms.constraints },
      founder,
      session_id: 'session',
      nonce: 'nonce',
      not_after: now + 60_000,
      ...about,
    };
    this.approval = {
      statement: statementBytes(statement),
      signature: signStatement(statement, this.world.founderKey),
      key_id: keyId,
      approved_by: founder,
      approved_at: now,
      window_start: statement.window_start,
      window_end: statement.window_end,
    };
  }

  private decision(): Messages['ReviewDecided'] {
    return {
      decision_id: newId(Date.now()),
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: ORIGIN,
      action: 'APPROVE',
      actor: this.world.founder.founder,
      on_behalf_of: null,
      session_id: 'session',
      request_id: 'r',
      idempotency_key: 'k',
      dossier_digest: this.dossier,
      version_seen: 3,
      reason: null,
      clarification_request_id: null,
      modified_changes: null,
      modified_capabilities: null,
      statement: this.approval?.statement ?? null,
      signature: this.approval?.signature ?? null,
      key_id: this.approval?.key_id ?? null,
      attested_checks: null,
      registry_version: 1,
      health_version: 1,
      decided_at: Date.now(),
    };
  }

  /** Publishes the contract in a state as the contract service. `altered` changes the value, `saying` the link. */
  say(
    status: 'ACTIVE' | 'COMPLETED' | 'FAILED',
    cites: Saying<'ContractChanged'>['cites'],
    altered: Partial<Messages['ContractChanged']> = {},
    saying: Partial<Saying<'ContractChanged'>> = {},
  ): Promise<Said> {
    const value = { ...this.value(status), ...altered };
    const about = { key: this.contractId, issueId: this.issueId, version: value.version, planDigest: this.plan };
    return this.world.say('contract', {
      message: 'ContractChanged',
      value,
      says: status,
      cites,
      now: Date.now(),
      ...about,
      ...saying,
    });
  }

  activate(altered: Partial<Messages['ContractChanged']> = {}): Promise<Said> {
    return this.say('ACTIVE', citing(this.approveMandate as Buffer), altered);
  }

  /** The auditor's verdict on a finished job, and what the contract service makes of it. */
  async conclude(
    job: { readonly mandate: Buffer; readonly value: Messages['JobChanged'] },
    verdict: 'PASS' | 'FAIL',
    altered: Partial<Messages['ContractChanged']> = {},
  ): Promise<Said> {
    const { job_id, attempt, kind } = job.value;
    const about = {
      contract_id: this.contractId,
      issue_id: this.issueId,
      job_id,
      origin: ORIGIN,
      kind,
      plan_digest: this.plan,
      registry_version: 1,
      health_version: 1,
    };
    const evaluated = await this.cited('JobEvaluated', this.contractId, 'EVALUATED', citing(job.mandate), {
      ...about,
      evaluation_id: newId(Date.now()),
      attempt,
      capabilities_healthy: 'YES',
      invariants: [],
      execution_matched: 'YES',
      scopes: [],
      reason: 'r',
      window_start: 1,
      window_end: 2,
      evaluated_at: 3,
    });
    const audit = await this.cited('AuditConcluded', this.contractId, verdict, citing(evaluated), {
      ...about,
      audit_id: newId(Date.now()),
      job_attempt: attempt,
      attempt: 1,
      verdict,
      is_final: true,
      checks: [],
      reason: 'r',
      concluded_at: 4,
    });
    return this.say(verdict === 'PASS' ? 'COMPLETED' : 'FAILED', citing(audit), altered);
  }

  /** A job that never was, said with the executor's own key. */
  async inventedJob(): Promise<{ readonly mandate: Buffer; readonly value: Messages['JobChanged'] }> {
    const active = await this.cited(
      'ContractChanged',
      this.contractId,
      'ACTIVE',
      citing(this.approveMandate as Buffer),
      this.value('ACTIVE'),
    );
    const value: Messages['JobChanged'] = {
      job_id: newId(Date.now()),
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: ORIGIN,
      kind: 'CHANGE',
      attempt: 1,
      from_version: 3,
      version: 4,
      changes: [],
      state: 'COMPLETED',
      steps: [],
      plan_digest: this.plan,
      capability_versions: [],
      code: null,
      reason: null,
      registry_version: 1,
      health_version: 1,
      created_at: 1,
      started_at: 2,
      ended_at: 3,
    };
    return { value, mandate: await this.cited('JobChanged', this.contractId, 'JOB_DONE', citing(active), value) };
  }

  private value(status: Messages['ContractChanged']['status']): Messages['ContractChanged'] {
    const version = ++this.version;
    return {
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: ORIGIN,
      from_version: version - 1,
      version,
      changes: [],
      status,
      status_reason: null,
      title: 't',
      revision: 0,
      parent_contract_id: null,
      successor_contract_id: null,
      proposed_changes: this.changes.map(changeToWire),
      affected_capabilities: this.affected,
      risk_level: 'low',
      health_impact: { estimate: 'none', completed: 0, failed: 0, reason: 'r' },
      payload_digest: sha256('crm'),
      verdict: null,
      plan_digest: this.plan,
      dossier_digest: this.dossier,
      constraints: CONSTRAINTS,
      created_at: 1,
      expires_at: 2,
      ttl_paused_at: null,
      clarification: null,
      approval: this.approval,
      waiting: null,
      audit_verdict: null,
      registry_version: 1,
      health_version: 1,
      changed_at: Date.now(),
    };
  }
}
