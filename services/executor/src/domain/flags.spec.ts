import { aCapability } from '../../test/fixtures';
import { capabilityOf, flagsOf } from './flags';

describe('flags', () => {
  it('say whether a capability is enabled and what its keys hold', () => {
    expect(flagsOf(aCapability('size', { version: 4 }))).toEqual([
      {
        key: 'size',
        value: true,
        variant: 'enabled',
        reason: 'STATIC',
        metadata: { capability: 'size', version: 4, state: 'final' },
      },
      {
        key: 'size.size',
        value: 3,
        variant: 'v4',
        reason: 'STATIC',
        metadata: { capability: 'size', version: 4, state: 'final' },
      },
      {
        key: 'size.depth',
        value: 3,
        variant: 'v4',
        reason: 'STATIC',
        metadata: { capability: 'size', version: 4, state: 'final' },
      },
    ]);
  });

  it('AM-19: name the contract while its change is provisional', () => {
    const [flag] = flagsOf(aCapability('size', { provisional_contract_id: 'c' }));
    expect(flag?.metadata).toMatchObject({ state: 'provisional', contract_id: 'c' });
  });

  it('belong to the capability before the first dot', () => {
    expect(['size', 'size.depth', 'size.a.b'].map(capabilityOf)).toEqual(['size', 'size', 'size']);
  });
});
