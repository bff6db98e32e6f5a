import { type CapabilityState, canonicalJson, planDigest } from '@mandate/contracts';
import { inverseOf, writesOf } from '@mandate/judgement';
import { nextOfChange } from '../domain/change-job';
import { compareAndSet } from '../domain/compare-and-set';
import { type HealthSeen, type JobStep, snapshotsOf } from '../domain/job';
import type { Facts, Next } from '../domain/next';
import { isLastOfCapability, nextAttemptAt, nextOfRollback, whatIsLeft } from '../domain/rollback-job';
import { liveOf } from './capability-changed.wire';
import type { Action, Driver, Outcome } from './driver';
import { changeToRun, type Drivers } from './drivers';
import type { StoredJob } from './job.store';
import type { JobLedger } from './job-ledger';
import type { CallOrder } from './outside-call';
import type { LockedRegistry } from './registry.store';

/** What one transaction moves jobs with. */
export interface Bench {
  readonly ledger: JobLedger;
  readonly registry: LockedRegistry;
  readonly drivers: Pick<Drivers, 'of' | 'whyNot'>;
  readonly facts: Facts;
}

/** A step that is recorded as running and has to be sent, once that has been committed. */
export interface StepCall extends CallOrder {
  readonly jobId: string;
  readonly contractId: string;
  readonly stepIndex: number;
  readonly driver: Driver;
  readonly healthSeen: readonly HealthSeen[];
  readonly stepTimeoutMs: number;
}

/** When to look at the job again (epoch milliseconds; null: never), and what to send after the commit. */
export interface Advance {
  readonly dueAt: number | null;
  readonly call: StepCall | null;
}

/** A running step is looked for by whoever holds its job's timer then: its process has died. */
const LEASE_GRACE_MS = 2_000;
const NO_MORE: Advance = { dueAt: null, call: null };

/**
 * Moves a job by what it decides to do now, at most one step, and records it.
 * @param mayCall false while as many steps are being sent as may be at a time
 */
export async function advance(job: StoredJob, bench: Bench, mayCall: boolean): Promise<Advance> {
  const { ledger, facts } = bench;
  const next = nextOf(job, facts);
  switch (next.kind) {
    case 'nothing':
      return NO_MORE;
    case 'wait':
      if (!next.isSilent && next.code !== job.code) {
        const { code, reason, index, healthSeen } = next;
        ledger.record(job.jobId, { type: 'waiting', code, reason, index, healthSeen }, facts.now);
      }
      return at(next.dueAt);
    case 'end':
      end(job, bench, next);
      return NO_MORE;
    case 'resume':
      return mayCall ? resume(job, next, bench) : at(facts.now + facts.limits.recheckMs);
    case 'run':
      if (isAltered(job)) {
        end(job, bench, ALTERED);
        return NO_MORE;
      }
      return run(job, next, bench, mayCall);
  }
}

/** The stored steps of a CHANGE are the plan that was signed, whoever has had a hand on the database (PART2-002). */
function isAltered({ kind, steps, terms, planDigest: signed }: StoredJob): boolean {
  if (kind === 'ROLLBACK') return false;
  const changes = steps.map((s) => s.change);
  return !planDigest({ changes, affected_capabilities: terms.affected }).equals(signed);
}

const ALTERED = {
  state: 'FAILED',
  code: 'PLAN_ALTERED',
  reason: 'the stored steps are not the plan that the founder signed',
} as const;

