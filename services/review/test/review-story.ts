import {
  type ApprovalStatement,
  type Change,
  type Constraints,
  capabilitiesOf,
  changeToWire,
  dossierDigest,
  newId,
  planDigest,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, citingOutside, type Saying } from '@mandate/service-kit';
import { rateLimitChange, type Said, type World } from '../../../infra/local/src/testing/world';

const DAY_MS = 86_400_000;
export const CONSTRAINTS: Constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 5_000,
  steps_per_minute: 60,
  allowed_targets: [],
};

interface Terms {
  readonly changes?: readonly Change[];
  readonly title?: string;
  readonly body?: string;
  readonly reference?: string;
  readonly expiresAt?: number;
  readonly submitter?: string;
  /** What the proposal suggests, where it is to differ from the contract's plan. */
  readonly proposed?: readonly Change[];
}
type Contract = Messages['ContractChanged'];

/** An issue and its contract, told to review by the services that may say it. */
export class ReviewStory {
  readonly issueId = newId(Date.now());
  readonly contractId = newId(Date.now());
  readonly now = Date.now();
  readonly changes: readonly Change[];
  readonly affected: readonly string[];
  readonly plan: Buffer;
  readonly origin: Messages['IssueReceived']['origin'];
  readonly title: string;
  contract: Contract | null = null;
  private amended: Partial<Contract> = {};
  private verdict: Buffer | null = null;
  private may: Said | null = null;
  private last: Said | null = null;

  constructor(
    private readonly world: World,
    private readonly terms: Terms = {},
  ) {
    this.changes = terms.changes ?? [rateLimitChange()];
    this.affected = capabilitiesOf(this.changes);
    this.plan = planDigest({ changes: this.changes, affected_capabilities: this.affected });
    this.title = terms.title ?? 'Please raise the API rate limit';
    const reference = terms.reference ?? `T-${this.issueId.slice(-6)}`;
    this.origin = {
      source: 'support_ticket',
      source_system: 'desk',
      reference,
      submitter: terms.submitter ?? 'alex@example.com',
      tenant: null,
      received_at: this.now,
    };
  }

  get dossier(): Buffer {
    if (!this.contract) throw new Error('the contract has not been told yet');
    return this.contract.dossier_digest;
  }

  /** Tells the whole way to an ELIGIBLE contract. */
  async eligible(): Promise<this> {
    await this.judged('MAY');
    await this.say('ELIGIBLE', this.may as Said, 0, [
      recorded(1, null, 'DRAFT', this.now),
      recorded(2, 'DRAFT', 'VALIDATED', this.now),
      recorded(3, 'VALIDATED', 'ELIGIBLE', this.now),
    ]);
    return this;
  }

  /** Issue, proposal and verdict alone. */
  async judged(verdict: 'MAY' | 'MAY_NOT', advice: Partial<Messages['ProposalMade']> = {}): Promise<this> {
    const { world, issueId, now } = this;
    const common = { key: issueId, issueId, version: 1, now };
    const issue = await world.say('ingestion', {
      ...common,
      ...{ message: 'IssueReceived', says: 'RECEIVED', planDigest: null, cites: citingOutside(sha256('crm')) },
      value: this.issue(),
    });
    const proposal = this.proposal(advice);
    const proposed = await world.say('validator', {
      ...common,
      ...{ message: 'ProposalMade', says: 'PROPOSED', planDigest: this.plan, cites: citing(issue), value: proposal },
    });
    this.may = await world.say('eligibility', {
      ...common,
      ...{ message: 'EligibilityJudged', says: verdict, planDigest: this.plan, cites: citing(proposed) },
      value: this.judgement(verdict, proposed.value),
    });
    this.verdict = this.may.value;
    return this;
  }

  /** The contract service answers a decision: the state moves to `to`, or stays with a code. */
  async answered(
    decision: Said | { readonly mandate: Buffer },
    to: Contract['status'],
    code: string | null = null,
    reason: string | null = null,
  ): Promise<void> {
    const { status, version } = this.contract as Contract;
    await this.say(to, decision, version, [
      { ...recorded(version + 1, status, to, Date.now()), cause: 'ReviewDecided', code, reason },
    ]);
  }

  /** What the contract's next message says otherwise. */
  amend(by: Partial<Contract>): void {
    this.amended = { ...this.amended, ...by };
    if (this.contract) this.contract = { ...this.contract, ...by };
  }

  /** The contract service makes the revision that a modification asks for. @returns its id */
  async revised(decision: { readonly mandate: Buffer }, value: number): Promise<string> {
    const contractId = newId(Date.now());
    const changes = [rateLimitChange(value)];
    const plan = planDigest({ changes, affected_capabilities: this.affected });
    const now = Date.now();
    const revision: Contract = {
      ...(this.contract as Contract),
      ...{ contract_id: contractId, from_version: 0, version: 1, status: 'DRAFT', revision: 1, verdict: null },
      ...{ parent_contract_id: this.contractId, proposed_changes: changes.map(changeToWire), plan_digest: plan },
      ...{ changes: [recorded(1, null, 'DRAFT', now)], created_at: now, changed_at: now },
    };
    await this.world.say('contract', {
      ...{ message: 'ContractChanged', key: contractId, issueId: this.issueId, version: 1, says: 'DRAFT' },
      ...{ planDigest: plan, cites: citing(decision.mandate), now, value: revision },
    });
    return contractId;
  }

