import { randomUUID } from 'node:crypto';
import {
  type ApprovalStatement,
  type AttestStatement,
  type Change,
  capabilitiesOf,
  changeToWire,
  planDigest,
  type ResolveStatement,
  type Says,
  type Statement,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import {
  type ContractChanged,
  decode,
  type EligibilityJudged,
  type Origin,
  type ProposalMade,
  type ReviewAction,
  type ReviewDecided,
} from '@mandate/schemas';
import { citing, citingOutside } from '@mandate/service-kit';
import type { Heard, Said, World } from '../../../infra/local/src/testing/world';
import { originOf, SAYS } from './chain-values';

export type HeardContract = Heard<'ContractChanged'>;
const DAY_MS = 86_400_000;

/** Says what the services around the contract service would say, each with its own key. */
export class Chain {
  private readonly counters = new Map<string, number>();

  constructor(
    readonly world: World,
    /** The clock of what is said; a test may move it. */
    readonly now: () => number = Date.now,
  ) {}

  /** The writer's own counter of that name. */
  next(name: string): number {
    const n = (this.counters.get(name) ?? 0) + 1;
    this.counters.set(name, n);
    return n;
  }

  /** An issue, a proposal and the verdict on it. */
  async judged(
    changes: readonly Change[],
    verdict: 'MAY' | 'MAY_NOT' = 'MAY',
    more: { cites?: HeardContract; proposal?: Partial<ProposalMade>; verdict?: Partial<EligibilityJudged> } = {},
  ): Promise<{ issueId: string; said: Said; proposal: Said }> {
    const issueId = more.cites?.value.issue_id ?? randomUUID();
    const proposal = await this.proposed(issueId, changes, more);
    const { proposal: value } = proposal;
    const judged = await this.world.say('eligibility', {
      message: 'EligibilityJudged',
      key: issueId,
      says: verdict,
      issueId,
      version: value.revision + 1,
      planDigest: proposal.plan,
      cites: citing(proposal.said.mandate),
      now: this.now(),
      value: {
        issue_id: issueId,
        contract_id: value.contract_id,
        revision: value.revision,
        origin: value.origin,
        proposal: proposal.said.value,
        verdict,
        first_failing_rule: verdict === 'MAY' ? null : 'E-003',
        rules: [],
        facts: '{}',
        retry_helps: false,
        retry_at: null,
        rules_version: 'rules-1',
        registry_version: 5,
        health_version: 1,
        judged_at: this.now(),
        ...more.verdict,
      },
    });
    return { issueId, said: judged, proposal: proposal.said };
  }

  private async proposed(
    issueId: string,
    changes: readonly Change[],
    { cites, proposal }: { cites?: HeardContract; proposal?: Partial<ProposalMade> },
  ) {
    const affected = capabilitiesOf(changes);
    const plan = planDigest({ changes, affected_capabilities: affected });
    const origin = originOf(issueId);
    const cause = cites?.mandate ?? (await this.issue(issueId, origin)).mandate;
    const value: ProposalMade = {
      issue_id: issueId,
      contract_id: cites?.value.contract_id ?? null,
      revision: cites?.value.revision ?? 0,
      origin: cites?.value.origin ?? origin,
      title: 'Raise the API rate limit',
      payload_digest: sha256(issueId),
      issue_type: 'configuration_change',
      severity: 'medium',
      affected_capabilities: affected,
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'clear',
      evidence: [],
      suggestions: [],
      suggested_changes: changes.map(changeToWire),
      validator_version: 'validator-1',
      registry_version: 5,
      ...proposal,
    };
    const said = await this.world.say('validator', {
      message: 'ProposalMade',
      key: issueId,
      says: 'PROPOSED',
      issueId,
      version: value.revision + 1,
      planDigest: plan,
      cites: citing(cause),
      now: this.now(),
      value,
    });
    return { said, plan, proposal: value };
  }

  private issue(issueId: string, origin: Origin): Promise<Said> {
    return this.world.say('ingestion', {
      message: 'IssueReceived',
      key: issueId,
      says: 'RECEIVED',
      issueId,
      version: 1,
      planDigest: null,
      cites: citingOutside(sha256(issueId)),
      now: this.now(),
      value: {
        issue_id: issueId,
        origin,
        idempotency_key: issueId,
        subject: 'Raise the API rate limit',
        body: '',
        hints: { severity: null, capabilities: [], change: null },
        payload_digest: sha256(issueId),
        recurrence_of: null,
        related_to: null,
        follows: null,
        status: 'RECEIVED',
        received_at: this.now(),
      },
    });
  }

  /** A contract that is ELIGIBLE. */
  async eligible(changes: readonly Change[]): Promise<HeardContract> {
    const { issueId } = await this.judged(changes);
    return this.world.next('ContractChanged', (m) => m.value.issue_id === issueId && m.value.status === 'ELIGIBLE');
  }

  /** The next message about a contract. */
  about(contract: HeardContract, fits: (value: ContractChanged) => boolean = () => true): Promise<HeardContract> {
    const id = contract.value.contract_id;
    return this.world.next('ContractChanged', (m) => m.value.contract_id === id && fits(m.value));
  }

  /** A founder's decision on a contract as it was seen. */
  async decide(
    seen: { readonly value: ContractChanged; readonly mandate: Buffer },
    action: ReviewAction,
    more: Partial<ReviewDecided> = {},
    cites: Buffer = seen.mandate,
  ): Promise<Said> {
    const { value } = seen;
    const id = value.contract_id;
    return this.world.say('review', {
      message: 'ReviewDecided',
      key: id,
      says: SAYS[action] ?? (action as Says),
      issueId: value.issue_id,
      version: this.next(`review ${id}`),
      planDigest: value.plan_digest,
      cites: citing(cites),
      now: this.now(),
      value: {
        decision_id: randomUUID(),
        contract_id: id,
        issue_id: value.issue_id,
        origin: value.origin,
        action,
        actor: this.world.founder.founder,
        on_behalf_of: null,
        session_id: 's1',
        request_id: 'q1',
        idempotency_key: randomUUID(),
        dossier_digest: value.dossier_digest,
        version_seen: value.version,
        reason: null,
        clarification_request_id: null,
        modified_changes: null,
        modified_capabilities: null,
        statement: null,
        signature: null,
        key_id: null,
        attested_checks: null,
        registry_version: 5,
        health_version: 1,
        decided_at: this.now(),
        ...more,
      },
    });
  }

  /** APPROVE, signed with the founder's key. */
  approve(
    seen: HeardContract,
    more: Partial<ApprovalStatement> = {},
    decided: Partial<ReviewDecided> = {},
  ): Promise<Said> {
    const statement: ApprovalStatement = {
      format: 'mandate-approval-v1',
      purpose: 'APPROVE',
      contract_id: seen.value.contract_id,
      dossier_digest: seen.value.dossier_digest.toString('hex'),
      plan_digest: seen.value.plan_digest.toString('hex'),
      window_start: this.now(),
      window_end: this.now() + DAY_MS,
      constraints: { ...seen.value.constraints },
      ...this.signer(),
      ...more,
    };
    return this.decide(seen, 'APPROVE', { ...this.sign(statement), ...decided });
  }

  /** RESOLVE_INCIDENT on an incident as it was seen, signed with the founder's key. */
  resolve(failed: HeardContract, seen: Heard<'IncidentChanged'>, reason: string, more: Partial<ResolveStatement> = {}) {
    const statement: ResolveStatement = {
      format: 'mandate-resolve-v1',
      purpose: 'RESOLVE',
      contract_id: seen.value.contract_id,
      incident_id: seen.value.incident_id,
      incident_version: seen.value.version,
      reason,
      ...this.signer(),
      ...more,
    };
    return this.decide(failed, 'RESOLVE_INCIDENT', { reason, ...this.sign(statement) }, seen.mandate);
  }

  /** ATTEST on an inconclusive audit, signed with the founder's key. */
  attest(active: HeardContract, audit: Said, checks: readonly string[], reason: string) {
    const statement: AttestStatement = {
      format: 'mandate-attest-v1',
      purpose: 'ATTEST',
      contract_id: active.value.contract_id,
      audit_id: decode('AuditConcluded', audit.value).audit_id,
      audit_digest: sha256(audit.value).toString('hex'),
      checks,
      reason,
      ...this.signer(),
    };
    return this.decide(active, 'ATTEST', { reason, attested_checks: checks, ...this.sign(statement) }, audit.mandate);
  }

  private signer() {
    const { founder } = this.world.founder;
    return { founder, session_id: 's1', nonce: randomUUID(), not_after: this.now() + 3_600_000 };
  }

  private sign(statement: Statement) {
    const signature = signStatement(statement, this.world.founderKey);
    return { statement: statementBytes(statement), signature, key_id: this.world.founder.keyId };
  }

  /** The CRM cancels. */
  cancel(contract: HeardContract): Promise<Said> {
    const { contract_id: id, issue_id: issueId, origin } = contract.value;
    return this.world.say('ingestion', {
      message: 'CancellationReceived',
      key: id,
      says: 'CANCELLED',
      issueId,
      version: 1,
      planDigest: null,
      cites: citingOutside(sha256('cancel')),
      now: this.now(),
      value: { issue_id: issueId, contract_id: id, reason: 'No longer needed.', origin, received_at: this.now() },
    });
  }
}
