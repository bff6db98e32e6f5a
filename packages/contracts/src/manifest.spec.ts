import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { SERVICES } from './authority';
import {
  type FounderKey,
  keyIdOf,
  keyIdOfSpki,
  type Manifest,
  publicKeyOf,
  rawPublicKey,
  readManifest,
  signManifest,
  withFounderKey,
} from './manifest';
import { sha256 } from './plan';

const root = generateKeyPairSync('ed25519').privateKey;
const rootPublic = createPublicKey(root);
const ownKey = generateKeyPairSync('ed25519').privateKey;
const publicText = rawPublicKey(ownKey).toString('base64');
const manifest: Manifest = {
  format: 'mandate-authority-v1',
  number: 3,
  environment: 'production',
  services: SERVICES.map((service) => ({
    service,
    key_id: keyIdOf(ownKey),
    public_key: publicText,
    valid_from: 1_790_000_000_000,
    valid_to: null,
  })),
  founders: [{ founder: 'ada', key_id: keyIdOf(ownKey), kind: 'ed25519', public_key: publicText }],
  catalogue_digests: [sha256('catalogue').toString('hex')],
};
const NOT_SIGNED = 'is not signed by the root key';

describe('the manifest', () => {
  it('CHAIN-002: reads back as what the root signed', () => {
    expect(readManifest(signManifest(manifest, root), rootPublic)).toEqual(manifest);
  });

  it('holds however its text is laid out, since its canonical form was signed', () => {
    const text = JSON.stringify(JSON.parse(signManifest(manifest, root)));
    expect(readManifest(text, rootPublic)).toEqual(manifest);
  });

  it.each<[string, (signed: { manifest: Manifest; signature: string }) => void]>([
    ['another number', (signed) => Object.assign(signed.manifest, { number: 4 })],
    [
      'a key more',
      (signed) => Object.assign(signed.manifest, { founders: [...manifest.founders, manifest.founders[0]] }),
    ],
    ['a field more', (signed) => Object.assign(signed.manifest, { note: 'x' })],
    [
      'another signature',
      (signed) => Object.assign(signed, { signature: sign(null, Buffer.alloc(1), root).toString('base64') }),
    ],
    ['no signature', (signed) => Object.assign(signed, { signature: '' })],
  ])('CHAIN-002: is refused with %s than the root signed', (_what, tamper) => {
    const signed = JSON.parse(signManifest(manifest, root));
    tamper(signed);
    expect(() => readManifest(JSON.stringify(signed), rootPublic)).toThrow(NOT_SIGNED);
  });

  it('CHAIN-002: is refused when another root signed it', () => {
    const other = createPublicKey(generateKeyPairSync('ed25519').privateKey);
    expect(() => readManifest(signManifest(manifest, root), other)).toThrow(NOT_SIGNED);
  });

  it('is refused in another format, with an unknown service, and when it is no JSON', () => {
    const format = signManifest({ ...manifest, format: 'mandate-authority-v2' as never }, root);
    expect(() => readManifest(format, rootPublic)).toThrow('is not a mandate-authority-v1 manifest');
    const [key] = manifest.services as [Manifest['services'][number]];
    const strange = signManifest({ ...manifest, services: [{ ...key, service: 'billing' as never }] }, root);
    expect(() => readManifest(strange, rootPublic)).toThrow('names an unknown service billing');
    const browser = { founder: 'ada', key_id: 'b', kind: 'browser' as const, public_key: '' };
    const withBrowser = signManifest({ ...manifest, founders: [browser] }, root);
    expect(() => readManifest(withBrowser, rootPublic)).toThrow('which only a local manifest may');
    const local = { ...manifest, environment: 'local' as const, founders: [browser] };
    expect(readManifest(signManifest(local, root), rootPublic)).toEqual(local);
    expect(() => readManifest('{"signature":"x"}', rootPublic)).toThrow('is not a mandate-authority-v1 manifest');
    expect(() => readManifest('authority', rootPublic)).toThrow(SyntaxError);
  });
});

describe('one more founder’s key', () => {
  const spki = (type: 'p256' | 'p384' | 'ed25519'): Buffer => {
    const pair =
      type === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: type === 'p256' ? 'P-256' : 'P-384' });
    return pair.publicKey.export({ format: 'der', type: 'spki' }) as Buffer;
  };
  const made = (bytes: Buffer, more: Partial<FounderKey> = {}): FounderKey => ({
    founder: 'ada',
    key_id: keyIdOfSpki(bytes),
    kind: 'passkey',
    public_key: bytes.toString('base64'),
    rp_id: 'review.example',
    origin: 'https://review.example',
    ...more,
  });

  it('PART2-002: makes the manifest of the next number, which the root then signs', () => {
    for (const key of [made(spki('p256')), made(spki('ed25519'))]) {
      const next = withFounderKey(manifest, key);
      expect([next.number, next.founders]).toEqual([4, [...manifest.founders, key]]);
      expect(readManifest(signManifest(next, root), rootPublic)).toEqual(next);
    }
  });

  it.each<[string, (key: FounderKey) => FounderKey, string]>([
    ['a key with another id', (key) => ({ ...key, key_id: '0123456789abcdef' }), 'does not have the id'],
    ['a key in a browser', (key) => ({ ...key, kind: 'browser' }), 'only a local manifest'],
    ['a curve that is not used', () => made(spki('p384')), 'is of no kind'],
    ['bytes that are no key', () => made(Buffer.from('key')), 'is of no kind'],
    ['a passkey of another site', (key) => ({ ...key, origin: 'https://else.example' }), 'origin is not'],
    ['a passkey of a site without TLS', (key) => ({ ...key, origin: 'http://review.example' }), 'origin is not'],
    ['a passkey of nowhere', ({ rp_id: _, ...key }) => key, 'origin is not'],
  ])('PART2-002: is not %s', (_, changed, problem) => {
    expect(() => withFounderKey(manifest, changed(made(spki('p256'))))).toThrow(problem);
  });

  it('is not one that is there already', () => {
    const key = made(spki('p256'));
    expect(() => withFounderKey(withFounderKey(manifest, key), key)).toThrow('is in the manifest already');
  });
});

describe('a key', () => {
  it('is told by its public half alone, and verifies what its private half signed', () => {
    const again = publicKeyOf(rawPublicKey(ownKey));
    expect(keyIdOf(again)).toBe(keyIdOf(ownKey));
    expect(keyIdOf(ownKey)).toMatch(/^[0-9a-f]{16}$/);
    const bytes = Buffer.from('a word');
    expect(verify(null, bytes, again, sign(null, bytes, ownKey))).toBe(true);
  });
});
