import { randomUUID } from 'node:crypto';
import type { Says } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, say } from '@mandate/service-kit';
import type { Said } from '../../../infra/local/src/testing/world';
import type { Chain, HeardContract } from './chain';

/** Says what executor, health and auditor say about a contract, each with its own key. */
export class ExecutionChain {
  constructor(private readonly chain: Chain) {}

  /** The executor's job, health's evaluation and the auditor's verdict on an ACTIVE or FAILED contract. */
  async job(
    contract: HeardContract,
    kind: 'CHANGE' | 'ROLLBACK',
    more: Partial<Messages['JobChanged']> = {},
    isHeldBack = false,
  ) {
    const { value } = contract;
    const prefix = kind === 'CHANGE' ? 'JOB' : 'ROLLBACK';
    const jobId = more.job_id ?? randomUUID();
    const now = this.chain.now();
    const version = this.chain.next(`jobs ${value.contract_id}`);
    const job: Messages['JobChanged'] = {
      job_id: jobId,
      contract_id: value.contract_id,
      issue_id: value.issue_id,
      origin: value.origin,
      kind,
      attempt: 1,
      from_version: version - 1,
      version,
      changes: [],
      state: 'COMPLETED',
      steps: [],
      plan_digest: value.plan_digest,
      capability_versions: [],
      code: null,
      reason: null,
      registry_version: 5,
      health_version: 1,
      created_at: now,
      started_at: now,
      ended_at: now,
      ...more,
    };
    const outgoing = say({
      message: 'JobChanged',
      key: value.contract_id,
      says: `${prefix}_${job.state === 'COMPLETED' ? 'DONE' : job.state}` as Says,
      issueId: value.issue_id,
      version,
      planDigest: value.plan_digest,
      cites: citing(contract.mandate),
      now,
      value: job,
    });
    const mandate = await this.chain.world.prove('executor', outgoing.mandate);
    const { topic, key } = outgoing;
    const publish = () => this.chain.world.send('executor', topic, key, outgoing.value, { mandate });
    if (!isHeldBack) await publish();
    return { job, said: { mandate }, publish };
  }

  async audit(
    contract: HeardContract,
    job: { readonly job: Messages['JobChanged']; readonly said: { readonly mandate: Buffer } },
    verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE',
    more: Partial<Messages['AuditConcluded']> = {},
    answers: Said | null = null,
  ): Promise<Said> {
    const { value } = contract;
    const { kind } = job.job;
    const common = {
      contract_id: value.contract_id,
      issue_id: value.issue_id,
      job_id: job.job.job_id,
      origin: value.origin,
      kind,
      attempt: 1,
      reason: 'as seen',
      plan_digest: value.plan_digest,
      registry_version: 5,
      health_version: 1,
    };
    const version = this.chain.next(`audits ${value.contract_id}`);
    const about = {
      key: value.contract_id,
      issueId: value.issue_id,
      version,
      planDigest: value.plan_digest,
      now: this.chain.now(),
    };
    const evaluated = await this.chain.world.say('health', {
      ...about,
      message: 'JobEvaluated',
      says: kind === 'ROLLBACK' ? 'ROLLBACK_EVALUATED' : 'EVALUATED',
      cites: citing(job.said.mandate),
      value: {
        ...common,
        evaluation_id: randomUUID(),
        capabilities_healthy: 'YES',
        invariants: [],
        execution_matched: 'YES',
        scopes: [],
        window_start: this.chain.now(),
        window_end: this.chain.now(),
        evaluated_at: this.chain.now(),
      },
    });
    return this.chain.world.say('auditor', {
      ...about,
      message: 'AuditConcluded',
      says: (kind === 'ROLLBACK' ? `ROLLBACK_${verdict}` : verdict) as Says,
      cites: citing((answers ?? evaluated).mandate),
      value: {
        ...common,
        audit_id: randomUUID(),
        job_attempt: job.job.attempt,
        verdict,
        is_final: true,
        checks: [],
        attestation: null,
        concluded_at: this.chain.now(),
        ...more,
      },
    });
  }

  /** The executor makes a completed change final; values are left as they were defined. */
  async final(contract: HeardContract, capability: string, registryVersion: number): Promise<void> {
    const { value } = contract;
    const defined = this.chain.world.all('CapabilityChanged').find((m) => m.value.capability === capability);
    if (!defined) throw new Error(`${capability} has not been defined`);
    await this.chain.world.say('executor', {
      message: 'CapabilityChanged',
      key: capability,
      says: 'FINAL',
      issueId: value.issue_id,
      version: registryVersion,
      planDigest: value.plan_digest,
      cites: citing(contract.mandate),
      now: this.chain.now(),
      value: {
        ...defined.value,
        from_version: registryVersion - 1,
        version: registryVersion,
        registry_version: registryVersion,
        cause: 'FINAL',
        contract_id: value.contract_id,
        issue_id: value.issue_id,
        changed_at: this.chain.now(),
      },
    });
  }
}
