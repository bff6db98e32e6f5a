import { targetsOf } from '@mandate/contracts';
import type { Job, JobStep } from './job';
import { type Facts, lookAt, type Next } from './next';

/**
 * Decides what a ROLLBACK job does now. Pure. It looks health up and records it, but waits for neither health, signals,
 * freezes nor the window (JOB-002, AM-16): the harmful change is what made health bad. A failed attempt is followed by
 * another, up to `rollbackAttempts`.
 *
 * @see spec 1-workflow §3.10, §8; JOB-003, JOB-006
 */
export function nextOfRollback(job: Job, facts: Facts): Next {
  if (job.state === 'COMPLETED') return { kind: 'nothing' };
  if (job.state === 'FAILED' && job.attempt >= facts.limits.rollbackAttempts) return { kind: 'nothing' };
  const running = job.steps.find((s) => s.state === 'RUNNING');
  if (running)
    return {
      kind: 'resume',
      step: running,
      hindrance: null,
      healthSeen: lookAt(facts, running.change.capability),
    };
  const step = job.steps.find(isToUndo);
  if (!step)
    return {
      kind: 'end',
      state: 'COMPLETED',
      code: null,
      reason: job.steps.length ? null : 'there was nothing to undo',
    };
  const attempt = job.state === 'FAILED' ? job.attempt + 1 : job.attempt;
  return { kind: 'run', step, attempt, healthSeen: lookAt(facts, step.change.capability) };
}

/** The steps of a ROLLBACK: the completed and unclear ones of the CHANGE, last first, with the inverses stored then (JOB-006). */
export function stepsToUndo(change: Job | null): readonly JobStep[] {
  const ran = (change?.steps ?? []).filter((s) => s.state === 'DONE' || s.state === 'UNCLEAR');
  return ran.reverse();
}

/** What a rollback that gave up has left, step by step: said in its last message, for the people who have to mend it. */
export function whatIsLeft(job: Job): string {
  const left = job.steps.filter(isToUndo).map((s) => {
    const state = s.state === 'PENDING' ? 'not tried' : s.state;
    return `step ${s.index} (${targetsOf(s.change).join(', ')}) is ${state}${s.detail ? `: ${s.detail}` : ''}`;
  });
  return left.join('; ');
}

/** When the next attempt is due; null if there is none left without an operator. */
export function nextAttemptAt(job: Job, facts: Pick<Facts, 'now' | 'limits'>): number | null {
  if (job.attempt >= facts.limits.rollbackAttempts) return null;
  return facts.now + facts.limits.rollbackBackoffMs * 2 ** (job.attempt - 1);
}

/** Why an operator may not have a rollback run again; null if it may (AM-18: nothing but a repetition). */
export function whyNoRetry(job: Job | null): { readonly code: string; readonly detail: string } | null {
  if (!job) return { code: 'NO_ROLLBACK', detail: 'No rollback of this contract has been ordered.' };
  if (job.state === 'FAILED') return null;
  return {
    code: 'ROLLBACK_NOT_FAILED',
    detail: `The rollback is ${job.state}; only one that FAILED can be tried again.`,
  };
}

/** Whether undoing this step leaves nothing of the contract on its capability, so that it is no longer provisional. */
export function isLastOfCapability(job: Job, step: JobStep): boolean {
  return !job.steps.some(
    (s) => s.index !== step.index && s.change.capability === step.change.capability && isToUndo(s),
  );
}

function isToUndo(step: JobStep): boolean {
  return step.state !== 'UNDONE' && step.state !== 'SKIPPED';
}
