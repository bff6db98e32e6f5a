import type { Change, Json } from '@mandate/contracts';
import fc from 'fast-check';
import { anyCase, type Case } from '../testing/cases';
import { judge } from './judge';

/*
 * The gate once more, written from the table of the rules and without any of its code: slow, short, and the judge of the
 * judge. It knows the few schemas that the generated facts use.
 */
const DAY = 86_400_000;

function failingByTheTable({ judged, facts }: Case): string[] {
  const { confidence_min, sources_allowed, rival_window_ms } = facts.rules.parameters;
  const touched = [...judged.affected_capabilities, ...judged.suggested_changes.map((c) => c.capability)];
  const fails: Record<string, boolean> = {
    'E-104': facts.system_health !== 'HEALTHY',
    'E-101': judged.severity === 'critical' && judged.recommended_action !== 'escalate',
    'E-102': facts.capabilities.some((c) => c.frozen && touched.includes(c.name)),
    'E-001': !(judged.confidence_score >= confidence_min && judged.confidence_score <= 1),
    'E-002':
      judged.affected_capabilities.length === 0 ||
      judged.unknown_capabilities.length > 0 ||
      judged.affected_capabilities.some((name) => !facts.capabilities.some((c) => c.exists && c.name === name)),
    'E-003': facts.signals.some(
      (s) => ['SYSTEM', ...touched].includes(s.scope) && (s.expires_at === null || s.expires_at > facts.now),
    ),
    'E-004': ['unknown', 'escalation'].includes(judged.issue_type) || judged.recommended_action !== 'create_contract',
    'E-005': !sources_allowed.includes(judged.source),
    'E-006': facts.rivals.some(
      (r) =>
        judged.suggested_changes.flatMap(places).includes(r.target) &&
        r.since > facts.now - rival_window_ms &&
        !(r.contract_id !== null && r.contract_id === judged.contract_id) &&
        !(judged.revision > 0 && r.issue_id === judged.issue_id),
    ),
    'E-007': !isConcrete({ judged, facts }),
  };
  return Object.keys(fails).filter((id) => fails[id]);
}

const settings = (c: Change) => (c.kind === 'configuration_update' ? [c.setting] : 'settings' in c ? c.settings : []);
const isToggle = (c: Change) => c.kind === 'capability_enable' || c.kind === 'capability_disable';
const places = (c: Change) => (isToggle(c) ? [c.capability] : settings(c).map((s) => `${c.capability}#${s.key}`));

function isConcrete({ judged, facts }: Case): boolean {
  const { suggested_changes: changes, affected_capabilities: affected } = judged;
  const all = changes.flatMap(places);
  if (changes.length === 0 || all.length !== new Set(all).size) return false;
  if ([...new Set(changes.map((c) => c.capability))].sort().join() !== [...affected].sort().join()) return false;
  return changes.every((change) => {
    const state = facts.capabilities.find((c) => c.name === change.capability);
    if (!state?.exists) return false;
    if ('prior' in change) {
      const { prior } = change;
      if (prior.enabled !== state.enabled || prior.lifecycle !== state.lifecycle) return false;
      if (change.kind === 'capability_disable') return prior.enabled;
      return !prior.enabled || change.lifecycle !== prior.lifecycle;
    }
    const wanted = settings(change);
    return (
      wanted.length > 0 &&
      wanted.every(({ key, old, new: value }) => {
        const known = state.keys.find((k) => k.key === key);
        if (!known || known.value !== old || old === value || !accepts(known.schema, value)) return false;
        return accepts(known.schema, old) || state.irreversible_allowed.includes(change.kind);
      })
    );
  });
}

function accepts(schema: { readonly [keyword: string]: Json }, value: Json): boolean {
  if (schema['type'] === 'string') return (schema['enum'] as string[]).includes(value as string);
  if (schema['type'] !== 'integer') return true;
  const { minimum = -Infinity, maximum = Infinity } = schema as { minimum?: number; maximum?: number };
  return Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
}

describe('the gate and a model of its own', () => {
  it('ELIG-001, ELIG-003, ELIG-004, ELIG-005: agree on every rule, for all proposals and facts', () => {
    const seen = { MAY: 0, MAY_NOT: 0 };
    const failed = new Set<string>();
    fc.assert(
      fc.property(anyCase, (one) => {
        const { rules, verdict, first_failing_rule } = judge(one.judged, one.facts);
        const failing = rules.filter((r) => !r.passed).map((r) => r.id);
        expect(failing).toEqual(failingByTheTable(one));
        expect(first_failing_rule).toBe(failing[0] ?? null);
        seen[verdict]++;
        for (const id of failing) failed.add(id);
      }),
      { numRuns: 3_000, seed: DAY },
    );
    // Neither answer is rare in what is generated, and every rule has failed somewhere.
    expect(Math.min(seen.MAY, seen.MAY_NOT)).toBeGreaterThan(100);
    expect(failed.size).toBe(10);
  });
});
