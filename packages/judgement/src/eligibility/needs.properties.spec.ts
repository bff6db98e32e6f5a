import type { Change, Json, Lifecycle } from '@mandate/contracts';
import fc from 'fast-check';
import { satisfies } from '../json/schema-check';
import { anyCase, type Case } from '../testing/cases';
import { freeze, HOUR_MS, NOON, rival } from '../testing/proposals';
import type { CapabilityFact, KeyFact } from './facts';
import { judge } from './judge';
import type { Condition } from './verdict';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Want = Record<string, Json>;
const SPARE = 'spare';

/** Changes exactly what the needs of a verdict name, knowing nothing of the rules. */
class Fulfilment {
  readonly judged: Mutable<Case['judged']>;
  readonly facts: Mutable<Case['facts']>;
  private spareKeys = 0;

  constructor({ judged, facts }: Case) {
    this.judged = { ...judged };
    this.facts = { ...facts };
  }

  meet({ fact, of, have, want: wanted }: Condition): void {
    const want = wanted as Want;
    const [name = SPARE, key = ''] = (of ?? '').split('#');
    const { judged, facts } = this;
    switch (fact) {
      case 'system_health':
        facts.system_health = want['equals'] as 'HEALTHY';
        break;
      case 'severity':
      case 'issue_type':
      case 'source':
        Object.assign(judged, { [fact]: (want['one_of'] as Json[])[0] });
        break;
      case 'recommended_action':
      case 'unknown_capabilities':
        Object.assign(judged, { [fact]: want['equals'] });
        break;
      case 'confidence_score':
        judged.confidence_score = want['at_least'] as number;
        break;
      case 'frozen':
        this.capability(name, { frozen: false });
        break;
      case 'in_registry':
        this.capability(name, { exists: true });
        break;
      case 'irreversible_allowed':
        this.capability(name, { irreversible_allowed: [...(have as []), want['includes'] as Change['kind']] });
        break;
      case 'enablement':
        this.capability(name, want['equals'] as { enabled: boolean; lifecycle: Lifecycle });
        break;
      case 'value':
        this.key(name, key, { value: want['equals'] as Json });
        break;
      case 'key':
        this.key(name, key, { schema: {}, value: want['value'] as Json });
        break;
      case 'signal':
        facts.signals = facts.signals.filter((s) => s.scope !== of || !alike(s, have));
        break;
      case 'rival':
        facts.rivals = facts.rivals.filter((r) => r.target !== of || !alike(r, have));
        break;
      default:
        this.meetOfChanges(fact, of, want);
    }
  }

  private meetOfChanges(fact: string, of: string | null, want: Want): void {
    const { judged } = this;
    switch (fact) {
      case 'affected_capabilities':
        if (want['equals']) judged.affected_capabilities = want['equals'] as string[];
        else {
          judged.affected_capabilities = [SPARE];
          this.capability(SPARE, {});
        }
        break;
      case 'suggested_changes':
        judged.suggested_changes = judged.affected_capabilities.map((name) => this.spareChange(name));
        break;
      case 'settings':
        judged.suggested_changes = judged.suggested_changes.map((c) =>
          c.kind === 'parameter_change' && c.capability === of && c.settings.length === 0 ? this.spareChange(of) : c,
        );
        break;
      case 'changes':
        judged.suggested_changes = once(judged.suggested_changes, of as string);
        break;
      case 'new_value': {
        const value = CANDIDATES.find(
          (v) => satisfies(want['schema'] as KeyFact['schema'], v) && v !== want['other_than'],
        );
        if (value === undefined) throw new Error(`nothing fits ${JSON.stringify(want)}`);
        this.eachSetting((s, target) => (target === of ? { ...s, new: value } : s));
        break;
      }
      case 'new_enablement':
        judged.suggested_changes = judged.suggested_changes.map((c) => (c.capability === of ? turned(c) : c));
        break;
      default:
        throw new Error(`a need names ${fact}, which nobody knows how to meet`);
    }
  }

  private capability(name: string, change: Partial<CapabilityFact>): CapabilityFact {
    const fresh: CapabilityFact = {
      ...{
        name,
        exists: true,
        frozen: false,
        enabled: true,
        lifecycle: 'LAUNCHED',
        irreversible_allowed: [],
        keys: [],
      },
    };
    const one = { ...(this.facts.capabilities.find((c) => c.name === name) ?? fresh), ...change };
    this.facts.capabilities = [...this.facts.capabilities.filter((c) => c.name !== name), one];
    return one;
  }

