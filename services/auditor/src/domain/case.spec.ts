import fc from 'fast-check';
import type { Audit } from './audit';
import { type CaseState, decideCase } from './case';

const periods = { waitMs: 300_000, retryMs: 30_000, inconclusiveMs: 604_800_000 };
const state = (more: Partial<CaseState> = {}): CaseState => ({
  attempts: 0,
  isClosed: false,
  hasFailed: false,
  receivedAt: 0,
  resolveBy: null,
  isAnswered: false,
  ...more,
});
const asked = (more: Partial<CaseState>) => state({ attempts: 2, resolveBy: 1_000, ...more });
const audited = (verdict: Audit['verdict']): Audit => ({ verdict, checks: [], reason: 'r' });

describe('a case', () => {
  it('AUDIT-001: is concluded at once when nothing is missing', () => {
    expect(decideCase(state(), audited('PASS'), [], periods, 10)).toEqual({
      kind: 'conclude',
      verdict: 'PASS',
      isFinal: true,
      reason: 'r',
      nextAt: null,
      resolveBy: null,
    });
  });

  it('waits for evidence, up to five minutes', () => {
    expect(decideCase(state(), audited('INCONCLUSIVE'), ['x'], periods, 10)).toMatchObject({ kind: 'wait' });
    expect(decideCase(state(), audited('INCONCLUSIVE'), ['x'], periods, 300_000)).toMatchObject({
      kind: 'conclude',
      isFinal: false,
      nextAt: 330_000,
    });
  });

  it('does not let a failed job wait for long', () => {
    expect(decideCase(state({ hasFailed: true }), audited('FAIL'), ['x'], periods, 10_000)).toMatchObject({
      verdict: 'FAIL',
      nextAt: null,
    });
  });

  it('is tried once more when inconclusive, then final, and FAIL when nobody resolves it', () => {
    const first = decideCase(state(), audited('INCONCLUSIVE'), [], periods, 0);
    expect(first).toMatchObject({ verdict: 'INCONCLUSIVE', isFinal: false, nextAt: 30_000 });
    const second = decideCase(state({ attempts: 1 }), audited('INCONCLUSIVE'), ['x'], periods, 30_000);
    expect(second).toMatchObject({
      verdict: 'INCONCLUSIVE',
      isFinal: true,
      nextAt: 604_830_000,
      resolveBy: 604_830_000,
    });
    const third = decideCase(
      state({ attempts: 2, resolveBy: 604_830_000 }),
      audited('INCONCLUSIVE'),
      [],
      periods,
      604_830_000,
    );
    expect(third).toMatchObject({ verdict: 'FAIL', isFinal: true, nextAt: null });
  });

  it('passes on the second try if the evidence has come', () => {
    expect(decideCase(state({ attempts: 1 }), audited('PASS'), [], periods, 30_000)).toMatchObject({
      verdict: 'PASS',
      isFinal: true,
    });
  });

  it('AM-14: says FAIL after seven days even if it would pass now', () => {
    expect(decideCase(asked({}), audited('PASS'), [], periods, 1_000)).toMatchObject({ verdict: 'FAIL' });
    expect(decideCase(asked({}), audited('PASS'), [], periods, 999)).toEqual({ kind: 'wait', until: 1_000 });
  });

  it('AM-04: is looked at again with what a founder attested, and ends on it', () => {
    const answered = asked({ isAnswered: true });
    expect(decideCase(answered, audited('PASS'), [], periods, 10)).toMatchObject({ verdict: 'PASS', nextAt: null });
    expect(decideCase(answered, audited('FAIL'), [], periods, 10)).toMatchObject({ verdict: 'FAIL', nextAt: null });
    expect(decideCase(answered, audited('PASS'), [], periods, 2_000)).toMatchObject({ verdict: 'PASS', nextAt: null });
  });

  it('AM-04: asks again, without more time, when what was attested is not all that cannot be told', () => {
    const again = decideCase(asked({ isAnswered: true }), audited('INCONCLUSIVE'), [], periods, 10);
    expect(again).toMatchObject({ verdict: 'INCONCLUSIVE', isFinal: true, nextAt: 1_000, resolveBy: 1_000 });
  });

  it('AUDIT-004: says nothing more once it is closed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Audit['verdict']>('PASS', 'FAIL', 'INCONCLUSIVE'),
        fc.nat(5),
        fc.nat(),
        (verdict, attempts, now) => {
          expect(decideCase(state({ isClosed: true, attempts }), audited(verdict), [], periods, now)).toEqual({
            kind: 'nothing',
          });
        },
      ),
    );
  });
});
