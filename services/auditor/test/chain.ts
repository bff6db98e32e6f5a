import { type Change, canonicalJson, newId, type Says, signStatement, statementBytes } from '@mandate/contracts';
import type { JobChanged, JobEvaluated, Messages } from '@mandate/schemas';
import { citing, citingOutside } from '@mandate/service-kit';
import type { Said } from '../../../infra/local/src/testing/world';
import { Papers } from './papers';

/** One contract, said by every service from the issue to the evaluation, honestly unless told otherwise. */
export class Chain extends Papers {
  private contractVersion = 2;
  private jobVersion = 0;
  private evaluations = 0;
  private startedAt = 0;
  private readonly jobIds = { CHANGE: newId(Date.now()), ROLLBACK: newId(Date.now()) };
  private may: Buffer | null = null;
  private approve: Said | null = null;

  /** From the issue to ACTIVE; returns the ContractChanged. */
  async untilActive(bend: { signature?: Buffer; isStillApplicable?: boolean } = {}): Promise<Said> {
    const { world, issueId, contractId, plan } = this;
    const about = { issueId, now: Date.now(), version: 1 };
    const issue = await world.say('ingestion', {
      ...about,
      message: 'IssueReceived',
      key: issueId,
      says: 'RECEIVED',
      planDigest: null,
      cites: citingOutside(this.payload),
      value: this.issue(),
    });
    const proposal = await world.say('validator', {
      ...about,
      message: 'ProposalMade',
      key: issueId,
      says: 'PROPOSED',
      planDigest: plan,
      cites: citing(issue),
      value: this.proposal(),
    });
    const may = await world.say('eligibility', {
      ...about,
      message: 'EligibilityJudged',
      key: issueId,
      says: 'MAY',
      planDigest: plan,
      cites: citing(proposal),
      value: this.verdict(proposal.value, bend),
    });
    this.may = may.value;
    const eligible = await this.sayContract('ELIGIBLE', may, may.value, null);
    const statement = this.statement(may.value);
    const signature = bend.signature ?? signStatement(statement, world.founderKey);
    const approval = { statement: statementBytes(statement), signature, key_id: world.founder.keyId };
    const approve = await world.say('review', {
      ...about,
      message: 'ReviewDecided',
      key: contractId,
      says: 'APPROVE',
      planDigest: plan,
      cites: citing(eligible),
      value: this.decision(approval),
    });
    this.approve = approve;
    const approved = {
      ...approval,
      approved_by: world.founder.founder,
      approved_at: Date.now(),
      window_start: statement.window_start,
      window_end: statement.window_end,
    };
    await this.sayContract('APPROVED', approve, may.value, approved);
    return this.sayContract('ACTIVE', approve, may.value, approved);
  }

  /** The executor changes the registry and ends the CHANGE job; returns its end. */
  async run(active: Said, bend: { limit?: number; hasFailed?: boolean; endedAt?: number } = {}): Promise<Said> {
    const { books } = this;
    await this.books.health();
    const startedAt = Date.now();
    this.startedAt = startedAt;
    const before = books.capabilityVersion;
    const stateBefore = books.live();
    if (!bend.hasFailed) await this.put('CHANGED', 'CHANGE', active, bend.limit ?? this.limit, this.jobIds.CHANGE);
    const versions = this.since(before, stateBefore);
    const state = bend.hasFailed ? 'FAILED' : 'COMPLETED';
    const value = this.job('CHANGE', state, startedAt, versions, bend.endedAt ?? Date.now());
    return this.sayJob(bend.hasFailed ? 'JOB_FAILED' : 'JOB_DONE', value, active);
  }

  /** The contract FAILED on a verdict, and the executor undoes the job; returns the rollback's end. */
  async rollBack(failed: Said, bend: { limit?: number } = {}): Promise<Said> {
    const { books } = this;
    const before = books.capabilityVersion;
    const stateBefore = books.live();
    const startedAt = Date.now();
    this.startedAt = startedAt;
    const old = (this.change as Extract<Change, { kind: 'configuration_update' }>).setting.old as number;
    await this.put('UNDONE', 'ROLLBACK', failed, bend.limit ?? old, this.jobIds.ROLLBACK);
    const versions = this.since(before, stateBefore);
    return this.sayJob('ROLLBACK_DONE', this.job('ROLLBACK', 'COMPLETED', startedAt, versions, Date.now()), failed);
  }

  /** The contract says FAILED on the auditor's verdict, as heard. */
  async fail(verdict: { readonly mandate: Buffer }): Promise<Said> {
    return this.sayContract('FAILED', verdict, this.may ?? Buffer.alloc(0), null);
  }

  /** The contract service says ACTIVE again: with the same version, an equivocation; or with one that leaves some out. */
  async repeatActive(active: Said, versionsOn = 0): Promise<void> {
    this.contractVersion += versionsOn - 1;
    await this.sayContract('ACTIVE', this.approve ?? active, active.value, null);
  }