  private key(name: string, key: string, change: Partial<KeyFact>): void {
    const { keys } = this.capability(name, {});
    const one = { key, schema: {}, value: null, ...keys.find((k) => k.key === key), ...change };
    this.capability(name, { keys: [...keys.filter((k) => k.key !== key), one] });
  }

  private spareChange(capability: string): Change {
    const key = `spare_${this.spareKeys++}`;
    this.key(capability, key, { value: 1 });
    return { kind: 'configuration_update', capability, setting: { key, old: 1, new: 2 } };
  }

  private eachSetting(map: (s: { key: string; old: Json; new: Json }, target: string) => typeof s): void {
    this.judged.suggested_changes = this.judged.suggested_changes.map((c): Change => {
      if (c.kind === 'configuration_update')
        return { ...c, setting: map(c.setting, `${c.capability}#${c.setting.key}`) };
      if (c.kind !== 'parameter_change') return c;
      return { ...c, settings: c.settings.map((s) => map(s, `${c.capability}#${s.key}`)) };
    });
  }
}

const CANDIDATES: readonly Json[] = [1, 2, 3, 'a', 'b'];

const alike = (one: object, have: Json): boolean =>
  Object.entries(have as Want).every(([name, value]) => (one as Want)[name] === value);

/** Keeps the first change of a target. */
function once(changes: readonly Change[], target: string): readonly Change[] {
  let isTaken = false;
  const take = (here: string): boolean => {
    if (here !== target) return true;
    const isFirst = !isTaken;
    isTaken = true;
    return isFirst;
  };
  return changes.flatMap((c): Change[] => {
    if (c.kind === 'configuration_update') return take(`${c.capability}#${c.setting.key}`) ? [c] : [];
    if (c.kind !== 'parameter_change') return take(c.capability) ? [c] : [];
    const settings = c.settings.filter((s) => take(`${c.capability}#${s.key}`));
    return settings.length > 0 || c.settings.length === 0 ? [{ ...c, settings }] : [];
  });
}

function turned(change: Change): Change {
  const { capability } = change;
  if (change.kind === 'capability_enable')
    return { kind: 'capability_disable', capability, reason: 'r', prior: change.prior };
  if (change.kind !== 'capability_disable') return change;
  return { kind: 'capability_enable', capability, lifecycle: change.prior.lifecycle, prior: change.prior };
}

describe('what a verdict says it would need', () => {
  it('ELIG-002: is exact: with what every failing rule names, and nothing else changed, the verdict is MAY', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const before = judge(one.judged, one.facts);
        const better = new Fulfilment(one);
        for (const { need } of before.rules) for (const condition of need?.conditions ?? []) better.meet(condition);
        const after = judge(better.judged, better.facts);
        expect(after.rules.filter((r) => !r.passed)).toEqual([]);
        expect(after.verdict).toBe('MAY');
      }),
      { numRuns: 3_000 },
    );
  });

  it('ELIG-002: is never empty, says it in words, and names what there is now', () => {
    fc.assert(
      fc.property(anyCase, ({ judged, facts }) => {
        for (const { need } of judge(judged, facts).rules.filter((r) => !r.passed)) {
          expect(need?.text.length).toBeGreaterThan(10);
          expect(need?.conditions.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('E-003, E-006: when it says from when on trying again helps, the same words pass then and not a moment before', () => {
    const timely = anyCase.map(({ judged, facts }) => ({
      judged,
      facts: {
        ...facts,
        signals: [...facts.signals, freeze('SYSTEM', NOON + 5 * HOUR_MS)],
        rivals: [...facts.rivals, rival('alpha#k', NOON - HOUR_MS)],
      },
    }));
    let tried = 0;
    fc.assert(
      fc.property(timely, ({ judged, facts }) => {
        const { rules, retry } = judge(judged, facts);
        const failing = rules.filter((r) => !r.passed);
        if (retry.at === null || failing.some((r) => r.need?.retry_at === null)) return;
        tried++;
        expect(judge(judged, { ...facts, now: retry.at }).verdict).toBe('MAY');
        expect(judge(judged, { ...facts, now: retry.at - 1 }).verdict).toBe('MAY_NOT');
      }),
      { numRuns: 1_000 },
    );
    expect(tried).toBeGreaterThan(10);
  });
});