  async say(
    status: Contract['status'],
    cited: { readonly mandate: Buffer },
    from: number,
    changes: Contract['changes'],
  ): Promise<void> {
    this.contract = this.contractValue(status, from, changes);
    const saying: Saying<'ContractChanged'> = {
      ...{ message: 'ContractChanged', key: this.contractId, issueId: this.issueId, version: this.contract.version },
      ...{
        says: status as 'ELIGIBLE',
        planDigest: this.plan,
        cites: citing(cited.mandate),
        now: Date.now(),
        value: this.contract,
      },
    };
    this.last = await this.world.say('contract', saying);
  }

  /** The last thing the contract service said. */
  get said(): Said {
    return this.last as Said;
  }

  /** A signed approval as it is posted; `about` lets a test sign for something else. */
  approval(about: Partial<ApprovalStatement> = {}, key = this.world.founderKey) {
    const now = Date.now();
    const statement: ApprovalStatement = {
      ...{ format: 'mandate-approval-v1', purpose: 'APPROVE', contract_id: this.contractId },
      ...{ dossier_digest: this.dossier.toString('hex'), plan_digest: this.plan.toString('hex') },
      ...{ window_start: now, window_end: now + DAY_MS, constraints: CONSTRAINTS, founder: this.world.founder.founder },
      ...{ session_id: 'session', nonce: newId(now), not_after: now + 600_000 },
      ...about,
    };
    return {
      statement: statementBytes(statement).toString(),
      signature: signStatement(statement, key).toString('base64'),
      key_id: this.world.founder.keyId,
    };
  }

  private issue(): Messages['IssueReceived'] {
    return {
      ...{ issue_id: this.issueId, origin: this.origin, idempotency_key: this.origin.reference, subject: this.title },
      ...{ body: this.terms.body ?? 'Please raise the API rate limit from 100 to 200 per minute.' },
      ...{ hints: { severity: null, capabilities: [], change: null }, payload_digest: sha256('crm') },
      ...{ recurrence_of: null, related_to: null, follows: null, status: 'RECEIVED', received_at: this.now },
    };
  }

  private proposal(advice: Partial<Messages['ProposalMade']>): Messages['ProposalMade'] {
    return {
      ...{ issue_id: this.issueId, contract_id: null, revision: 0, origin: this.origin, title: this.title },
      ...{ payload_digest: sha256('crm'), issue_type: 'configuration_change', severity: 'medium' },
      ...{ affected_capabilities: this.affected, unknown_capabilities: [], recommended_action: 'create_contract' },
      ...{
        confidence_score: 0.9,
        reason: 'a key and a value',
        suggestions: [],
        validator_version: '1',
        registry_version: 1,
      },
      evidence: [{ field: 'body', start: 0, end: 6, quote: 'Please', counted_for: 'request' }],
      suggested_changes: (this.terms.proposed ?? this.changes).map(changeToWire),
      ...advice,
    };
  }

  private judgement(verdict: 'MAY' | 'MAY_NOT', proposal: Buffer): Messages['EligibilityJudged'] {
    const passed = verdict === 'MAY';
    return {
      ...{ issue_id: this.issueId, contract_id: null, revision: 0, origin: this.origin, proposal, verdict },
      first_failing_rule: passed ? null : 'E-004',
      rules: [
        { id: 'E-001', passed: true, need: null },
        { id: 'E-004', passed, need: passed ? null : '{"action":"create_contract"}' },
      ],
      ...{ facts: '{"waiting_since":null}', retry_helps: false, retry_at: null, rules_version: '1' },
      ...{ registry_version: 1, health_version: 1, judged_at: this.now },
    };
  }

  private contractValue(status: Contract['status'], from: number, changes: Contract['changes']): Contract {
    const verdict = this.verdict as Buffer;
    const value: Contract = {
      ...{ contract_id: this.contractId, issue_id: this.issueId, origin: this.origin, from_version: from },
      ...{ version: from + changes.length, changes, status, status_reason: null, title: this.title, revision: 0 },
      ...{ parent_contract_id: null, successor_contract_id: null, proposed_changes: this.changes.map(changeToWire) },
      ...{ affected_capabilities: this.affected, risk_level: 'medium', payload_digest: sha256('crm'), verdict },
      health_impact: { estimate: 'low', completed: 0, failed: 0, reason: 'nothing like it was done before' },
      ...{ plan_digest: this.plan, dossier_digest: Buffer.alloc(32), constraints: CONSTRAINTS, created_at: this.now },
      ...{
        expires_at: this.terms.expiresAt ?? this.now + 7 * DAY_MS,
        ttl_paused_at: null,
        ttl_ledger: [],
        clarification: null,
      },
      ...{
        approval: null,
        waiting: null,
        since_approval: [],
        audit_verdict: null,
        registry_version: 1,
        health_version: 1,
        changed_at: this.now,
      },
    };
    return { ...value, ...this.amended, dossier_digest: this.dossierDigest(verdict) };
  }

  private dossierDigest(verdict: Buffer): Buffer {
    return dossierDigest({
      ...{ contract_id: this.contractId, revision: 0, title: this.title, origin: { ...this.origin } },
      ...{ payload_digest: sha256('crm').toString('hex'), verdict_digest: sha256(verdict).toString('hex') },
      ...{
        changes: this.changes,
        affected_capabilities: this.affected,
        constraints: CONSTRAINTS,
        risk_level: 'medium',
      },
    });
  }
}

function recorded(version: number, from: string | null, to: string, at: number): Contract['changes'][number] {
  return { version, from, to, cause: 'EligibilityJudged', actor: 'eligibility', code: null, reason: null, at };
}
