import type { JobFile } from '../case-file';
import {
  answers,
  type Bend,
  CHANGE,
  capability,
  FIRST,
  GOOD,
  GOOD_ROLLBACK,
  job,
  other,
  result,
  without,
  withStep,
} from '../testing';

describe('A-001: every step inside the scope', () => {
  it.each<[string, Bend, string]>([
    ['a step that is not approved', withStep({ change: other }), 'FAIL'],
    ['a step twice', { job: job({ steps: [...job().steps, ...job().steps] }) }, 'FAIL'],
    ['a step left out', { job: job({ steps: [] }) }, 'FAIL'],
    ['another plan', { job: job({ planDigest: 'bb' }) }, 'FAIL'],
    ['another contract', { job: job({ contractId: 'c2' }) }, 'FAIL'],
    [
      'a value changed beside the plan',
      { registry: { ...GOOD.registry, changes: [capability({ values: { hops: 5, width: 9 } })] } },
      'FAIL',
    ],
    [
      'a capability beside the plan',
      {
        registry: {
          ...GOOD.registry,
          changes: [capability({ capability: 'billing', version: 1 })],
          states: new Map([['billing@0', FIRST]]),
        },
      },
      'FAIL',
    ],
    ['a broken INV-1', answers('INV-1', 'NO'), 'FAIL'],
    ['a broken INV-2', answers('INV-2', 'NO'), 'FAIL'],
    ['an unknown INV-2', answers('INV-2', 'UNKNOWN'), 'INCONCLUSIVE'],
    ['no contract', { contract: null }, 'INCONCLUSIVE'],
    ['no job', { job: null }, 'INCONCLUSIVE'],
    ['no state before', without('search@1'), 'INCONCLUSIVE'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-001', bend)).toBe(expected);
  });

  it('holds the job to the targets that the founder allowed', () => {
    const allow = (allowedTargets: string[]): Bend => ({
      contract: GOOD.contract && {
        ...GOOD.contract,
        approval: GOOD.contract.approval && { ...GOOD.contract.approval, allowedTargets },
      },
    });
    expect(result('A-001', allow(['search#hops']))).toBe('PASS');
    expect(result('A-001', allow(['search']))).toBe('PASS');
    expect(result('A-001', allow(['search#width']))).toBe('FAIL');
  });

  it('JOB-004: fails steps that overlap', () => {
    const [step] = job().steps;
    if (!step) throw new Error('no step');
    const secondAt = (startedAt: number) =>
      job({
        steps: [
          { ...step, endedAt: 11_000 },
          { ...step, index: 1, startedAt, endedAt: 12_000 },
        ],
      });
    const contract = GOOD.contract && { ...GOOD.contract, changes: [CHANGE, CHANGE] };
    expect(result('A-001', { job: secondAt(11_000), contract })).toBe('PASS');
    expect(result('A-001', { job: secondAt(10_999), contract })).toBe('FAIL');
  });

  it('JOB-006: fails a rollback that leaves a completed step out', () => {
    const left = { ...(GOOD_ROLLBACK.job as JobFile), steps: [] };
    expect(result('A-001', { job: left }, GOOD_ROLLBACK)).toBe('FAIL');
    expect(result('A-001', { undone: null }, GOOD_ROLLBACK)).toBe('INCONCLUSIVE');
  });

  it('fails a rollback that undoes what was never approved', () => {
    const steps = (GOOD_ROLLBACK.job as JobFile).steps.map((s) => ({ ...s, change: other }));
    expect(result('A-001', { job: { ...(GOOD_ROLLBACK.job as JobFile), steps } }, GOOD_ROLLBACK)).toBe('FAIL');
  });
});
