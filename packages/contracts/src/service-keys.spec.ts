import { generateKeyPairSync } from 'node:crypto';
import { type Manifest, rawPublicKey, type ServiceKey } from './manifest';
import { isTrustedAt, isValidAt, signingKeyAt, withRevokedKey, withRotatedKey } from './service-keys';

const raw = () => rawPublicKey(generateKeyPairSync('ed25519').publicKey);
const first: ServiceKey = {
  service: 'health',
  key_id: 'first',
  public_key: raw().toString('base64'),
  valid_from: 100,
  valid_to: null,
};
const manifest: Manifest = {
  format: 'mandate-authority-v1',
  number: 4,
  environment: 'production',
  services: [first, { ...first, service: 'auditor', key_id: 'other' }],
  founders: [],
  catalogue_digests: [],
};
const revoked = { at: 900, trusted_offsets: { 'mandate.health.v1/0': 41 }, citable: ['aa'] };

describe("a service's keys (CHAIN-002)", () => {
  it('the next one begins where the present one ends, and both stay in the manifest', () => {
    const next = raw();
    const rotated = withRotatedKey(manifest, 'health', next, 500);
    expect(rotated.number).toBe(5);
    const [old, other, added] = rotated.services as [ServiceKey, ServiceKey, ServiceKey];
    expect(old).toEqual({ ...first, valid_to: 500 });
    expect(other.valid_to).toBeNull();
    expect(added).toMatchObject({ service: 'health', valid_from: 500, valid_to: null });
    for (const time of [499, 500]) {
      const valid = rotated.services.filter((key) => isValidAt(key, 'health', time));
      expect(valid.map((k) => k.key_id)).toEqual([time < 500 ? 'first' : added.key_id]);
      expect(signingKeyAt(rotated.services, 'health', time)).toBe(time < 500 ? old : added);
    }
    expect(signingKeyAt(rotated.services, 'health', 99)).toBeNull();
  });

  it('are refused when they are known, or begin before the present one', () => {
    const next = raw();
    const rotated = withRotatedKey(manifest, 'health', next, 500);
    expect(() => withRotatedKey(rotated, 'health', next, 600)).toThrow('is in the manifest already');
    expect(() => withRotatedKey(rotated, 'health', raw(), 500)).toThrow('has a key that begins later');
  });

  it('sign nothing more once they are revoked; what stood on its topic before still counts', () => {
    const after = withRevokedKey(manifest, 'first', revoked);
    expect(after.number).toBe(5);
    expect(signingKeyAt(after.services, 'health', 200)).toBeNull();
    const at = (topic: string, offset: string) => isTrustedAt(revoked, { topic, partition: 0, offset });
    expect([at('mandate.health.v1', '41'), at('mandate.health.v1', '42'), at('mandate.jobs.v1', '0')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('cannot be revoked twice, or by a name that nobody has', () => {
    const after = withRevokedKey(manifest, 'first', revoked);
    expect(() => withRevokedKey(after, 'first', revoked)).toThrow('is revoked already');
    expect(() => withRevokedKey(manifest, 'x', revoked)).toThrow("names no service's key x");
  });
});
