import { type CapabilityState, type Change, capabilitiesOf, targetsOf } from '@mandate/contracts';
import { writesOf } from '@mandate/judgement';
import { compareAndSet } from './compare-and-set';
import { type HealthSeen, hasEnded, type Job, type JobStep } from './job';
import { type Facts, lookAt, type Next, type Obstacle } from './next';

const MINUTE_MS = 60_000;

/**
 * Decides what a CHANGE job does now. Pure: no clock, no I/O. A step runs only inside the signed window and its limits
 * (AM-09), with SYSTEM and target HEALTHY (JOB-002, PART2-003) and no blocking signal. What stands in the way of the
 * first step is waited for until the window ends, later at most `stepHealthWaitMs`; what can never start fails with no
 * step run.
 *
 * @see spec 1-workflow §3.7
 */
export function nextOfChange(job: Job, facts: Facts): Next {
  if (hasEnded(job)) return { kind: 'nothing' };
  const running = job.steps.find((s) => s.state === 'RUNNING');
  if (running) return resumed(job, running, facts);
  const step = job.steps.find((s) => s.state === 'PENDING');
  if (!step) return { kind: 'end', state: 'COMPLETED', code: null, reason: null };
  const isFirst = job.state === 'PENDING';
  const pace = earliestStart(job, facts.now);
  const unfit =
    (isFirst ? whyItMayNotStart(job, facts) : null) ??
    whyItMayNotRun(step, job, facts) ??
    whyItIsTooLate(job, facts.now) ??
    // What the pace puts off beyond the window or the longest duration need not be waited for.
    whyItIsTooLate(job, pace);
  if (unfit) return { kind: 'end', state: 'FAILED', ...unfit };
  const healthSeen = lookAt(facts, step.change.capability);
  if (pace > facts.now) {
    const [code, reason] = isFirst
      ? ['WINDOW_NOT_OPEN', 'the window has not opened yet']
      : ['PACE', 'no more steps in this minute'];
    return { kind: 'wait', code, reason, index: step.index, dueAt: pace, isSilent: !isFirst, healthSeen };
  }
  const obstacle = obstacleTo(step, healthSeen, facts);
  if (!obstacle) return { kind: 'run', step, attempt: 1, healthSeen };
  if (!isFirst && hasWaitedTooLong(job, facts)) return { kind: 'end', state: 'FAILED', ...obstacle };
  const dueAt = facts.now + facts.limits.recheckMs;
  return { kind: 'wait', ...obstacle, index: step.index, dueAt, isSilent: false, healthSeen };
}

/** What may start no new step may not send a running one again either; it is looked at all the same. */
function resumed(job: Job, step: JobStep, facts: Facts): Next {
  const healthSeen = lookAt(facts, step.change.capability);
  const hindrance =
    whyItMayNotRun(step, job, facts) ?? whyItIsTooLate(job, facts.now) ?? obstacleTo(step, healthSeen, facts);
  return { kind: 'resume', step, hindrance, healthSeen };
}

/** Asked again before each step: whether its targets are allowed (JOB-001) and nothing of it is frozen (ELIG-005). */
function whyItMayNotRun({ change }: JobStep, job: Job, facts: Facts): Obstacle | null {
  const outside = targetsOf(change).find((target) => !isAllowed(target, job.terms.constraints.allowed_targets));
  if (outside !== undefined)
    return { code: 'TARGET_NOT_ALLOWED', reason: `${outside} is not among the allowed targets` };
  if (!facts.target(change.capability)?.definition.frozen) return null;
  return { code: 'FROZEN', reason: `${change.capability} is frozen in the catalogue` };
}