  /** Health evaluates the end of a job. */
  async evaluate(ended: Said, more: Partial<JobEvaluated> = {}, says: Says = 'EVALUATED'): Promise<Said> {
    const now = await this.books.health(more.capabilities_healthy === 'NO' ? 'UNHEALTHY' : 'HEALTHY');
    this.evaluations++;
    const kind = says === 'EVALUATED' ? ('CHANGE' as const) : ('ROLLBACK' as const);
    return this.world.say('health', {
      message: 'JobEvaluated',
      key: this.contractId,
      says,
      issueId: this.issueId,
      version: this.evaluations,
      planDigest: this.plan,
      cites: citing(ended),
      now,
      value: {
        evaluation_id: newId(now),
        contract_id: this.contractId,
        issue_id: this.issueId,
        job_id: this.jobIds[kind],
        origin: this.origin,
        kind,
        attempt: 1,
        capabilities_healthy: 'YES',
        invariants: ['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5'].map((id) => ({
          id,
          holds: 'YES' as const,
          evidence: '{}',
        })),
        execution_matched: 'YES',
        scopes: [],
        reason: '',
        window_start: this.startedAt,
        window_end: now,
        plan_digest: this.plan,
        registry_version: this.books.registryVersion,
        health_version: this.books.healthVersion,
        evaluated_at: now,
        ...more,
      },
    });
  }

  private async put(
    says: 'CHANGED' | 'UNDONE',
    cause: 'CHANGE' | 'ROLLBACK',
    cites: Said,
    limit: number,
    jobId: string,
  ): Promise<void> {
    const { books } = this;
    books.registryVersion++;
    books.capabilityVersion++;
    books.limit = limit;
    const now = Date.now();
    await this.world.say('executor', {
      message: 'CapabilityChanged',
      key: 'api_rate_limit',
      says,
      issueId: this.issueId,
      version: books.capabilityVersion,
      planDigest: this.plan,
      cites: citing(cites),
      now,
      value: {
        capability: 'api_rate_limit',
        from_version: books.capabilityVersion - 1,
        version: books.capabilityVersion,
        registry_version: books.registryVersion,
        cause,
        contract_id: this.contractId,
        job_id: jobId,
        issue_id: this.issueId,
        catalogue_version: 1,
        catalogue_digest: books.catalogueDigest,
        catalogue_size: 5,
        definition: JSON.stringify(books.definition),
        enabled: true,
        lifecycle: 'LAUNCHED',
        values: Object.entries(books.live().values).map(([key, value]) => ({ key, value: JSON.stringify(value) })),
        provisional_contract_id: cause === 'CHANGE' ? this.contractId : null,
        changed_at: now,
      },
    });
  }

  /** What the executor found and left of the capability. */
  private since(before: number, found: object): JobChanged['capability_versions'][number] {
    const { capabilityVersion: after } = this.books;
    const left = canonicalJson(this.books.live());
    return { capability: 'api_rate_limit', before, after, state_before: canonicalJson(found), state_after: left };
  }

  private async sayJob(says: Says, value: JobChanged, cites: Said): Promise<Said> {
    return this.world.say('executor', {
      message: 'JobChanged',
      key: this.contractId,
      says,
      issueId: this.issueId,
      version: value.version,
      planDigest: this.plan,
      cites: citing(cites),
      now: Date.now(),
      value,
    });
  }

  private job(
    kind: 'CHANGE' | 'ROLLBACK',
    state: 'COMPLETED' | 'FAILED',
    startedAt: number,
    versions: JobChanged['capability_versions'][number],
    endedAt: number,
  ): JobChanged {
    this.jobVersion++;
    const stepState = kind === 'ROLLBACK' ? 'UNDONE' : state === 'FAILED' ? 'FAILED' : 'DONE';
    return {
      job_id: this.jobIds[kind],
      contract_id: this.contractId,
      issue_id: this.issueId,
      origin: this.origin,
      kind,
      attempt: 1,
      from_version: this.jobVersion - 1,
      version: this.jobVersion,
      changes: [],
      state,
      steps: [this.step(stepState, startedAt, endedAt)],
      plan_digest: this.plan,
      capability_versions: [versions],
      code: null,
      reason: null,
      registry_version: this.books.registryVersion,
      health_version: this.books.healthVersion,
      created_at: startedAt,
      started_at: startedAt,
      ended_at: endedAt,
    };
  }

  private async sayContract(
    status: 'ELIGIBLE' | 'APPROVED' | 'ACTIVE' | 'FAILED',
    cites: { readonly mandate: Buffer },
    verdict: Buffer,
    approval: Messages['ContractChanged']['approval'],
  ): Promise<Said> {
    this.contractVersion++;
    const now = Date.now();
    const value = this.contract(status, this.contractVersion, verdict, approval);
    return this.world.say('contract', {
      message: 'ContractChanged',
      key: this.contractId,
      says: status,
      issueId: this.issueId,
      version: this.contractVersion,
      planDigest: this.plan,
      cites: citing(cites.mandate),
      now,
      value,
    });
  }
}
