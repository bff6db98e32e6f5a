import { type Change, changeToWire, newId, planDigest, type Says } from '@mandate/contracts';
import type { JobChanged, Messages, Origin } from '@mandate/schemas';
import { citing, citingOutside, type Saying } from '@mandate/service-kit';
import type { Said, World } from '../../../infra/local/src/testing/world';

const digest = Buffer.alloc(32, 7);
const constraints = { max_duration_ms: 60_000, step_timeout_ms: 5_000, steps_per_minute: 60, allowed_targets: [] };

/** A contract of one change, said by everyone from the issue to ACTIVE, and jobs of it. Only what health reads is real. */
export class ApprovedJob {
  readonly contractId = newId(Date.now());
  readonly issueId = newId(Date.now());
  readonly jobId = newId(Date.now());
  readonly plan: Buffer;
  private readonly origin: Origin;
  private active: Said | null = null;
  private jobVersion = 0;

  constructor(
    private readonly world: World,
    private readonly change: Change,
  ) {
    this.plan = planDigest({ changes: [change], affected_capabilities: [change.capability] });
    this.origin = {
      source: 'support_ticket',
      source_system: 'desk',
      reference: this.issueId,
      submitter: null,
      tenant: null,
      received_at: Date.now(),
    };
  }

  /** From the issue to ACTIVE. */
  async approve(): Promise<void> {
    const { world, contractId, issueId, plan } = this;
    const said = { issueId, now: Date.now(), planDigest: plan, version: 1 };
    const issue = await world.say('ingestion', {
      ...said,
      message: 'IssueReceived',
      key: issueId,
      says: 'RECEIVED',
      planDigest: null,
      cites: citingOutside(digest),
      value: this.issue(),
    });
    const proposal = await world.say('validator', {
      ...said,
      message: 'ProposalMade',
      key: issueId,
      says: 'PROPOSED',
      cites: citing(issue),
      value: this.proposal(),
    });
    const may = await world.say('eligibility', {
      ...said,
      message: 'EligibilityJudged',
      key: issueId,
      says: 'MAY',
      cites: citing(proposal),
      value: this.verdict(proposal.value),
    });
    const contract = (status: 'ELIGIBLE' | 'ACTIVE', version: number, cites: Said) =>
      world.say('contract', {
        ...said,
        version,
        message: 'ContractChanged',
        key: contractId,
        says: status,
        cites: citing(cites),
        value: this.contract(status, version, may.value),
      });
    const eligible = await contract('ELIGIBLE', 3, may);
    const approve = await world.say('review', {
      ...said,
      message: 'ReviewDecided',
      key: contractId,
      says: 'APPROVE',
      cites: citing(eligible),
      value: this.decision(),
    });
    this.active = await contract('ACTIVE', 5, approve);
  }

  /** The executor changes the capability as the job's contract allows. */
  async changeCapability(
    version: number,
    registryVersion: number,
    values: Messages['CapabilityChanged']['values'],
    definition: string,
  ): Promise<void> {
    await this.world.say('executor', {
      message: 'CapabilityChanged',
      key: this.change.capability,
      says: 'CHANGED',
      issueId: this.issueId,
      version,
      planDigest: this.plan,
      cites: citing(this.active as Said),
      now: Date.now(),
      value: {
        capability: this.change.capability,
        from_version: version - 1,
        version,
        registry_version: registryVersion,
        cause: 'CHANGE',
        contract_id: this.contractId,
        job_id: this.jobId,
        issue_id: this.issueId,
        catalogue_version: 1,
        catalogue_digest: digest,
        catalogue_size: 5,
        definition,
        enabled: true,
        lifecycle: 'LAUNCHED',
        values,
        provisional_contract_id: this.contractId,
        changed_at: Date.now(),
      },
    });
  }

