import type { Json } from '@mandate/contracts';
import type { Answer, CapabilityRecord, EvaluationFacts, InvariantAnswer, ScopeWatched } from './evaluation';
import type { HealthState } from './scope-state';

/** INV-1…INV-5, in their order (PART2-005). */
export function checkInvariants(facts: EvaluationFacts): readonly InvariantAnswer[] {
  return [frozenUntouched(facts), everyoneInScope(facts), stayedHealthy(facts), valuesValid(facts), unblocked(facts)];
}

/** A message has room for so many entries of a list. */
const SHOWN_MAX = 100;

const isChange = (r: CapabilityRecord): boolean => r.cause === 'CHANGE' || r.cause === 'ROLLBACK';
const named = (records: readonly CapabilityRecord[]): Json =>
  records.slice(0, SHOWN_MAX).map((r) => ({ capability: r.capability, version: r.version, contract_id: r.contractId }));

/** A clean record is a YES only if it is whole. */
const answerOf = (broken: number, isWhole: boolean): Answer => (broken > 0 ? 'NO' : isWhole ? 'YES' : 'UNKNOWN');

/** INV-1: no frozen capability changed. */
function frozenUntouched({ changes, isHistoryWhole }: EvaluationFacts): InvariantAnswer {
  const broken = changes.filter((r) => r.frozen && isChange(r));
  const evidence = { changes: changes.length, frozen_changed: named(broken) };
  return { id: 'INV-1', holds: answerOf(broken.length, isHistoryWhole), evidence };
}

/** INV-2: what cites this contract is inside its scope; everything else cites its own contract or a catalogue. */
function everyoneInScope(facts: EvaluationFacts): InvariantAnswer {
  const { changes, isHistoryWhole, contract, others } = facts;
  const scopeOf = (id: string) => (id === facts.job.contractId ? contract : (others.get(id) ?? null));
  const outside: CapabilityRecord[] = [];
  const unknown: CapabilityRecord[] = [];
  for (const record of changes) {
    if (record.cause === 'DEFINITION' && record.contractId === null) continue;
    if (record.contractId === null || !record.citesOwn) {
      outside.push(record);
      continue;
    }
    const scope = scopeOf(record.contractId);
    if (scope === null) unknown.push(record);
    else if (!scope.capabilities.includes(record.capability)) outside.push(record);
  }
  const isWhole = isHistoryWhole && contract !== null && unknown.length === 0;
  const evidence = { changes: changes.length, outside: named(outside), contract_unknown: named(unknown) };
  return { id: 'INV-2', holds: answerOf(outside.length, isWhole), evidence };
}

const RANK: Readonly<Record<HealthState, number>> = { HEALTHY: 0, UNKNOWN: 0, DEGRADED: 1, UNHEALTHY: 2 };

/**
 * INV-3: neither SYSTEM nor an affected capability left HEALTHY. A rollback starts when health is bad already, so it
 * must not end worse than it started (AM-16).
 */
function stayedHealthy({ job, scopes }: EvaluationFacts): InvariantAnswer {
  const left = scopes.filter((s) => (job.kind === 'ROLLBACK' ? isWorse(s) : RANK[s.worst] > 0 || RANK[s.before] > 0));
  const isKnown = (s: ScopeWatched): boolean =>
    s.after !== 'UNKNOWN' && s.before !== 'UNKNOWN' && (job.kind === 'ROLLBACK' || s.worst !== 'UNKNOWN');
  const isWhole = scopes.length > 0 && scopes.every(isKnown);
  const evidence = scopes.map(({ scope, before, after, worst, samples }) => ({ scope, before, after, worst, samples }));
  return { id: 'INV-3', holds: answerOf(left.length, isWhole), evidence };
}

function isWorse(s: ScopeWatched): boolean {
  return s.before !== 'UNKNOWN' && RANK[s.after] > RANK[s.before];
}

/** INV-4: every value validates its schema. A key without a schema cannot be valid. */
function valuesValid({ changes, isHistoryWhole, isValid }: EvaluationFacts): InvariantAnswer {
  const broken = changes.flatMap((record) =>
    Object.entries(record.values)
      .filter(([key, value]) => {
        if (value === null) return false; // has no value
        const schema = record.keySchemas[key];
        return schema === undefined || !isValid(schema, value);
      })
      .map(([key, value]) => ({ capability: record.capability, version: record.version, key, value })),
  );
  const evidence = { changes: changes.length, invalid: broken.slice(0, SHOWN_MAX) };
  return { id: 'INV-4', holds: answerOf(broken.length, isHistoryWhole), evidence };
}

/** INV-5: no blocking signal appeared on SYSTEM or an affected capability. */
function unblocked({ signals, scopes }: EvaluationFacts): InvariantAnswer {
  const watched = new Set(scopes.map((s) => s.scope));
  const appeared = signals.filter((s) => watched.has(s.scope));
  const evidence = appeared.map((s) => ({ scope: s.scope, kind: s.kind, author: s.author, raised_at: s.raisedAt }));
  return { id: 'INV-5', holds: answerOf(appeared.length, scopes.length > 0), evidence };
}
