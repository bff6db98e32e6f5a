import type { Change } from '@mandate/contracts';
import fc from 'fast-check';
import { type CapabilityRecord, type EvaluationFacts, evaluate, type ScopeWatched } from './evaluation';
import type { LiveState } from './plan-outcome';

const change: Change = { kind: 'configuration_update', capability: 'search', setting: { key: 'hops', old: 3, new: 5 } };
const before = { enabled: true, lifecycle: 'LAUNCHED', values: { hops: 3 } };
const ended = (values: LiveState['values']) =>
  new Map<string, LiveState>([
    ['search@1', before],
    ['search@2', { ...before, values }],
  ]);
const after = { ...before, values: { hops: 5 } };
const scope = (more: Partial<ScopeWatched> = {}): ScopeWatched => ({
  scope: 'SYSTEM',
  before: 'HEALTHY',
  after: 'HEALTHY',
  worst: 'HEALTHY',
  samples: 5,
  ...more,
});
const record = (more: Partial<CapabilityRecord> = {}): CapabilityRecord => ({
  ...after,
  capability: 'search',
  version: 2,
  registryVersion: 8,
  cause: 'CHANGE',
  contractId: 'c1',
  citesOwn: true,
  frozen: false,
  keySchemas: { hops: { type: 'integer' } },
  ...more,
});
const good: EvaluationFacts = {
  job: {
    contractId: 'c1',
    kind: 'CHANGE',
    isCompleted: true,
    planDigest: 'aa',
    capabilities: [{ capability: 'search', before: 1, after: 2 }],
  },
  contract: { contractId: 'c1', planDigest: 'aa', capabilities: ['search'], changes: [change] },
  scopes: [scope(), scope({ scope: 'search' })],
  changes: [record()],
  isHistoryWhole: true,
  states: new Map([
    ['search@1', before],
    ['search@2', after],
  ]),
  undone: null,
  others: new Map(),
  signals: [],
  isValid: (schema, value) => schema.type === 'integer' && Number.isInteger(value),
};
const holds = (facts: Partial<EvaluationFacts>, id: string) =>
  evaluate({ ...good, ...facts }).invariants.find((i) => i.id === id)?.holds;

