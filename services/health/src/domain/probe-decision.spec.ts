import fc from 'fast-check';
import {
  type Decision,
  decisionOf,
  freshMs,
  isUnsettled,
  NEVER_OBSERVED,
  type ProbeMemory,
  remember,
} from './probe-decision';

const FRESH = 10_000;
const after = (results: readonly Decision[], threshold = 2, stepMs = 1_000): ProbeMemory =>
  results.reduce((memory, r, i) => remember(memory, r, 1_000 + i * stepMs, threshold, FRESH), NEVER_OBSERVED);
const decision = fc.constantFrom<Decision>('OK', 'WARN', 'BLOCKED');

describe('a probe', () => {
  it.each([
    [{ isOk: true, latencyMs: 400 }, 'OK'],
    [{ isOk: true, latencyMs: 401 }, 'WARN'],
    [{ isOk: false, latencyMs: 1 }, 'BLOCKED'],
  ] as const)('decides on a single result: %j is %s', (result, expected) => {
    expect(decisionOf(result, 400)).toBe(expected);
  });

  it('decides at once on its first result', () => {
    expect(after(['BLOCKED']).decision).toBe('BLOCKED');
  });

  it('is not moved by a single odd result', () => {
    expect(after(['OK', 'OK', 'BLOCKED', 'OK']).decision).toBe('OK');
    expect(after(['BLOCKED', 'BLOCKED', 'OK', 'BLOCKED']).decision).toBe('BLOCKED');
  });

  it('is moved by as many results in a row as the threshold says', () => {
    expect(after(['OK', 'BLOCKED', 'BLOCKED'], 3).decision).toBe('OK');
    expect(after(['OK', 'BLOCKED', 'BLOCKED', 'BLOCKED'], 3).decision).toBe('BLOCKED');
  });

  it('is moved to the mildest of results that are all worse, and to the worst of those that are all better', () => {
    expect(after(['OK', 'WARN', 'BLOCKED']).decision).toBe('WARN');
    expect(after(['BLOCKED', 'WARN', 'OK']).decision).toBe('WARN');
  });

  it('decides at once again after silence', () => {
    expect(after(['OK', 'OK', 'BLOCKED'], 2, FRESH + 1).decision).toBe('BLOCKED');
  });

  it('is unsettled exactly while its last result is not its decision', () => {
    expect(isUnsettled(NEVER_OBSERVED)).toBe(false);
    expect(isUnsettled(after(['OK', 'BLOCKED']))).toBe(true);
    expect(isUnsettled(after(['OK', 'BLOCKED', 'BLOCKED']))).toBe(false);
  });

  it('always follows a run of the same result as long as the threshold', () => {
    fc.assert(
      fc.property(fc.array(decision), decision, fc.integer({ min: 1, max: 5 }), (before, run, threshold) => {
        const results = [...before, ...Array.from({ length: threshold }, () => run)];
        expect(after(results, threshold).decision).toBe(run);
      }),
    );
  });

  it('never keeps more results than the threshold', () => {
    fc.assert(
      fc.property(fc.array(decision, { minLength: 1 }), fc.integer({ min: 1, max: 5 }), (results, threshold) => {
        expect(after(results, threshold).recent.length).toBeLessThanOrEqual(threshold);
      }),
    );
  });

  it('counts as observed for three of its rounds, and at least ten seconds', () => {
    expect(freshMs({ interval_ms: 1_000, timeout_ms: 2_000 })).toBe(10_000);
    expect(freshMs({ interval_ms: 30_000, timeout_ms: 2_000 })).toBe(96_000);
  });
});
