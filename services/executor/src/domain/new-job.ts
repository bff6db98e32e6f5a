import { type CapabilityState, type Change, derivedId } from '@mandate/contracts';
import { inverseOf } from '@mandate/judgement';
import type { Job, JobKind, JobRecord, JobStep, Terms } from './job';
import { stepsToUndo } from './rollback-job';

/** What a new job is made of besides its steps. */
export interface JobOrder {
  readonly jobId: string;
  readonly contractId: string;
  readonly terms: Terms;
  /** The version of the contract's last job; 0 if this is its first. */
  readonly lastVersion: number;
  readonly now: number;
}

/** The one CHANGE job of a contract (SM-001): its steps in the order of the approved changes, each with its inverse. */
export function newChangeJob(
  order: JobOrder,
  changes: readonly Change[],
  targetOf: (capability: string) => CapabilityState | undefined,
): Job {
  const isOneWay = (change: Change): boolean =>
    targetOf(change.capability)?.definition.irreversible_allowed.includes(change.kind) ?? false;
  const steps = changes.map((change, index) => ({
    index,
    change,
    inverse: isOneWay(change) ? null : inverseOf(change),
    undoes: null,
  }));
  return newJob('CHANGE', order, steps);
}

/** The one ROLLBACK job of a contract (JOB-003, SM-004). @param change its CHANGE job; null if there never was one */
export function newRollbackJob(order: JobOrder, change: Job | null): Job {
  const steps = stepsToUndo(change).map((s) => ({ ...s, undoes: s.idempotencyKey }));
  return newJob('ROLLBACK', order, steps);
}

/** The record of a job's creation. */
export function recordOfCreation(job: Job): JobRecord {
  return { version: job.version, from: null, to: job.state, code: null, reason: null, at: job.createdAt };
}

function newJob(
  kind: JobKind,
  order: JobOrder,
  steps: readonly Pick<JobStep, 'index' | 'change' | 'inverse' | 'undoes'>[],
): Job {
  return {
    jobId: order.jobId,
    contractId: order.contractId,
    kind,
    terms: order.terms,
    version: order.lastVersion + 1,
    attempt: 1,
    state: 'PENDING',
    steps: steps.map(({ index, change, inverse, undoes }) => ({
      index,
      change,
      inverse,
      undoes,
      // The same on every try, so that a target recognises a step that it has taken already.
      idempotencyKey: derivedId('step', order.jobId, String(index)),
      state: 'PENDING',
      healthSeen: [],
      code: null,
      detail: null,
      startedAt: null,
      endedAt: null,
    })),
    snapshots: [],
    code: null,
    reason: null,
    waitingSince: null,
    createdAt: order.now,
    startedAt: null,
    endedAt: null,
  };
}
