import { canonicalJson, targetsOf } from '@mandate/contracts';
import type { CaseFile, ContractFile, JobFile } from '../case-file';
import { type Check, Findings, invariant } from '../check';
import { differences } from '../live-state';

/** was every step inside the contract's scope? */
export function checkScope(file: CaseFile): Check {
  const found = new Findings();
  const { contract, job } = file;
  if (!contract) found.unknown('the contract is not in the evidence');
  if (!job) found.unknown("the job's end is not in the evidence");
  if (contract && job) {
    found.show('contract', contract.ref);
    found.show('job', job.ref);
    found.must(job.contractId === contract.contractId, 'the job belongs to another contract');
    found.must(job.planDigest === contract.planDigest, 'the job ran another plan than the approved one');
    stepsInside(file, contract, job, found);
    stepsInOrder(file, job, found);
  }
  if (contract) changesInside(file, contract, found);
  found.answered('INV-1 (no frozen capability changed)', invariant(file, 'INV-1'));
  found.answered('INV-2 (every change inside its contract)', invariant(file, 'INV-2'));
  return found.conclude('A-001');
}

/** A CHANGE has exactly the approved changes in their order; a ROLLBACK undoes none but those (JOB-001). */
function stepsInside(file: CaseFile, contract: ContractFile, job: JobFile, found: Findings): void {
  const approved = contract.changes.map(canonicalJson);
  const ran = job.steps.map((s) => canonicalJson(s.change));
  if (file.kind === 'CHANGE')
    found.must(canonicalJson(ran) === canonicalJson(approved), 'its steps are not the approved changes in their order');
  for (const step of job.steps) {
    found.must(approved.includes(canonicalJson(step.change)), `step ${step.index} is no approved change`);
    const outside = !contract.capabilities.includes(step.change.capability);
    if (outside) found.fail(`step ${step.index} acts on ${step.change.capability}, which is not affected`);
    const allowed = contract.approval?.allowedTargets ?? [];
    for (const target of targetsOf(step.change)) {
      if (!isAllowed(target, allowed))
        found.fail(`step ${step.index} acts on ${target}, which the founder did not allow`);
    }
  }
}

/** One at a time (JOB-004); a rollback undoes what was completed or unclear, last first, and nothing is left out (JOB-006). */
function stepsInOrder({ kind, undone }: CaseFile, job: JobFile, found: Findings): void {
  const ran = job.steps.filter((s) => s.startedAt !== null);
  for (const [i, step] of ran.entries()) {
    const previous = ran[i - 1]?.endedAt ?? null;
    const isEarly = previous !== null && step.startedAt !== null && step.startedAt < previous;
    if (isEarly) found.fail(`step ${step.index} started before the one before it had ended`);
  }
  if (kind === 'CHANGE') return;
  if (!undone) {
    found.unknown('the job that is undone is not in the evidence');
    return;
  }
  const owed = undone.steps.filter((s) => s.state === 'DONE' || s.state === 'UNCLEAR').map((s) => s.index);
  const done = job.steps.map((s) => s.index);
  found.must(
    canonicalJson(done) === canonicalJson(owed.reverse()),
    'it does not undo exactly the completed steps, last first',
  );
}

/** No list: the contract's own scope is the bound. */
function isAllowed(target: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.includes(target) || allowed.includes(target.split('#')[0] as string);
}

/** What really changed under this contract's name, value by value. */
function changesInside(file: CaseFile, contract: ContractFile, found: Findings): void {
  const targets = new Set(contract.changes.flatMap(targetsOf));
  const own = file.registry.changes.filter((c) => c.contractId === contract.contractId);
  found.show(
    'changes',
    own.map((c) => c.ref),
  );
  for (const change of own) {
    const before = file.registry.states.get(`${change.capability}@${change.version - 1}`);
    if (!before) {
      found.unknown(`${change.capability} version ${change.version - 1} is not in the evidence`);
      continue;
    }
    const outside = differences(change.capability, before, change).filter((d) => !targets.has(d));
    if (outside.length) found.fail(`${change.capability} version ${change.version} changed ${outside.join(', ')}`);
  }
}
