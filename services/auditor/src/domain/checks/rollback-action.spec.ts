import { type Bend, CHANGE, result, without, withState, withStep } from '../testing';

describe('A-005: every completed step can be undone', () => {
  it.each<[string, Bend, string]>([
    ['an inverse that leads elsewhere', withStep({ inverse: CHANGE }), 'FAIL'],
    ['no inverse', withStep({ inverse: null }), 'FAIL'],
    [
      'no inverse, as the catalogue allows',
      { ...withStep({ inverse: null }), ...withState('search@1', { irreversibleAllowed: ['configuration_update'] }) },
      'INCONCLUSIVE',
    ],
    ['no inverse, and no definition', { ...withStep({ inverse: null }), ...without('search@1') }, 'INCONCLUSIVE'],
    ['no inverse of a step that never ran', withStep({ inverse: null, state: 'SKIPPED' }), 'PASS'],
    ['no job', { job: null }, 'INCONCLUSIVE'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-005', bend)).toBe(expected);
  });
});
