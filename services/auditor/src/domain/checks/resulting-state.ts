import type { CaseFile, ContractFile, JobFile } from '../case-file';
import { type Check, Findings, invariant } from '../check';
import { differences, isSameState, outcomeOf } from '../live-state';

/** does the resulting state equal the proposed change? For a ROLLBACK: the state before the change? */
export function checkResult(file: CaseFile): Check {
  const found = new Findings();
  const { contract, job, undone } = file;
  if (!job) found.unknown("the job's end is not in the evidence");
  else {
    found.show('job', job.ref);
    if (job.state === 'FAILED') found.fail('the job did not complete');
    else if (job.state !== 'COMPLETED') found.unknown(`the job has not ended but is ${job.state}`); // SM-002
  }
  if (!contract) found.unknown('the contract is not in the evidence');
  if (file.kind === 'ROLLBACK' && !undone) found.unknown('the job that is undone is not in the evidence');
  if (job && contract) {
    if (file.kind === 'CHANGE') planned(file, contract, job, found);
    else if (undone) restored(file, contract, job, undone, found);
  }
  found.answered('that execution matched', file.evaluation.executionMatched);
  found.answered('INV-4 (values fit their schemas)', invariant(file, 'INV-4'));
  return found.conclude('A-003');
}

function planned(file: CaseFile, contract: ContractFile, job: JobFile, found: Findings): void {
  for (const capability of contract.capabilities) {
    const states = statesOf(file, job, capability, found);
    if (!states) continue;
    const { before, after, versions } = states;
    const changes = contract.changes.filter((c) => c.capability === capability);
    const expected = outcomeOf(before, changes);
    const wrong = differences(capability, expected, after);
    if (wrong.length) found.fail(`not as planned: ${wrong.join(', ')}`);
    for (let v = versions.before + 1; v <= versions.after; v++) {
      const step = file.registry.states.get(`${capability}@${v}`);
      if (!step) found.unknown(`${capability} version ${v} is not in the evidence`);
      else if (step.jobId !== job.jobId) found.fail(`${capability} version ${v} was made by another job`);
    }
  }
}

function restored(file: CaseFile, contract: ContractFile, job: JobFile, undone: JobFile, found: Findings): void {
  for (const capability of contract.capabilities) {
    const before = statesOf(file, undone, capability, found)?.before;
    const version = versionsOf(job, capability)?.after ?? versionsOf(undone, capability)?.after;
    const now = version === undefined ? undefined : file.registry.states.get(`${capability}@${version}`);
    if (!now) found.unknown(`the state of ${capability} after the rollback is not in the evidence`);
    if (!before || !now) continue;
    found.show(`${capability}_before_change`, before.ref);
    found.show(`${capability}_after_rollback`, now.ref);
    const left = differences(capability, before, now);
    if (left.length) found.fail(`not as before: ${left.join(', ')}`);
    statesOf(file, job, capability, found);
  }
}

const versionsOf = (job: JobFile, capability: string) => job.versions.find((v) => v.capability === capability);

/** The states before and after a job from the evidence; what the executor says of them must be the same (double entry). */
function statesOf(file: CaseFile, job: JobFile, capability: string, found: Findings) {
  const versions = versionsOf(job, capability);
  if (!versions) {
    found.unknown(`the job names no versions of ${capability}`);
    return null;
  }
  const before = file.registry.states.get(`${capability}@${versions.before}`);
  const after = file.registry.states.get(`${capability}@${versions.after}`);
  if (!before) found.unknown(`${capability} version ${versions.before} is not in the evidence`); // AUDIT-006
  if (!after) found.unknown(`${capability} version ${versions.after} is not in the evidence`);
  if (!before || !after) return null;
  found.show(`${capability}_${job.jobId}`, [before.ref, after.ref]);
  const { stateBefore, stateAfter } = versions;
  if (!stateBefore || !stateAfter) found.unknown(`the executor's record of ${capability} cannot be read`);
  if (stateBefore && !isSameState(stateBefore, before))
    found.fail(`the executor found another ${capability} than had been said`);
  if (stateAfter && !isSameState(stateAfter, after)) found.fail(`the executor left another ${capability} than it said`);
  return { before, after, versions };
}