  /** The executor says how the job stands; returns what can be said again. */
  job(says: Says, more: Partial<JobChanged>): Saying<'JobChanged'> {
    const now = Date.now();
    this.jobVersion++;
    return {
      message: 'JobChanged',
      key: this.contractId,
      says,
      issueId: this.issueId,
      version: this.jobVersion,
      planDigest: this.plan,
      cites: citing(this.active as Said),
      now,
      value: {
        job_id: this.jobId,
        contract_id: this.contractId,
        issue_id: this.issueId,
        origin: this.origin,
        kind: 'CHANGE',
        attempt: 1,
        from_version: this.jobVersion - 1,
        version: this.jobVersion,
        changes: [],
        state: 'COMPLETED',
        steps: [],
        plan_digest: this.plan,
        capability_versions: [],
        code: null,
        reason: null,
        registry_version: 0,
        health_version: 0,
        created_at: now,
        started_at: now,
        ended_at: now,
        ...more,
      },
    };
  }

  private issue(): Messages['IssueReceived'] {
    return {
      issue_id: this.issueId,
      origin: this.origin,
      idempotency_key: this.issueId,
      subject: 's',
      body: 'b',
      hints: { severity: null, capabilities: [], change: null },
      payload_digest: digest,
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: Date.now(),
    };
  }

  private proposal(): Messages['ProposalMade'] {
    return {
      issue_id: this.issueId,
      contract_id: null,
      revision: 0,
      origin: this.origin,
      title: 't',
      payload_digest: digest,
      issue_type: 'configuration_change',
      severity: 'low',
      affected_capabilities: [this.change.capability],
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'r',
      evidence: [],
      suggestions: [],
      suggested_changes: [changeToWire(this.change)],
      validator_version: '1',
      registry_version: 0,
    };
  }

  private verdict(proposal: Buffer): Messages['EligibilityJudged'] {
    return {
      issue_id: this.issueId,
      contract_id: null,
      revision: 0,
      origin: this.origin,
      proposal,
      verdict: 'MAY',
      first_failing_rule: null,
      rules: [],
      facts: '{}',
      retry_helps: false,
      retry_at: null,
      rules_version: '1',
      registry_version: 0,
      health_version: 0,
      judged_at: Date.now(),
    };
  }

  private contract(status: 'ELIGIBLE' | 'ACTIVE', version: number, verdict: Buffer): Messages['ContractChanged'] {
    return {
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: this.origin,
      from_version: version - 1,
      version,
      changes: [],
      status,
      status_reason: null,
      title: 't',
      revision: 0,
      parent_contract_id: null,
      successor_contract_id: null,
      proposed_changes: [changeToWire(this.change)],
      affected_capabilities: [this.change.capability],
      risk_level: 'low',
      health_impact: { estimate: 'unknown', completed: 0, failed: 0, reason: '' },
      payload_digest: digest,
      verdict,
      plan_digest: this.plan,
      dossier_digest: digest,
      constraints,
      created_at: Date.now(),
      expires_at: Date.now(),
      ttl_paused_at: null,
      ttl_ledger: [],
      clarification: null,
      approval: null,
      waiting: null,
      since_approval: [],
      audit_verdict: null,
      registry_version: 0,
      health_version: 0,
      changed_at: Date.now(),
    };
  }

  private decision(): Messages['ReviewDecided'] {
    const nothing = {
      on_behalf_of: null,
      reason: null,
      clarification_request_id: null,
      modified_changes: null,
      modified_capabilities: null,
    };
    return {
      ...nothing,
      decision_id: newId(Date.now()),
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: this.origin,
      action: 'APPROVE',
      actor: 'founder@local',
      session_id: 's',
      request_id: 'r',
      idempotency_key: 'k',
      dossier_digest: digest,
      version_seen: 3,
      statement: null,
      signature: null,
      key_id: null,
      attested_checks: null,
      registry_version: 0,
      health_version: 0,
      decided_at: Date.now(),
    };
  }
}
