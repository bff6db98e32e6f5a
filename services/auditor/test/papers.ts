import { createHash } from 'node:crypto';
import {
  type ApprovalStatement,
  type AttestStatement,
  type Change,
  canonicalJson,
  changeToWire,
  dossierDigest,
  newId,
  planDigest,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import { factsFor, inverseOf, type JudgedProposal, judge } from '@mandate/judgement';
import type { Messages, Origin } from '@mandate/schemas';
import { rateLimitChange, type World } from '../../../infra/local/src/testing/world';
import type { Books } from './books';

const HOUR_MS = 3_600_000;
const constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 5_000,
  steps_per_minute: 60,
  allowed_targets: [],
};

/** What is written in the messages of one contract of the rate limit, up to its approval. */
export class Papers {
  readonly contractId = newId(Date.now());
  readonly issueId = newId(Date.now());
  readonly plan: Buffer;
  readonly change: Change;
  protected readonly origin: Origin;
  protected readonly payload = sha256(newId(Date.now()));

  constructor(
    protected readonly world: World,
    protected readonly books: Books,
    readonly limit: number,
  ) {
    const change = rateLimitChange(limit) as Extract<Change, { kind: 'configuration_update' }>;
    this.change = { ...change, setting: { ...change.setting, old: books.limit } };
    this.plan = planDigest({ changes: [this.change], affected_capabilities: ['api_rate_limit'] });
    this.origin = {
      source: 'support_ticket',
      source_system: 'desk',
      reference: this.issueId,
      submitter: 'a',
      tenant: null,
      received_at: Date.now(),
    };
  }

  protected dossier(verdict: Buffer): Buffer {
    return dossierDigest({
      contract_id: this.contractId,
      revision: 0,
      title: 'Raise the limit',
      origin: { ...this.origin },
      payload_digest: this.payload.toString('hex'),
      verdict_digest: sha256(verdict).toString('hex'),
      changes: [this.change],
      affected_capabilities: ['api_rate_limit'],
      constraints,
      risk_level: 'low',
    });
  }

  protected statement(verdict: Buffer): ApprovalStatement {
    const now = Date.now();
    return {
      format: 'mandate-approval-v1',
      purpose: 'APPROVE',
      contract_id: this.contractId,
      dossier_digest: this.dossier(verdict).toString('hex'),
      plan_digest: this.plan.toString('hex'),
      window_start: now - 1_000,
      window_end: now + HOUR_MS,
      constraints,
      founder: this.world.founder.founder,
      session_id: 's',
      nonce: createHash('sha256').update(this.contractId).digest('hex'),
      not_after: now + HOUR_MS,
    };
  }

  protected issue(): Messages['IssueReceived'] {
    return {
      issue_id: this.issueId,
      origin: this.origin,
      idempotency_key: this.issueId,
      subject: 'Raise the limit',
      body: 'please',
      hints: { severity: null, capabilities: [], change: null },
      payload_digest: this.payload,
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: Date.now(),
    };
  }

  protected proposal(): Messages['ProposalMade'] {
    return {
      issue_id: this.issueId,
      contract_id: null,
      revision: 0,
      origin: this.origin,
      title: 'Raise the limit',
      payload_digest: this.payload,
      issue_type: 'configuration_change',
      severity: 'low',
      affected_capabilities: ['api_rate_limit'],
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'r',
      evidence: [],
      suggestions: [],
      suggested_changes: [changeToWire(this.change)],
      validator_version: '1',
      registry_version: this.books.registryVersion,
    };
  }

  /** A real verdict on real facts; with `isStillApplicable: false` a MAY that the facts do not give. */
  protected verdict(
    proposal: Buffer,
    { isStillApplicable = true }: { isStillApplicable?: boolean },
  ): Messages['EligibilityJudged'] {
    const now = Date.now();
    const { registryVersion, healthVersion, limit } = this.books;
    const judged: JudgedProposal = { ...this.proposal(), source: this.origin.source, suggested_changes: [this.change] };
    const live = this.books.live(isStillApplicable ? limit : limit + 1);
    const state = {
      capability: 'api_rate_limit',
      version: 1,
      definition: this.books.definition,
      ...live,
      lifecycle: 'LAUNCHED' as const,
    };
    const registry = { registry_version: registryVersion, capabilities: new Map([['api_rate_limit', state]]) };
    const facts = factsFor(
      judged,
      registry,
      { health_version: healthVersion, system_health: 'HEALTHY' },
      [],
      [],
      now,
      null,
    );
    const verdict = judge(judged, facts);
    return {
      issue_id: this.issueId,
      contract_id: null,
      revision: 0,
      origin: this.origin,
      proposal,
      verdict: 'MAY',
      first_failing_rule: null,
      rules: verdict.rules.map((r) => ({ id: r.id, passed: true, need: null })),
      facts: canonicalJson(facts),
      retry_helps: false,
      retry_at: null,
      rules_version: verdict.rules_version,
      registry_version: registryVersion,
      health_version: healthVersion,
      judged_at: now,
    };
  }

