import { type Change, type Constraints, JOB_EDGES, type Json, type Lifecycle } from '@mandate/contracts';

export type JobKind = 'CHANGE' | 'ROLLBACK';
export type JobState = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED';
export type StepState = 'UNCLEAR' | 'PENDING' | 'RUNNING' | 'DONE' | 'FAILED' | 'UNDONE' | 'SKIPPED';

/** A look at health: what was seen of a scope, in which version, when (epoch milliseconds). */
export interface HealthSeen {
  readonly scope: string;
  readonly state: 'UNKNOWN' | 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY';
  readonly version: number;
  readonly at: number;
}

/** What is live of a capability; what a job changes and a rollback restores. */
export interface LiveState {
  readonly enabled: boolean;
  readonly lifecycle: Lifecycle;
  readonly values: { readonly [key: string]: Json };
  readonly provisional_contract_id: string | null;
}

/** A capability before the job and now. */
export interface Snapshot {
  readonly capability: string;
  readonly before: number;
  readonly after: number;
  readonly stateBefore: LiveState;
  readonly stateAfter: LiveState;
}

/** One approved change with its rollback action, both stored before the first step runs and never altered (JOB-006). */
export interface JobStep {
  /** Place among the approved changes; a rollback's steps keep the index of the step that they undo. */
  readonly index: number;
  readonly change: Change;
  /** `null` where the catalogue says that this kind of change cannot be undone. */
  readonly inverse: Change | null;
  readonly idempotencyKey: string;
  /** In a ROLLBACK: the key under which the step that it undoes was applied. */
  readonly undoes: string | null;
  readonly state: StepState;
  readonly healthSeen: readonly HealthSeen[];
  readonly code: string | null;
  readonly detail: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** What the founder signed besides the changes: the window (epoch milliseconds) and the constraints. */
export interface Terms {
  readonly affected: readonly string[];
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly constraints: Constraints;
}

export interface Job {
  readonly jobId: string;
  readonly contractId: string;
  readonly kind: JobKind;
  readonly terms: Terms;
  /** Counts on across the jobs and attempts of a contract. */
  readonly version: number;
  readonly attempt: number;
  readonly state: JobState;
  /** In the order in which they run. */
  readonly steps: readonly JobStep[];
  readonly snapshots: readonly Snapshot[];
  /** Why it waits or failed. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly waitingSince: number | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export type JobEvent =
  | {
      readonly type: 'waiting';
      readonly code: string;
      readonly reason: string;
      readonly index: number;
      readonly healthSeen: readonly HealthSeen[];
    }
  | {
      readonly type: 'started';
      readonly attempt: number;
      readonly snapshots: readonly Snapshot[];
      /** Why an operator had it started again. */
      readonly reason?: string;
    }
  | {
      /** Committed before a system outside is called, so that a crash leaves a trace of the call. */
      readonly type: 'step-begun';
      readonly index: number;
      readonly healthSeen: readonly HealthSeen[];
    }
  | {
      readonly type: 'step-recorded';
      readonly index: number;
      readonly state: 'DONE' | 'FAILED' | 'UNCLEAR' | 'UNDONE';
      readonly code: string | null;
      readonly detail: string | null;
      readonly healthSeen: readonly HealthSeen[];
      readonly startedAt: number;
      /** The target after the step; null where nothing was written. */
      readonly after: { readonly capability: string; readonly version: number; readonly live: LiveState } | null;
    }
  | {
      readonly type: 'ended';
      readonly state: 'COMPLETED' | 'FAILED';
      readonly code: string | null;
      readonly reason: string | null;
      readonly snapshots: readonly Snapshot[];
    };

/** One recorded change, transition or not; a row of the log and an entry of the message. */
export interface JobRecord {
  readonly version: number;
  readonly from: JobState | null;
  readonly to: JobState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly at: number;
}

/** The state machine by kind; only a failed rollback may run again (spec 1-workflow §8). A state to itself is a record. */
export const EDGES_OF: Readonly<Record<JobKind, readonly (readonly [string, string])[]>> = {
  CHANGE: JOB_EDGES,
  ROLLBACK: [...JOB_EDGES, ['FAILED', 'RUNNING']],
};

/**
 * How a step may move. A recorded DONE, UNDONE or SKIPPED stays (JOB-004); what a rollback could not undo is tried again
 * by its next attempt. A step to itself is a look that was recorded while waiting.
 */
export const STEP_EDGES: readonly (readonly [StepState, StepState])[] = [
  ...(['RUNNING', 'DONE', 'FAILED', 'UNCLEAR', 'UNDONE', 'SKIPPED'] as const).map((to) => ['PENDING', to] as const),
  ...(['DONE', 'FAILED', 'UNCLEAR', 'UNDONE'] as const).map((to) => ['RUNNING', to] as const),
  ...(['FAILED', 'UNCLEAR'] as const).flatMap((from) =>
    (['RUNNING', 'FAILED', 'UNCLEAR', 'UNDONE'] as const).map((to) => [from, to] as const),
  ),
];

/** Applies an event that was decided; never refuses one. Each event is one version. */
export function evolve(job: Job, event: JobEvent, now: number): Job {
  const next = { ...job, version: job.version + 1 };
  switch (event.type) {
    case 'waiting':
      return {
        ...next,
        code: event.code,
        reason: event.reason,
        waitingSince: job.waitingSince ?? now,
        steps: withStep(job, event.index, { healthSeen: event.healthSeen }),
      };
    case 'started': {
      const snapshots = job.snapshots.length ? job.snapshots : event.snapshots;
      return {
        ...next,
        ...NOT_WAITING,
        state: 'RUNNING',
        attempt: event.attempt,
        snapshots,
        startedAt: now,
        endedAt: null,
      };
    }
    case 'step-begun': {
      const { healthSeen } = event;
      const begun = { state: 'RUNNING', code: null, detail: null, healthSeen, startedAt: now, endedAt: null } as const;
      return { ...next, ...NOT_WAITING, steps: withStep(job, event.index, begun) };
    }
    case 'step-recorded': {
      const { state, code, detail, healthSeen, startedAt, after } = event;
      const steps = withStep(job, event.index, { state, code, detail, healthSeen, startedAt, endedAt: now });
      return { ...next, ...NOT_WAITING, steps, snapshots: after ? withAfter(job.snapshots, after) : job.snapshots };
    }
    case 'ended': {
      const isOver = job.kind === 'CHANGE' || event.state === 'COMPLETED';
      const steps = isOver ? job.steps.map((s) => atTheEnd(s, now)) : job.steps;
      const snapshots = job.snapshots.length ? job.snapshots : event.snapshots;
      return {
        ...next,
        ...NOT_WAITING,
        state: event.state,
        code: event.code,
        reason: event.reason,
        steps,
        snapshots,
        endedAt: now,
      };
    }
  }
}

/** The record of an event: what the log and `JobChanged.changes` hold. */
export function recordOf(before: Job, event: JobEvent, after: Job, now: number): JobRecord {
  const { code, reason } = wordsOf(event);
  return { version: after.version, from: before.state, to: after.state, code, reason, at: now };
}

function wordsOf(event: JobEvent): Pick<JobRecord, 'code' | 'reason'> {
  switch (event.type) {
    case 'started':
      return { code: null, reason: event.reason ?? null };
    case 'waiting':
      return { code: event.code, reason: `step ${event.index}: ${event.reason}` };
    case 'step-begun':
      return { code: 'STEP_RUNNING', reason: `step ${event.index}: running` };
    case 'step-recorded': {
      const { index, state, code, detail } = event;
      return { code: code ?? `STEP_${state}`, reason: `step ${index}: ${detail ?? state.toLowerCase()}` };
    }
    case 'ended':
      return { code: event.code, reason: event.reason };
  }
}

/** A snapshot of each affected capability, before anything is done to it. */
export function snapshotsOf(
  affected: readonly string[],
  targetOf: (capability: string) => { readonly version: number; readonly live: LiveState } | undefined,
): readonly Snapshot[] {
  return affected.flatMap((capability) => {
    const target = targetOf(capability);
    if (!target) return [];
    const { version, live } = target;
    return [{ capability, before: version, after: version, stateBefore: live, stateAfter: live }];
  });
}

/** True if the job has ended; a failed rollback may still be tried again. */
export function hasEnded(job: Job): boolean {
  return job.state === 'COMPLETED' || job.state === 'FAILED';
}

const NOT_WAITING = { code: null, reason: null, waitingSince: null } as const;

/** What never ran is skipped; what was running may have happened, so the rollback has it too. */
function atTheEnd(step: JobStep, now: number): JobStep {
  if (step.state === 'PENDING') return { ...step, state: 'SKIPPED' };
  if (step.state !== 'RUNNING') return step;
  return {
    ...step,
    state: 'UNCLEAR',
    code: 'JOB_ENDED',
    detail: 'the job ended before its outcome was known',
    endedAt: now,
  };
}

function withStep(job: Job, index: number, change: Partial<JobStep>): readonly JobStep[] {
  return job.steps.map((s) => (s.index === index ? { ...s, ...change } : s));
}

function withAfter(
  snapshots: readonly Snapshot[],
  after: { readonly capability: string; readonly version: number; readonly live: LiveState },
): readonly Snapshot[] {
  return snapshots.map((s) =>
    s.capability === after.capability ? { ...s, after: after.version, stateAfter: after.live } : s,
  );
}
