import type { JobFile } from '../case-file';
import {
  answers,
  type Bend,
  capability,
  FIRST,
  GOOD,
  GOOD_ROLLBACK,
  job,
  result,
  without,
  withState,
} from '../testing';

describe('A-003: the resulting state is the proposed one', () => {
  const versions = job().versions;
  const claims = (more: object): Bend => ({ job: job({ versions: versions.map((v) => ({ ...v, ...more })) }) });
  it.each<[string, Bend, string]>([
    ['another value', withState('search@2', { values: { hops: 6, width: 1 } }), 'FAIL'],
    ['a value beside the plan', withState('search@2', { values: { hops: 5, width: 9 } }), 'FAIL'],
    ['made by another job', withState('search@2', { jobId: 'j9' }), 'FAIL'],
    ['a failed job', { job: job({ state: 'FAILED' }) }, 'FAIL'],
    ['SM-002 a job that has not ended', { job: job({ state: 'RUNNING' }) }, 'INCONCLUSIVE'],
    ['the executor found another state', claims({ stateBefore: { ...FIRST, values: { hops: 4, width: 1 } } }), 'FAIL'],
    ['the executor left another state', claims({ stateAfter: FIRST }), 'FAIL'],
    ['an unreadable claim', claims({ stateAfter: null }), 'INCONCLUSIVE'],
    ['AUDIT-006 no snapshot', without('search@1'), 'INCONCLUSIVE'],
    ['no result', without('search@2'), 'INCONCLUSIVE'],
    ['no versions', { job: job({ versions: [] }) }, 'INCONCLUSIVE'],
    ['health says NO', { evaluation: { ...GOOD.evaluation, executionMatched: 'NO' } }, 'FAIL'],
    ['health does not know', { evaluation: { ...GOOD.evaluation, executionMatched: 'UNKNOWN' } }, 'INCONCLUSIVE'],
    ['INV-4 broken', answers('INV-4', 'NO'), 'FAIL'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-003', bend)).toBe(expected);
  });

  it('asks of a rollback whether the state is the one before the change', () => {
    const states = new Map([...GOOD_ROLLBACK.registry.states, ['search@3', capability({ version: 3 })] as const]);
    expect(result('A-003', { registry: { ...GOOD_ROLLBACK.registry, states } }, GOOD_ROLLBACK)).toBe('FAIL');
    expect(result('A-003', { undone: null }, GOOD_ROLLBACK)).toBe('INCONCLUSIVE');
  });

  it('passes a rollback of nothing', () => {
    const nothing = { capability: 'search', before: 1, after: 1, stateBefore: FIRST, stateAfter: FIRST };
    const untouched: Bend = {
      undone: job({ state: 'FAILED', versions: [nothing], steps: [] }),
      job: { ...(GOOD_ROLLBACK.job as JobFile), steps: [], versions: [nothing] },
      registry: { changes: [], missing: [], states: new Map([['search@1', FIRST]]) },
    };
    expect(result('A-003', untouched, GOOD_ROLLBACK)).toBe('PASS');
  });
});