  protected decision(signed: { statement: Buffer; signature: Buffer; key_id: string }): Messages['ReviewDecided'] {
    return {
      decision_id: newId(Date.now()),
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: this.origin,
      action: 'APPROVE',
      actor: this.world.founder.founder,
      on_behalf_of: null,
      session_id: 's',
      request_id: 'r',
      idempotency_key: 'k',
      dossier_digest: null,
      version_seen: 3,
      reason: null,
      clarification_request_id: null,
      modified_changes: null,
      modified_capabilities: null,
      ...signed,
      attested_checks: null,
      registry_version: this.books.registryVersion,
      health_version: this.books.healthVersion,
      decided_at: Date.now(),
    };
  }

  /** What a founder says who attests a check of an audit, as heard. */
  attestation(
    audit: { value: { audit_id: string }; bytes: Buffer },
    checks: readonly string[],
  ): Messages['ReviewDecided'] {
    const statement: AttestStatement = {
      format: 'mandate-attest-v1',
      purpose: 'ATTEST',
      contract_id: this.contractId,
      founder: this.world.founder.founder,
      session_id: 's-1',
      nonce: newId(Date.now()),
      not_after: Date.now() + 60_000,
      audit_id: audit.value.audit_id,
      audit_digest: sha256(audit.bytes).toString('hex'),
      checks,
      reason: 'the gap in the registry is known',
    };
    const signature = signStatement(statement, this.world.founderKey);
    const signed = { statement: statementBytes(statement), signature, key_id: this.world.founder.keyId };
    return { ...this.decision(signed), action: 'ATTEST', attested_checks: [...checks], reason: statement.reason };
  }

  protected contract(
    status: 'ELIGIBLE' | 'APPROVED' | 'ACTIVE' | 'FAILED',
    version: number,
    verdict: Buffer,
    approval: Messages['ContractChanged']['approval'],
  ): Messages['ContractChanged'] {
    const now = Date.now();
    return {
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: this.origin,
      from_version: status === 'ELIGIBLE' ? 0 : version - 1,
      version,
      changes: [],
      status,
      status_reason: null,
      title: 'Raise the limit',
      revision: 0,
      parent_contract_id: null,
      successor_contract_id: null,
      proposed_changes: [changeToWire(this.change)],
      affected_capabilities: ['api_rate_limit'],
      risk_level: 'low',
      health_impact: { estimate: 'none', completed: 0, failed: 0, reason: '' },
      payload_digest: this.payload,
      verdict,
      plan_digest: this.plan,
      dossier_digest: this.dossier(verdict),
      constraints,
      created_at: now,
      expires_at: now + HOUR_MS,
      ttl_paused_at: null,
      ttl_ledger: [],
      clarification: null,
      approval,
      waiting: null,
      since_approval: [],
      audit_verdict: null,
      registry_version: this.books.registryVersion,
      health_version: this.books.healthVersion,
      changed_at: now,
    };
  }

  protected step(
    state: 'DONE' | 'FAILED' | 'UNDONE',
    startedAt: number,
    endedAt: number,
  ): Messages['JobChanged']['steps'][number] {
    return {
      index: 0,
      change: changeToWire(this.change),
      inverse: changeToWire(inverseOf(this.change)),
      idempotency_key: newId(startedAt),
      state,
      health_seen: ['SYSTEM', 'api_rate_limit'].map((scope) => ({
        scope,
        state: 'HEALTHY' as const,
        version: scope === 'SYSTEM' ? this.books.healthVersion : 1,
        at: startedAt,
      })),
      code: null,
      detail: null,
      started_at: startedAt,
      ended_at: endedAt,
    };
  }
}
