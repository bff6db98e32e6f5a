import { type Change, LEVELS } from '@mandate/contracts';
import fc from 'fast-check';
import { capability, registry, registryOf } from '../testing/registry';
import { riskOf } from './risk';

const hops: Change = {
  kind: 'configuration_update',
  capability: 'search_depth',
  setting: { key: 'max_hops', old: 3, new: 5 },
};
const limit: Change = {
  kind: 'configuration_update',
  capability: 'api_rate_limit',
  setting: { key: 'requests_per_minute', old: 100, new: 200 },
};
const disable: Change = {
  kind: 'capability_disable',
  capability: 'search_depth',
  reason: 'slow',
  prior: { enabled: true, lifecycle: 'LAUNCHED' },
};

describe('the risk of a contract', () => {
  it("is the change kind's own risk when the severity is lower", () => {
    expect(riskOf('low', [hops], registry)).toBe('low');
    expect(riskOf('low', [disable], registry)).toBe('high');
  });

  it("is the severity when the change kind's own risk is lower", () => {
    expect(riskOf('medium', [hops], registry)).toBe('medium');
  });

  it('is one step higher for more than one capability, but not for two changes of one', () => {
    expect(riskOf('medium', [hops, limit], registry)).toBe('high');
    expect(riskOf('low', [hops, disable], registry)).toBe('high');
  });

  it('is one step higher for an irreversible step', () => {
    const once = registryOf(capability('x', [], [], { irreversible_allowed: ['capability_disable'] }));
    expect(riskOf('low', [{ ...disable, capability: 'x' }], once)).toBe('critical');
  });

  it('is capped at critical', () => {
    expect(riskOf('critical', [hops, limit, { ...disable, capability: 'unheard_of' }], registry)).toBe('critical');
  });

  it('is never below the severity', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LEVELS), fc.subarray([hops, limit, disable]), (severity, changes) => {
        expect(LEVELS.indexOf(riskOf(severity, changes, registry))).toBeGreaterThanOrEqual(LEVELS.indexOf(severity));
      }),
    );
  });
});