async function run(job: StoredJob, next: Next & { kind: 'run' }, bench: Bench, mayCall: boolean): Promise<Advance> {
  const { step, healthSeen, attempt } = next;
  const { now } = bench.facts;
  const prepared = prepare(job, step, bench);
  if (prepared.driver?.isOutside && !mayCall) return at(now + bench.facts.limits.recheckMs);
  if (job.state !== 'RUNNING')
    bench.ledger.record(job.jobId, { type: 'started', attempt, snapshots: presentOf(job, bench.facts) }, now);
  const seen = { healthSeen, startedAt: now };
  if (!prepared.driver) return at(settle(job.jobId, step.index, prepared.refused, seen, bench));
  const { driver, action } = prepared;
  const tried = await judged(job, driver, action);
  // What the registry would refuse is not sent: outside, this is only the question.
  if (!driver.isOutside || tried.outcome !== 'DONE') return at(settle(job.jobId, step.index, tried, seen, bench));
  const begun = bench.ledger.record(job.jobId, { type: 'step-begun', index: step.index, healthSeen }, now);
  return callFor(begun, step, driver, action, healthSeen, bench, { isResumed: false, hindrance: null });
}

/** The step of a process that died: looked for first, and sent again with the same key only if that is harmless. */
function resume(job: StoredJob, next: Next & { kind: 'resume' }, bench: Bench): Advance {
  const { step, hindrance } = next;
  const prepared = prepare(job, step, bench);
  const seen = { healthSeen: step.healthSeen, startedAt: step.startedAt ?? bench.facts.now };
  if (!prepared.driver)
    return at(settle(job.jobId, step.index, { ...prepared.refused, outcome: 'UNCLEAR' }, seen, bench));
  const healthSeen = hindrance ? step.healthSeen : next.healthSeen;
  const { driver, action } = prepared;
  return callFor(job, step, driver, action, healthSeen, bench, { isResumed: true, hindrance });
}

function callFor(
  job: StoredJob,
  step: JobStep,
  driver: Driver,
  action: Action,
  healthSeen: readonly HealthSeen[],
  { facts }: Bench,
  how: Pick<CallOrder, 'isResumed' | 'hindrance'>,
): Advance {
  const stepTimeoutMs = job.terms.constraints.step_timeout_ms;
  const { jobId, contractId, kind } = job;
  const what = { jobId, contractId, kind, stepIndex: step.index, driver, action };
  const call: StepCall = { ...what, healthSeen, stepTimeoutMs, ...how };
  return { dueAt: facts.now + stepTimeoutMs + LEASE_GRACE_MS, call };
}

type Prepared =
  | { readonly driver: Driver; readonly action: Action }
  | { readonly driver: null; readonly refused: Outcome & { readonly outcome: 'FAILED' | 'UNCLEAR' } };

function prepare(job: StoredJob, step: JobStep, { facts, drivers }: Bench): Prepared {
  const { capability, kind } = step.change;
  const refuse = (code: string, detail: string): Prepared => ({
    driver: null,
    refused: { outcome: 'FAILED', code, detail },
  });
  const target = facts.target(capability);
  if (!target) return refuse('CAPABILITY_UNKNOWN', `${capability} is not in the registry`);
  const change = changeToRun(job.kind, step);
  if (!change) return refuse('IRREVERSIBLE', `a ${kind} of ${capability} cannot be undone`);
  if (job.kind === 'ROLLBACK' && canonicalJson(change) !== canonicalJson(inverseOf(step.change)))
    return refuse('PLAN_ALTERED', 'its stored inverse does not undo its change');
  const whyNot = drivers.whyNot(target);
  if (whyNot !== null) return refuse('NO_DRIVER', whyNot);
  const { idempotencyKey, undoes } = step;
  return { driver: drivers.of(target), action: { change, target, idempotencyKey, undoes } };
}

/** What the registry says to the change; for the built-in driver that is all there is to do. */
async function judged(job: StoredJob, driver: Driver, action: Action): Promise<Outcome> {
  if (driver.isOutside) {
    const written = writtenBy(job.kind, action.change, action.target);
    return 'refusal' in written
      ? { outcome: 'FAILED', code: written.refusal, detail: written.detail }
      : { outcome: 'DONE' };
  }
  const never = new AbortController().signal;
  const tried = job.kind === 'CHANGE' ? await driver.apply(action, never) : await driver.undo(action, never);
  return tried.outcome === 'NOT_DONE' ? { ...tried, outcome: 'FAILED' } : tried;
}

