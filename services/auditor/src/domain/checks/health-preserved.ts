import type { Json } from '@mandate/contracts';
import { type CaseFile, type HealthFile, type HealthState, SYSTEM } from '../case-file';
import { type Check, Findings, invariant } from '../check';
import { scopesOf } from '../scopes';

const RANK: Readonly<Record<HealthState, number>> = { HEALTHY: 0, UNKNOWN: 0, DEGRADED: 1, UNHEALTHY: 2 };

/**
 * was health preserved? Looked up in what health said at the time, not only in its evaluation: both must agree.
 * A rollback starts when health is bad already; it must not end worse than it started (AM-16).
 */
export function checkHealth(file: CaseFile): Check {
  const found = new Findings();
  const { windowStart, windowEnd } = file.evaluation;
  found.show('window', [windowStart, windowEnd]);
  found.show(
    'said',
    file.health.map((h): Json => ({ ref: h.ref, scope: h.scope, version: h.version, state: h.state, at: h.at })),
  );
  const scopes = scopesOf(file);
  if (scopes === null) found.unknown('which capabilities are affected is not in the evidence');
  for (const gap of gapsIn(file, scopes ?? [SYSTEM])) found.unknown(gap);
  for (const scope of scopes ?? [SYSTEM]) judge(file, scope, found);
  if (file.kind === 'CHANGE') lookedBeforeEachStep(file, found);
  found.answered('INV-3 (SYSTEM and affected capabilities stayed well)', invariant(file, 'INV-3'));
  if (file.kind === 'CHANGE') found.answered('that capabilities remained healthy', file.evaluation.capabilitiesHealthy);
  return found.conclude('A-002');
}

/** JOB-002, PART2-003: SYSTEM and target were seen HEALTHY before each step, and health had indeed said so. */
function lookedBeforeEachStep(file: CaseFile, found: Findings): void {
  if (!file.job) found.unknown("the job's end is not in the evidence");
  for (const step of file.job?.steps ?? []) {
    if (step.startedAt === null) continue;
    for (const scope of [SYSTEM, step.change.capability]) {
      const seen = step.healthSeen.find((h) => h.scope === scope);
      if (!seen) found.unknown(`whether ${scope} was looked at before step ${step.index} is not recorded`);
      else if (seen.state !== 'HEALTHY') found.fail(`step ${step.index} ran while ${scope} was seen ${seen.state}`);
    }
    const seen = step.healthSeen.find((h) => h.scope === SYSTEM && h.state === 'HEALTHY');
    const said = file.health.find((h) => h.scope === SYSTEM && h.version === seen?.version);
    if (said && said.state !== 'HEALTHY') found.fail(`step ${step.index} claims to have seen SYSTEM HEALTHY`);
  }
}

function judge(file: CaseFile, scope: string, found: Findings): void {
  const { windowStart, windowEnd } = file.evaluation;
  const seen = statesDuring(file.health, scope, windowStart, windowEnd);
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined) {
    found.unknown(`nothing is known of ${scope} before the job`); // AUDIT-006
    return;
  }
  if (seen.includes('UNKNOWN')) found.unknown(`${scope} was UNKNOWN in the window`);
  const isWorse = file.kind === 'ROLLBACK' ? RANK[last] > RANK[first] : seen.some((s) => RANK[s] > 0);
  if (isWorse) found.fail(`${scope} was ${[...new Set(seen)].join(', then ')}`);
}

/** States of a scope from the one in force at `from` up to `to`; empty if none was in force. A scope may inherit SYSTEM. */
function statesDuring(health: readonly HealthFile[], scope: string, from: number, to: number): readonly HealthState[] {
  const own = health.filter((h) => h.scope === scope && h.at <= to);
  const before = own.findLast((h) => h.at <= from);
  if (!before) return [];
  const during = own.filter((h) => h.at > from);
  if (scope === SYSTEM) return [before, ...during].map((h) => h.state);
  const isInheriting = [before, ...during].some((h) => h.basis === 'inherited');
  const inherited = isInheriting ? statesDuring(health, SYSTEM, from, to) : [];
  if (isInheriting && inherited.length === 0) return [];
  const stated = [before, ...during].filter((h) => h.basis === 'own').map((h) => h.state);
  return before.basis === 'inherited' ? [...inherited, ...stated] : [...stated, ...inherited];
}

/** Versions that are missing, silence of SYSTEM, and an end that is older than what the evaluation rests on. */
function gapsIn(file: CaseFile, scopes: readonly string[]): readonly string[] {
  const gaps: string[] = [];
  const { windowEnd, healthVersion } = file.evaluation;
  const system = file.health.filter((h) => h.scope === SYSTEM);
  const last = system.find((h) => h.version === healthVersion);
  if (!last) gaps.push(`SYSTEM version ${healthVersion}, on which the evaluation rests, is not in the evidence`);
  else if (last.at < windowEnd) gaps.push('SYSTEM was last said before the window ended');
  for (const scope of scopes) {
    const versions = file.health.filter((h) => h.scope === scope).map((h) => h.version);
    const missing = versions.slice(1).some((v, i) => v !== (versions[i] as number) + 1);
    if (missing) gaps.push(`versions of ${scope} are missing`);
    const listed = last?.scopeVersions.find((s) => s.scope === scope)?.version;
    if (listed === undefined) gaps.push(`SYSTEM lists no version of ${scope}`);
    else if ((versions.at(-1) ?? 0) < listed) gaps.push(`${scope} version ${listed} is not in the evidence`);
  }
  for (const [i, said] of system.entries()) {
    const next = system[i + 1];
    const isOver = next !== undefined && next.at > (said.validUntil ?? 0) && next.at > file.evaluation.windowStart;
    if (isOver) gaps.push(`SYSTEM was silent from ${said.validUntil} to ${next.at}`); // HEALTH-001
  }
  return gaps;
}
