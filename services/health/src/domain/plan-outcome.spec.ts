import { isSameState, outcomeOf } from './plan-outcome';

const state = { enabled: false, lifecycle: 'PREVIEW', values: { a: 1, b: 2 } };
const prior = { enabled: false, lifecycle: 'PREVIEW' as const };

describe('where a plan leads', () => {
  it('takes all changes in their order', () => {
    const end = outcomeOf(state, [
      { kind: 'capability_enable', capability: 'x', lifecycle: 'LAUNCHED', prior },
      {
        kind: 'parameter_change',
        capability: 'x',
        settings: [
          { key: 'a', old: 1, new: 5 },
          { key: 'c', old: null, new: 7 },
        ],
      },
      { kind: 'configuration_update', capability: 'x', setting: { key: 'a', old: 5, new: 6 } },
    ]);
    expect(end).toEqual({ enabled: true, lifecycle: 'LAUNCHED', values: { a: 6, b: 2, c: 7 } });
  });
  it('keeps the lifecycle when it disables', () => {
    const end = outcomeOf({ ...state, enabled: true }, [
      { kind: 'capability_disable', capability: 'x', reason: 'r', prior },
    ]);
    expect(end).toMatchObject({ enabled: false, lifecycle: 'PREVIEW' });
  });
  it('takes a key without a value and a key set to null for the same', () => {
    expect(isSameState(state, { ...state, values: { b: 2, a: 1, c: null } })).toBe(true);
    expect(isSameState(state, { ...state, values: { a: 1 } })).toBe(false);
  });
});
