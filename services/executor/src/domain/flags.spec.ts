import { aCapability } from '../../test/fixtures';
import { capabilityOf, flagsOf } from './flags';

describe('flags', () => {
  it('say whether a capability is enabled and what its keys hold', () => {
    expect(flagsOf(aCapability('size', { version: 4 }), null)).toEqual([
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

  it('AM-19: name the contract whose change is live, and whether that is final', () => {
    const metadataOf = (provisional: string | null, final: string | null) =>
      flagsOf(aCapability('size', { provisional_contract_id: provisional }), final)[0]?.metadata;
    expect(metadataOf('c', null)).toMatchObject({ state: 'provisional', contract_id: 'c' });
    expect(metadataOf('c', 'b')).toMatchObject({ state: 'provisional', contract_id: 'c' });
    expect(metadataOf(null, 'b')).toMatchObject({ state: 'final', contract_id: 'b' });
    expect(metadataOf(null, null)).not.toHaveProperty('contract_id');
  });

  it('belong to the capability before the first dot', () => {
    expect(['size', 'size.depth', 'size.a.b'].map(capabilityOf)).toEqual(['size', 'size', 'size']);
  });
});
