import { type Bend, GOOD, job, result, withStep } from '../testing';

describe('A-004: inside the activation window', () => {
  it.each<[string, Bend, string]>([
    ['at its very edges', { job: job({ startedAt: 8_000, endedAt: 60_000 }) }, 'PASS'],
    ['started too early', { job: job({ startedAt: 7_999 }) }, 'FAIL'],
    ['ended too late', { job: job({ endedAt: 60_001 }) }, 'FAIL'],
    ['a step too late', withStep({ endedAt: 60_001 }), 'FAIL'],
    ['no start recorded', { job: job({ startedAt: null }) }, 'INCONCLUSIVE'],
    ['no end recorded', { job: job({ endedAt: null }) }, 'INCONCLUSIVE'],
    ['a step without an end', withStep({ endedAt: null }), 'INCONCLUSIVE'],
    ['no job', { job: null }, 'INCONCLUSIVE'],
    ['no approval', { contract: GOOD.contract && { ...GOOD.contract, approval: null } }, 'INCONCLUSIVE'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-004', bend)).toBe(expected);
  });
});
