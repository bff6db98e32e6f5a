import { defaultConstraints, isConstraints, isWidened } from './constraints';
import { CONSTRAINTS, facts } from './testing/fixtures';

const registryWith = (name: string, more: object) => {
  const { registry } = facts();
  const state = registry.capabilities.get(name);
  if (!state) throw new Error(`no ${name}`);
  const definition = { ...state.definition, constraints: { ...CONSTRAINTS, ...more } };
  return { capabilities: new Map([...registry.capabilities, [name, { ...state, definition }]]) };
};

describe('execution constraints', () => {
  it('are by default the tightest of all capabilities, with their targets united', () => {
    const tight = {
      max_duration_ms: 1_000,
      step_timeout_ms: 100,
      steps_per_minute: 5,
      allowed_targets: ['search_depth'],
    };
    const both = ['api_rate_limit', 'search_depth'];
    expect(defaultConstraints(both, registryWith('search_depth', tight))).toEqual(tight);
    expect(defaultConstraints(['api_rate_limit'], registryWith('search_depth', tight))).toEqual(CONSTRAINTS);
  });

  it('AM-21: may only be tightened', () => {
    const named = { ...CONSTRAINTS, allowed_targets: ['a', 'b'] };
    expect(isWidened({ ...named, allowed_targets: ['a'] }, named)).toBe(false);
    expect(isWidened({ ...named, allowed_targets: ['a', 'c'] }, named)).toBe(true);
    expect(isWidened({ ...named, allowed_targets: [] }, named)).toBe(true); // none named allows every target
    expect(isWidened(named, CONSTRAINTS)).toBe(false);
    for (const name of ['max_duration_ms', 'step_timeout_ms', 'steps_per_minute'] as const) {
      expect(isWidened({ ...named, [name]: named[name] + 1 }, named)).toBe(true);
      expect(isWidened({ ...named, [name]: named[name] - 1 }, named)).toBe(false);
    }
  });

  it('are whole numbers from 1 and a list of names', () => {
    expect(isConstraints(CONSTRAINTS)).toBe(true);
    for (const wrong of [
      null,
      'x',
      {},
      { ...CONSTRAINTS, step_timeout_ms: 0 },
      { ...CONSTRAINTS, step_timeout_ms: 1.5 },
    ]) {
      expect(isConstraints(wrong)).toBe(false);
    }
    expect(isConstraints({ ...CONSTRAINTS, allowed_targets: [1] })).toBe(false);
  });
});
