import { type CaseFile, SYSTEM } from './case-file';

/** What the evidence of a case still lacks, a phrase each: all that may be on its way. Empty if nothing is. */
export function missingOf(file: CaseFile): readonly string[] {
  const { contract, job, undone, registry, evaluation, chain, eligibility } = file;
  const named = [...(job?.versions ?? []), ...(undone?.versions ?? [])];
  const states = named.flatMap((v) => [`${v.capability}@${v.before}`, `${v.capability}@${v.after}`]);
  const uncited = registry.changes.filter(
    (c) => c.contractId !== null && (!c.cited || (c.jobId !== null && !c.isJobKnown)),
  );
  const system = file.health.find((h) => h.scope === SYSTEM && h.version === evaluation.healthVersion);
  const lagging = (system?.scopeVersions ?? []).filter(
    (s) =>
      contract?.capabilities.includes(s.scope) &&
      !file.health.some((h) => h.scope === s.scope && h.version >= s.version),
  );
  return [
    ...(contract ? [] : ['the contract']),
    ...(job ? [] : ["the job's end"]),
    ...(file.kind === 'ROLLBACK' && !undone ? ['the job that is undone'] : []),
    ...(eligibility ? [] : ['the verdict on the proposal']),
    ...registry.missing.map((v) => `registry version ${v}`),
    ...states.filter((s) => !registry.states.has(s)),
    ...uncited.map((c) => `what ${c.capability}@${c.version} cites`),
    ...(system ? [] : [`SYSTEM version ${evaluation.healthVersion}`]),
    ...lagging.map((s) => `${s.scope} version ${s.version}`),
    ...chain.missing.map((d) => `link ${d.slice(0, 16)}`),
  ];
}