/** What no waiting can mend: the scope, the targets, a frozen or held capability, values that are not what was approved. */
function whyItMayNotStart(job: Job, facts: Facts): Obstacle | null {
  const changes = job.steps.map((s) => s.change);
  const { affected, constraints } = job.terms;
  if (capabilitiesOf(changes).join() !== [...affected].sort().join()) {
    return { code: 'OUT_OF_SCOPE', reason: 'the changes do not act on exactly the affected capabilities' }; // JOB-001
  }
  const outside = changes.flatMap(targetsOf).find((target) => !isAllowed(target, constraints.allowed_targets));
  if (outside !== undefined)
    return { code: 'TARGET_NOT_ALLOWED', reason: `${outside} is not among the allowed targets` };
  const unreachable = affected.map((c) => facts.noWayTo(c)).find((reason) => reason !== null);
  if (unreachable !== undefined) return { code: 'NO_DRIVER', reason: unreachable };
  return whyThePlanIsStale(job, changes, facts);
}

function whyThePlanIsStale(job: Job, changes: readonly Change[], facts: Facts): Obstacle | null {
  const states = new Map<string, CapabilityState>();
  for (const change of changes) {
    const state = states.get(change.capability) ?? facts.target(change.capability);
    if (!state) return { code: 'CAPABILITY_UNKNOWN', reason: `${change.capability} is not in the registry` };
    if (state.definition.frozen) return { code: 'FROZEN', reason: `${change.capability} is frozen in the catalogue` };
    const holder = state.provisional_contract_id;
    if (holder !== null && holder !== job.contractId) {
      return { code: 'HELD_BY', reason: `${change.capability} is provisional under contract ${holder}` }; // AM-15
    }
    const written = compareAndSet(state, writesOf(change));
    if ('refusal' in written) return { code: 'PLAN_STALE', reason: written.detail };
    states.set(change.capability, written.state);
  }
  return null;
}

function isAllowed(target: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true; // no list: the contract's own scope is the bound
  return allowed.includes(target) || allowed.includes(target.split('#')[0] as string);
}

/** AM-09: no step starts that could not end inside the window, nor inside the longest duration allowed. */
function whyItIsTooLate(job: Job, now: number): Obstacle | null {
  const { windowEnd, constraints } = job.terms;
  const endsAt = now + constraints.step_timeout_ms;
  if (endsAt > windowEnd) {
    const why =
      job.waitingSince === null || job.code === null
        ? null
        : { code: job.code, reason: `until the window ended: ${job.reason}` };
    return why ?? { code: 'WINDOW_OVER', reason: 'a step could not end before the window does' };
  }
  if (job.startedAt !== null && endsAt > job.startedAt + constraints.max_duration_ms) {
    return {
      code: 'DURATION_OVER',
      reason: `a step could not end within ${constraints.max_duration_ms} ms of the job's start`,
    };
  }
  return null;
}

/** The window's start, or when the last minute holds fewer steps than allowed. */
function earliestStart(job: Job, now: number): number {
  const starts = job.steps
    .flatMap((s) => (s.startedAt !== null && s.startedAt > now - MINUTE_MS ? [s.startedAt] : []))
    .sort((a, b) => a - b);
  const tooMany = starts.length - job.terms.constraints.steps_per_minute;
  const free = tooMany < 0 ? now : (starts[tooMany] as number) + MINUTE_MS;
  return Math.max(job.terms.windowStart, free);
}

function obstacleTo(step: JobStep, healthSeen: readonly HealthSeen[], facts: Facts): Obstacle | null {
  const ill = healthSeen.find((h) => h.state !== 'HEALTHY');
  if (ill)
    return {
      code: ill.state === 'UNKNOWN' ? 'HEALTH_UNKNOWN' : 'HEALTH_NOT_HEALTHY',
      reason: `${ill.scope} is ${ill.state}`,
    };
  const blocked = facts.blockedBy(step.change.capability);
  return blocked === null ? null : { code: 'BLOCKED', reason: blocked };
}

function hasWaitedTooLong(job: Job, facts: Facts): boolean {
  const since = job.waitingSince ?? facts.now;
  return facts.now - since >= facts.limits.stepHealthWaitMs;
}
