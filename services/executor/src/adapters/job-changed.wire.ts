import { canonicalJson, changeToWire, type Says } from '@mandate/contracts';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { JobStep, Snapshot } from '../domain/job';
import type { JobChange, StoredJob } from './job.store';

const SAYS: Readonly<Record<StoredJob['kind'], Readonly<Record<StoredJob['state'], Says>>>> = {
  CHANGE: { PENDING: 'JOB_PENDING', RUNNING: 'JOB_RUNNING', COMPLETED: 'JOB_DONE', FAILED: 'JOB_FAILED' },
  ROLLBACK: {
    PENDING: 'ROLLBACK_PENDING',
    RUNNING: 'ROLLBACK_RUNNING',
    COMPLETED: 'ROLLBACK_DONE',
    FAILED: 'ROLLBACK_FAILED',
  },
};

/** The reference data a job was moved on. */
export interface Basis {
  readonly registryVersion: number;
  readonly healthVersion: number;
}

/** A job's whole state after a change; it cites the ContractChanged that ordered the job. */
export function toJobChanged({ job, records, cause, actor }: JobChange, basis: Basis, now: number): Outgoing {
  const firstVersion = records[0]?.version ?? job.version;
  return say({
    message: 'JobChanged',
    key: job.contractId,
    says: SAYS[job.kind][job.state],
    issueId: job.issueId,
    version: job.version,
    planDigest: job.planDigest,
    cites: citing(job.cites),
    now,
    value: {
      job_id: job.jobId,
      contract_id: job.contractId,
      issue_id: job.issueId,
      origin: job.origin,
      kind: job.kind,
      attempt: job.attempt,
      from_version: firstVersion - 1,
      version: job.version,
      changes: records.map((r) => ({ ...r, cause, actor })),
      state: job.state,
      steps: job.steps.map(stepToWire),
      plan_digest: job.planDigest,
      capability_versions: job.snapshots.map(snapshotToWire),
      code: job.code,
      reason: job.reason,
      registry_version: basis.registryVersion,
      health_version: basis.healthVersion,
      created_at: job.createdAt,
      started_at: job.startedAt,
      ended_at: job.endedAt,
    },
  });
}

function stepToWire(step: JobStep) {
  return {
    index: step.index,
    change: changeToWire(step.change),
    inverse: step.inverse === null ? null : changeToWire(step.inverse),
    idempotency_key: step.idempotencyKey,
    state: step.state,
    health_seen: step.healthSeen,
    code: step.code,
    detail: step.detail,
    started_at: step.startedAt,
    ended_at: step.endedAt,
  };
}

function snapshotToWire(snapshot: Snapshot) {
  return {
    capability: snapshot.capability,
    before: snapshot.before,
    after: snapshot.after,
    state_before: canonicalJson(snapshot.stateBefore),
    state_after: canonicalJson(snapshot.stateAfter),
  };
}