describe('the evaluation of a job', () => {
  it('answers YES three times when all is well', () => {
    const evaluation = evaluate(good);
    expect(evaluation).toMatchObject({ capabilitiesHealthy: 'YES', executionMatched: 'YES' });
    expect(evaluation.invariants.map((i) => `${i.id} ${i.holds}`)).toEqual([
      'INV-1 YES',
      'INV-2 YES',
      'INV-3 YES',
      'INV-4 YES',
      'INV-5 YES',
    ]);
  });

  it('says NO to "remained healthy" when a scope was ill in between, and UNKNOWN when it was not seen', () => {
    expect(evaluate({ ...good, scopes: [scope({ worst: 'DEGRADED' })] }).capabilitiesHealthy).toBe('NO');
    expect(evaluate({ ...good, scopes: [scope({ worst: 'UNKNOWN' })] }).capabilitiesHealthy).toBe('UNKNOWN');
    expect(evaluate({ ...good, scopes: [] }).capabilitiesHealthy).toBe('UNKNOWN');
  });

  it('PART2-003: has no place for what a job says about health', () => {
    const job = { ...good.job, health_seen: [{ scope: 'SYSTEM', state: 'HEALTHY' }] };
    expect(evaluate({ ...good, job, scopes: [scope({ worst: 'UNHEALTHY' })] }).capabilitiesHealthy).toBe('NO');
  });

  describe('PART2-005 INV-1: no frozen capability changed', () => {
    it('is broken by a change or a rollback of one', () => {
      expect(holds({ changes: [record({ frozen: true })] }, 'INV-1')).toBe('NO');
      expect(holds({ changes: [record({ frozen: true, cause: 'ROLLBACK' })] }, 'INV-1')).toBe('NO');
    });
    it('is not broken by its definition', () => {
      expect(holds({ changes: [record({ frozen: true, cause: 'DEFINITION', contractId: null })] }, 'INV-1')).toBe(
        'YES',
      );
    });
    it('is not known with a gap in the history', () => {
      expect(holds({ isHistoryWhole: false }, 'INV-1')).toBe('UNKNOWN');
    });
  });

  describe('PART2-005 INV-2: every change is inside its contract', () => {
    it('is broken outside the scope', () => {
      expect(holds({ changes: [record({ capability: 'billing' })] }, 'INV-2')).toBe('NO');
    });
    it('is broken by a change that cites no contract, or another than it names', () => {
      expect(holds({ changes: [record({ contractId: null })] }, 'INV-2')).toBe('NO');
      expect(holds({ changes: [record({ citesOwn: false })] }, 'INV-2')).toBe('NO');
    });
    it("judges another contract's changes by that contract", () => {
      const others = new Map([
        ['c2', { ...(good.contract as NonNullable<typeof good.contract>), contractId: 'c2', capabilities: ['export'] }],
      ]);
      expect(holds({ changes: [record({ contractId: 'c2', capability: 'export' })], others }, 'INV-2')).toBe('YES');
      expect(holds({ changes: [record({ contractId: 'c2' })], others }, 'INV-2')).toBe('NO');
      expect(holds({ changes: [record({ contractId: 'c3' })], others }, 'INV-2')).toBe('UNKNOWN');
    });
    it('lets a catalogue define', () => {
      expect(holds({ changes: [record({ cause: 'DEFINITION', contractId: null, capability: 'new' })] }, 'INV-2')).toBe(
        'YES',
      );
    });
  });

  describe('PART2-005 INV-3: nobody left HEALTHY', () => {
    it.each([
      [{ worst: 'DEGRADED' }, 'NO'],
      [{ worst: 'UNHEALTHY', after: 'HEALTHY' }, 'NO'],
      [{ before: 'DEGRADED' }, 'NO'],
      [{ worst: 'UNKNOWN' }, 'UNKNOWN'],
      [{ before: 'UNKNOWN', worst: 'UNKNOWN' }, 'UNKNOWN'],
    ] as const)('%j is %s', (more, expected) => {
      expect(holds({ scopes: [scope(), scope({ scope: 'search', ...more })] }, 'INV-3')).toBe(expected);
    });
    it.each([
      [{ before: 'UNHEALTHY', worst: 'UNHEALTHY', after: 'HEALTHY' }, 'YES'],
      [{ before: 'UNHEALTHY', worst: 'UNHEALTHY', after: 'UNHEALTHY' }, 'YES'],
      [{ before: 'HEALTHY', worst: 'UNHEALTHY', after: 'UNHEALTHY' }, 'NO'],
      [{ before: 'HEALTHY', worst: 'UNKNOWN', after: 'UNKNOWN' }, 'UNKNOWN'],
    ] as const)('AM-16: after a rollback %j is %s', (more, expected) => {
      expect(holds({ job: { ...good.job, kind: 'ROLLBACK' }, scopes: [scope(more)] }, 'INV-3')).toBe(expected);
    });
  });

  describe('PART2-005 INV-4: every value validates its schema', () => {
    it('is broken by a value outside it, and by a key without one', () => {
      expect(holds({ changes: [record({ values: { hops: 'five' } })] }, 'INV-4')).toBe('NO');
      expect(holds({ changes: [record({ values: { depth: 5 } })] }, 'INV-4')).toBe('NO');
    });
    it('is not broken by a key that has no value', () => {
      expect(holds({ changes: [record({ values: { hops: null } })] }, 'INV-4')).toBe('YES');
    });
  });

  it('PART2-005 INV-5: is broken by a blocking signal that appeared on a watched scope', () => {
    const signal = { scope: 'search', kind: 'freeze', author: 'sam', reason: 'stop', raisedAt: 5 };
    expect(holds({ signals: [signal] }, 'INV-5')).toBe('NO');
    expect(holds({ signals: [{ ...signal, scope: 'billing' }] }, 'INV-5')).toBe('YES');
  });

  describe('did execution match the proposal', () => {
    const matched = (facts: Partial<EvaluationFacts>) => evaluate({ ...good, ...facts }).executionMatched;
    it.each<[string, Partial<EvaluationFacts>, string]>([
      ['another plan', { job: { ...good.job, planDigest: 'bb' } }, 'NO'],
      ['a failed job', { job: { ...good.job, isCompleted: false } }, 'NO'],
      [
        'another value',
        {
          states: ended({ hops: 6 }),
        },
        'NO',
      ],
      [
        'a value beside the plan',
        {
          states: ended({ hops: 5, x: 1 }),
        },
        'NO',
      ],
      ['a state that is not known', { states: new Map([['search@1', before]]) }, 'UNKNOWN'],
      ['no versions', { job: { ...good.job, capabilities: [] } }, 'UNKNOWN'],
      ['no contract', { contract: null }, 'UNKNOWN'],
    ])('%s', (_, facts, expected) => {
      expect(matched(facts)).toBe(expected);
    });

    it('asks of a rollback whether the state is the one before the change', () => {
      const job = {
        ...good.job,
        kind: 'ROLLBACK' as const,
        capabilities: [{ capability: 'search', before: 2, after: 3 }],
      };
      const states = new Map([...good.states, ['search@3', before] as const]);
      expect(matched({ job, states, undone: good.job })).toBe('YES');
      expect(matched({ job, states: new Map([...states, ['search@3', after] as const]), undone: good.job })).toBe('NO');
      expect(matched({ job, states, undone: null })).toBe('UNKNOWN');
      expect(
        matched({ job: { ...job, capabilities: [] }, states: good.states, undone: { ...good.job, capabilities: [] } }),
      ).toBe('YES');
    });
  });

  it('never answers more kindly when less is known', () => {
    const rank = { NO: 0, UNKNOWN: 1, YES: 2 } as const;
    const state = fc.constantFrom('HEALTHY', 'DEGRADED', 'UNHEALTHY', 'UNKNOWN');
    const facts = fc.record({
      scopes: fc.array(
        fc.record({
          scope: fc.constantFrom('SYSTEM', 'search'),
          before: state,
          after: state,
          worst: state,
          samples: fc.nat(9),
        }),
      ),
      changes: fc.array(
        fc
          .record({ frozen: fc.boolean(), citesOwn: fc.boolean(), capability: fc.constantFrom('search', 'billing') })
          .map((x) => record(x)),
      ),
    });
    const less: readonly ((f: EvaluationFacts) => EvaluationFacts)[] = [
      (f) => ({ ...f, contract: null }),
      (f) => ({ ...f, states: new Map() }),
      (f) => ({ ...f, isHistoryWhole: false, changes: f.changes.slice(1) }),
      (f) => ({ ...f, scopes: f.scopes.map((s) => ({ ...s, before: 'UNKNOWN', after: 'UNKNOWN', worst: 'UNKNOWN' })) }),
    ];
    fc.assert(
      fc.property(facts, fc.constantFrom(...less), (some, take) => {
        const whole = evaluate({ ...good, ...some } as EvaluationFacts);
        const part = evaluate(take({ ...good, ...some } as EvaluationFacts));
        const isKinder = (a: keyof typeof rank, b: keyof typeof rank) => rank[b] === 2 && rank[a] < 2;
        expect(isKinder(whole.capabilitiesHealthy, part.capabilitiesHealthy)).toBe(false);
        expect(isKinder(whole.executionMatched, part.executionMatched)).toBe(false);
        const kinder = whole.invariants.filter((i, n) => isKinder(i.holds, part.invariants[n]?.holds ?? 'NO'));
        expect(kinder).toEqual([]);
      }),
    );
  });
});
