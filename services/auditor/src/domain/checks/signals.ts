import { type BlockingSignal, type CaseFile, SYSTEM } from '../case-file';
import { type Check, Findings, invariant } from '../check';
import { scopesOf } from '../scopes';

/**
 * was there no conflicting governance signal afterwards? For a change, none in force at the end or raised
 * meanwhile; a rollback goes against those that were in force when it began (AM-16), so only new ones count.
 */
export function checkSignals(file: CaseFile): Check {
  const found = new Findings();
  const scopes = scopesOf(file);
  if (scopes === null) found.unknown('which capabilities are affected is not in the evidence');
  const { windowStart, windowEnd, healthVersion } = file.evaluation;
  const pinned = file.health.find((h) => h.scope === SYSTEM && h.version === healthVersion);
  if (!pinned) found.unknown(`SYSTEM version ${healthVersion} is not in the evidence`);
  for (const scope of scopes ?? [SYSTEM]) {
    const said = file.health.filter((h) => h.scope === scope);
    const listed = pinned?.scopeVersions.find((s) => s.scope === scope)?.version;
    const isWhole = said.length > 0 && said.every((h, i) => i === 0 || h.version === (said[i - 1]?.version ?? 0) + 1);
    if (!isWhole || listed === undefined || (said.at(-1)?.version ?? 0) < listed) {
      found.unknown(`what was said of ${scope} is not all in the evidence`);
    }
    const raised = said.flatMap((h) => h.signals).filter((s) => s.raisedAt > windowStart && s.raisedAt <= windowEnd);
    const inForce = (said.at(-1)?.signals ?? []).filter((s) => s.expiresAt > windowEnd);
    const conflicting = unique(file.kind === 'ROLLBACK' ? raised : [...raised, ...inForce]);
    for (const s of conflicting)
      found.fail(`${s.kind} on ${s.scope} by ${s.author ?? 'unknown'}, raised at ${s.raisedAt}`);
  }
  found.show(
    'health',
    file.health.filter((h) => h.signals.length > 0).map((h) => h.ref),
  );
  found.answered('INV-5 (no blocking signal appeared)', invariant(file, 'INV-5'));
  return found.conclude('A-006');
}

function unique(signals: readonly BlockingSignal[]): readonly BlockingSignal[] {
  return [...new Map(signals.map((s) => [`${s.scope} ${s.kind} ${s.author} ${s.raisedAt}`, s])).values()];
}