function writtenBy(kind: StoredJob['kind'], change: Action['change'], target: CapabilityState) {
  return compareAndSet(target, writesOf(change), kind === 'ROLLBACK');
}

/**
 * Records what came of a step, writes the registry if it was done, and ends the job where that was the last step or the
 * first that failed. @returns when to look again
 */
export function settle(
  jobId: string,
  index: number,
  outcome: Outcome,
  seen: { readonly healthSeen: readonly HealthSeen[]; readonly startedAt: number },
  bench: Bench,
): number | null {
  const { ledger, registry, facts } = bench;
  const job = ledger.of(jobId);
  const step = job.steps.find((s) => s.index === index) as JobStep;
  const recorded = { type: 'step-recorded', index, ...seen } as const;
  const done = outcome.outcome === 'DONE' ? put(job, step, registry) : outcome;
  if ('outcome' in done) {
    const { outcome: state, code, detail } = done;
    const failed = ledger.record(jobId, { ...recorded, state, code, detail, after: null }, facts.now);
    const ended = end(failed, bench, { state: 'FAILED', code, reason: `step ${index}: ${detail}` });
    return ended.kind === 'ROLLBACK' ? nextAttemptAt(ended, facts) : null;
  }
  const after = { capability: done.capability, version: done.version, live: liveOf(done) };
  const state = job.kind === 'CHANGE' ? 'DONE' : 'UNDONE';
  const moved = ledger.record(jobId, { ...recorded, state, code: null, detail: null, after }, facts.now);
  const following = nextOf(moved, facts);
  if (following.kind !== 'end' || following.state !== 'COMPLETED') return facts.now;
  end(moved, bench, following);
  return null;
}

type NotDone = Outcome & { readonly outcome: 'FAILED' | 'UNCLEAR' };

/** The registry after a step; where it refuses what a system outside has taken, nobody can say what is live. */
function put(job: StoredJob, step: JobStep, registry: LockedRegistry): CapabilityState | NotDone {
  const change = changeToRun(job.kind, step);
  const target = registry.states.get(step.change.capability);
  const written = change && target ? writtenBy(job.kind, change, target) : null;
  if (!written) return { outcome: 'UNCLEAR', code: 'CAPABILITY_UNKNOWN', detail: `${step.change.capability} is gone` };
  if ('refusal' in written)
    return { outcome: 'UNCLEAR', code: written.refusal, detail: `the target has it, but ${written.detail}` };
  const isStillProvisional = job.kind === 'CHANGE' || !isLastOfCapability(job, step);
  return registry.put(
    { ...written.state, provisional_contract_id: isStillProvisional ? job.contractId : null },
    { cause: job.kind, contractId: job.contractId, jobId: job.jobId, issueId: job.issueId },
  );
}

function nextOf(job: StoredJob, facts: Facts): Next {
  return job.kind === 'CHANGE' ? nextOfChange(job, facts) : nextOfRollback(job, facts);
}

function end(
  job: StoredJob,
  { ledger, facts }: Bench,
  how: { state: 'COMPLETED' | 'FAILED'; code: string | null; reason: string | null },
): StoredJob {
  const { state, code } = how;
  const isGivenUp = job.kind === 'ROLLBACK' && state === 'FAILED' && nextAttemptAt(job, facts) === null;
  const reason = isGivenUp ? `given up after attempt ${job.attempt}: ${whatIsLeft(job)}` : how.reason;
  return ledger.record(job.jobId, { type: 'ended', state, code, reason, snapshots: presentOf(job, facts) }, facts.now);
}

function presentOf(job: StoredJob, facts: Facts) {
  return snapshotsOf(job.terms.affected, (capability) => {
    const target = facts.target(capability);
    return target && { version: target.version, live: liveOf(target) };
  });
}

function at(dueAt: number | null): Advance {
  return { dueAt, call: null };
}
