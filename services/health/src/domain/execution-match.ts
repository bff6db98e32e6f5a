import type { Change } from '@mandate/contracts';
import type { Answer, EndedJob, EvaluationFacts } from './evaluation';
import { isSameState, type LiveState, outcomeOf } from './plan-outcome';

/** The answer and, unless it is YES, a clause that says why. */
export interface Match {
  readonly answer: Answer;
  readonly why: string;
}

/**
 * Did execution match the proposal: was the plan the approved one, and are the resulting values the planned ones? For a
 * rollback the planned values are those that its CHANGE job found.
 */
export function executionMatched(facts: EvaluationFacts): Match {
  const { job, contract } = facts;
  if (contract === null) return { answer: 'UNKNOWN', why: 'the contract is not known' };
  if (job.planDigest !== contract.planDigest)
    return { answer: 'NO', why: 'the job ran another plan than the approved one' };
  if (!job.isCompleted) return { answer: 'NO', why: 'the job did not complete' };
  return job.kind === 'ROLLBACK'
    ? rolledBack(facts)
    : changed(job, contract.changes, contract.capabilities, facts.states);
}

type States = ReadonlyMap<string, LiveState>;
const YES: Match = { answer: 'YES', why: '' };

function changed(job: EndedJob, changes: readonly Change[], capabilities: readonly string[], states: States): Match {
  for (const capability of capabilities) {
    const versions = job.capabilities.find((c) => c.capability === capability);
    if (!versions) return { answer: 'UNKNOWN', why: `the job names no versions of ${capability}` };
    const before = states.get(`${capability}@${versions.before}`);
    const after = states.get(`${capability}@${versions.after}`);
    if (!before || !after) return { answer: 'UNKNOWN', why: `a state of ${capability} is not known` };
    const planned = outcomeOf(
      before,
      changes.filter((c) => c.capability === capability),
    );
    if (!isSameState(planned, after)) return { answer: 'NO', why: `${capability} is not what was planned` };
  }
  return YES;
}

function rolledBack({ job, undone, states }: EvaluationFacts): Match {
  if (!undone) return { answer: 'UNKNOWN', why: 'the job that was undone is not known' };
  for (const { capability, before } of undone.capabilities) {
    const found = states.get(`${capability}@${before}`);
    const touched = job.capabilities.find((c) => c.capability === capability);
    const last = undone.capabilities.find((c) => c.capability === capability);
    const now = states.get(`${capability}@${touched?.after ?? last?.after}`);
    if (!found || !now) return { answer: 'UNKNOWN', why: `a state of ${capability} is not known` };
    if (!isSameState(found, now)) return { answer: 'NO', why: `${capability} is not as it was before` };
  }
  return YES;
}
