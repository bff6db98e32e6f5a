import { differences, isSameState, outcomeOf } from './live-state';

const state = { enabled: false, lifecycle: 'PREVIEW', values: { a: 1, b: { x: [1] } } };
const prior = { enabled: false, lifecycle: 'PREVIEW' as const };

describe("a capability's live state", () => {
  it('is led by changes in their order', () => {
    const end = outcomeOf(state, [
      { kind: 'capability_enable', capability: 'x', lifecycle: 'LAUNCHED', prior },
      { kind: 'configuration_update', capability: 'x', setting: { key: 'a', old: 1, new: 2 } },
      { kind: 'parameter_change', capability: 'x', settings: [{ key: 'c', old: null, new: 3 }] },
    ]);
    expect(end).toEqual({ enabled: true, lifecycle: 'LAUNCHED', values: { a: 2, b: { x: [1] }, c: 3 } });
    expect(differences('x', state, end)).toEqual(['x', 'x#a', 'x#c']);
  });
  it('is the same whatever the order of keys, and without a key that has no value', () => {
    expect(isSameState(state, { ...state, values: { b: { x: [1] }, a: 1, c: null } })).toBe(true);
    expect(isSameState(state, { ...state, values: { a: 1, b: { x: [2] } } })).toBe(false);
  });
});
