import type { CapabilityFile, CaseFile, RegistryFile } from '../case-file';
import { type Check, Findings } from '../check';
import { differences } from '../live-state';

const CITES: Readonly<Record<string, string>> = { CHANGE: 'ACTIVE', ROLLBACK: 'FAILED', FINAL: 'COMPLETED' };

/**
 * did no capability value change without a job of an ACTIVE contract? Asked of every change of anyone from just
 * before the job to the evaluation, and only answered with yes if that history has no gap. A rollback's contract is
 * FAILED (AM-10).
 */
export function checkNoOtherChange(file: CaseFile): Check {
  const found = new Findings();
  const { registry, evaluation } = file;
  found.show('registry_versions', [registry.changes[0]?.registryVersion ?? 0, evaluation.registryVersion]);
  found.show(
    'changes',
    registry.changes.map((c) => c.ref),
  );
  if (registry.missing.length)
    found.unknown(`registry versions ${registry.missing.slice(0, 10).join(', ')} are not in the evidence`);
  if (!file.job) found.unknown("the job's end is not in the evidence");
  for (const change of registry.changes) judge(change, registry, found);
  for (const versions of file.job?.versions ?? []) {
    if (!registry.states.has(`${versions.capability}@${versions.before}`)) {
      found.unknown(`${versions.capability} version ${versions.before} is not in the evidence`);
    }
  }
  return found.conclude('A-007');
}

function judge(change: CapabilityFile, registry: RegistryFile, found: Findings): void {
  const name = `${change.capability} version ${change.version}`;
  const before = registry.states.get(`${change.capability}@${change.version - 1}`);
  if (!before && change.version > 1)
    found.unknown(`what ${change.capability} was before version ${change.version} is not in the evidence`);
  const changed = before ? differences(change.capability, before, change) : [];
  if (change.cause === 'DEFINITION') {
    // AM-20: a catalogue adds keys with their first values; it never changes a value that exists.
    const altered = changed.filter((d) => before && hadValue(before, d));
    if (!change.isCatalogueAllowed) found.fail(`${name}: the manifest allows no such catalogue`);
    if (altered.length) found.fail(`${name}: a catalogue changed ${altered.join(', ')}`);
    return;
  }
  const says = CITES[change.cause];
  if (says === undefined) found.fail(`${name} has no cause that allows it`);
  if (change.cause === 'FINAL' && changed.length) {
    found.fail(`${name}: made final with another value of ${changed.join(', ')}`);
  }
  judgeCitation(change, name, says, found);
}

function judgeCitation(change: CapabilityFile, name: string, says: string | undefined, found: Findings): void {
  if (change.contractId === null) found.fail(`${name} changed without a contract`);
  else if (!change.cited) found.unknown(`the contract that ${name} cites is not in the evidence`);
  else {
    const { contractId, capabilities } = change.cited;
    found.must(change.cited.says === says, `${name} cites a contract that is ${change.cited.says}`);
    found.must(contractId === change.contractId, `${name} cites another contract than it names`);
    found.must(capabilities.includes(change.capability), `${name} is outside the contract that it cites`);
  }
  if (change.cause === 'FINAL') return;
  if (change.jobId === null) found.fail(`${name} changed without a job`);
  else if (!change.isJobKnown) found.unknown(`the job that made ${name} is not in the evidence`);
}

function hadValue(before: CapabilityFile, difference: string): boolean {
  const at = difference.indexOf('#');
  return at < 0 || (before.values[difference.slice(at + 1)] ?? null) !== null;
}
