import { canonicalJson } from '@mandate/contracts';
import { inverseOf } from '@mandate/judgement';
import type { CaseFile, StepFile } from '../case-file';
import { type Check, Findings } from '../check';

/** does every completed step have a valid rollback action, the inverse of its change? */
export function checkRollbackActions(file: CaseFile): Check {
  const found = new Findings();
  const { job } = file;
  if (!job) found.unknown("the job's end is not in the evidence");
  else found.show('job', job.ref);
  for (const step of job?.steps ?? []) if (step.state === 'DONE') judge(file, step, found);
  return found.conclude('A-005');
}

function judge(file: CaseFile, step: StepFile, found: Findings): void {
  if (step.inverse !== null) {
    const isInverse = canonicalJson(step.inverse) === canonicalJson(inverseOf(step.change));
    found.must(isInverse, `what is recorded for step ${step.index} does not undo it`);
    return;
  }
  const { capability, kind } = step.change;
  const before = file.job?.versions.find((v) => v.capability === capability)?.before;
  const definition = file.registry.states.get(`${capability}@${before}`);
  if (!definition)
    found.unknown(`step ${step.index} has no rollback action, and whether it may lack one is not in the evidence`);
  else if (definition.irreversibleAllowed.includes(kind))
    found.unknown(`step ${step.index} cannot be undone, as the catalogue allows`);
  else found.fail(`step ${step.index} has no rollback action`);
}
