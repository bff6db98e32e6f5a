import fc from 'fast-check';
import { audit } from './audit';
import type { CaseFile } from './case-file';
import { missingOf } from './completeness';
import {
  answers,
  type Bend,
  capability,
  GOOD,
  GOOD_ROLLBACK,
  other,
  said,
  without,
  withState,
  withStep,
} from './testing';

describe('an audit', () => {
  it('AUDIT-002: passes when every check holds', () => {
    const passed = audit(GOOD, false);
    expect(passed.checks.filter((c) => c.result !== 'PASS')).toEqual([]);
    expect(passed).toMatchObject({ verdict: 'PASS', reason: 'Every check holds.' });
    expect(passed.checks.map((c) => c.id)).toEqual([
      'A-001',
      'A-002',
      'A-003',
      'A-004',
      'A-005',
      'A-006',
      'A-007',
      'CHAIN',
      'APPROVAL',
      'ELIGIBILITY',
    ]);
  });

  it('AM-11: fails for a job that failed, whatever its checks say', () => {
    expect(audit(GOOD, true)).toMatchObject({ verdict: 'FAIL', reason: 'the job failed' });
  });

  it('fails if any check fails, and is inconclusive if one is and none fails', () => {
    expect(audit({ ...GOOD, ...answers('INV-3', 'NO'), eligibility: null }, false).verdict).toBe('FAIL');
    expect(audit({ ...GOOD, eligibility: null }, false).verdict).toBe('INCONCLUSIVE');
  });

  const word = { decisionId: 'd1', founder: 'ada', checks: ['ELIGIBILITY', 'A-003'], reason: 'lost in the restore' };
  it("AM-04: what cannot be told holds on a founder's word, which stands in the evidence", () => {
    const attested = audit({ ...GOOD, eligibility: null }, false, [word]);
    expect(attested.verdict).toBe('PASS');
    expect(attested.checks.find((c) => c.id === 'ELIGIBILITY')?.evidence).toMatchObject({
      attested: { founder: 'ada', reason: 'lost in the restore', decision_id: 'd1' },
    });
    const other = { ...word, checks: ['A-001'] };
    expect(audit({ ...GOOD, eligibility: null }, false, [other]).verdict).toBe('INCONCLUSIVE');
  });

  it('AM-04, AUDIT-004: a FAIL cannot be attested', () => {
    const all = { ...word, checks: audit(GOOD, false).checks.map((c) => c.id) };
    expect(audit({ ...GOOD, ...answers('INV-3', 'NO') }, false, [all]).verdict).toBe('FAIL');
    expect(audit(GOOD, true, [all]).verdict).toBe('FAIL');
  });

  it('asks a rollback neither A-004 nor A-005', () => {
    const passed = audit(GOOD_ROLLBACK, false);
    expect(passed.checks.filter((c) => c.result !== 'PASS')).toEqual([]);
    expect(passed.checks.map((c) => c.id)).not.toContain('A-004');
    expect(passed.checks.map((c) => c.id)).not.toContain('A-005');
  });
});

describe('evidence that is missing', () => {
  it('is named while it may still come', () => {
    expect(missingOf(GOOD)).toEqual([]);
    expect(missingOf(GOOD_ROLLBACK)).toEqual([]);
    expect(missingOf({ ...GOOD, contract: null, health: [] })).toEqual(['the contract', 'SYSTEM version 3']);
    expect(missingOf({ ...GOOD, ...without('search@2') })).toEqual(['search@2']);
  });

  /** Everything that a case may lack, each taken from a case. */
  const removals = (file: CaseFile): ((f: CaseFile) => CaseFile)[] => [
    (f) => ({ ...f, contract: null }),
    (f) => ({ ...f, job: null }),
    ...(file.undone ? [(f: CaseFile) => ({ ...f, undone: null })] : []),
    (f) => ({ ...f, eligibility: null }),
    (f) => ({ ...f, evaluation: { ...f.evaluation, invariants: [] } }),
    ...file.health.map((_, i) => (f: CaseFile) => ({ ...f, health: f.health.filter((__, n) => n !== i) })),
    ...file.chain.hops.map((_, i) => (f: CaseFile) => ({
      ...f,
      chain: {
        ...f.chain,
        hops: f.chain.hops.filter((__, n) => n !== i),
        missing: [...f.chain.missing, f.chain.hops[i]?.digest ?? ''],
      },
    })),
    ...file.registry.changes.map((_, i) => (f: CaseFile) => {
      const gone = f.registry.changes[i];
      if (!gone) return f;
      const states = new Map([...f.registry.states].filter(([n]) => n !== `${gone.capability}@${gone.version}`));
      return {
        ...f,
        registry: {
          changes: f.registry.changes.filter((c) => c !== gone),
          missing: [...f.registry.missing, gone.registryVersion],
          states,
        },
      };
    }),
    ...[...file.registry.states.keys()].map((name) => (f: CaseFile) => ({
      ...f,
      registry: { ...f.registry, states: new Map([...f.registry.states].filter(([n]) => n !== name)) },
    })),
  ];

  const bends: readonly Bend[] = [
    {},
    withStep({ change: other }),
    withStep({ endedAt: 60_001 }),
    withStep({ inverse: null }),
    withState('search@2', { values: { hops: 6, width: 1 } }),
    answers('INV-3', 'NO'),
    answers('INV-5', 'UNKNOWN'),
    {
      health: [
        ...GOOD.health.slice(0, -2),
        said({ version: 2, at: 15_000, state: 'UNHEALTHY' }),
        ...GOOD.health.slice(-1),
      ],
    },
    {
      registry: {
        ...GOOD.registry,
        changes: [
          capability(),
          capability({ registryVersion: 9, version: 1, capability: 'x', contractId: null, cited: null }),
        ],
      },
    },
    { chain: { ...GOOD.chain, hops: GOOD.chain.hops.map((h, i) => (i === 5 ? { ...h, problem: 'NO_EDGE' } : h)) } },
  ];

  it.each([
    ['a change', GOOD],
    ['a rollback', GOOD_ROLLBACK],
  ])('AUDIT-006: never turns a FAIL or INCONCLUSIVE on %s into a PASS', (_, whole) => {
    const some = fc.subarray([...Array(40).keys()], { minLength: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...bends), some, (bend, which) => {
        const file = { ...whole, ...bend };
        const take = removals(file);
        const less = which.flatMap((i) => take[i] ?? []).reduceRight((f, t) => t(f), file);
        fc.pre(audit(file, false).verdict !== 'PASS');
        expect(audit(less, false).verdict).not.toBe('PASS');
      }),
    );
  });

  it.each([
    ['a change', GOOD],
    ['a rollback', GOOD_ROLLBACK],
  ])('AUDIT-006: whatever is taken from %s, it no longer passes', (_, whole) => {
    for (const [i, take] of removals(whole).entries()) {
      expect({ removal: i, verdict: audit(take(whole), false).verdict }).toEqual({
        removal: i,
        verdict: 'INCONCLUSIVE',
      });
    }
  });
});
