import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { assertionBytes, holdsUnder, passkeyChallenge } from './founder-signature';
import { type FounderKey, keyIdOfSpki } from './manifest';
import { sha256 } from './plan';

const RP_ID = 'mandate.example';
const ORIGIN = 'https://mandate.example';
const statement = Buffer.from('{"format":"mandate-approval-v1"}');

function founderKey(kind: 'passkey' | 'browser', key: KeyObject): FounderKey {
  const spki = key.export({ format: 'der', type: 'spki' });
  const about = kind === 'passkey' ? { rp_id: RP_ID, origin: ORIGIN } : {};
  return { founder: 'ada', key_id: keyIdOfSpki(spki), kind, public_key: spki.toString('base64'), ...about };
}

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');
const passkey = founderKey('passkey', p256.publicKey);

interface Bent {
  readonly client?: Record<string, unknown>;
  readonly rpId?: string;
  readonly flags?: number;
  readonly key?: KeyObject;
  readonly carried?: (bytes: Buffer) => Buffer;
}

/** What an authenticator answers for the statement, bent as a test says. */
function assertion({
  client,
  rpId = RP_ID,
  flags = 0x05,
  key = p256.privateKey,
  carried = (b) => b,
}: Bent = {}): Buffer {
  const asked = { type: 'webauthn.get', challenge: passkeyChallenge(statement), origin: ORIGIN, crossOrigin: false };
  const clientData = Buffer.from(JSON.stringify({ ...asked, ...client }));
  const authenticatorData = Buffer.concat([sha256(rpId), Buffer.from([flags, 0, 0, 0, 7])]);
  const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
  const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key);
  return carried(
    assertionBytes({
      authenticator_data: authenticatorData.toString('base64url'),
      client_data_json: clientData.toString('base64url'),
      signature: signature.toString('base64url'),
    }),
  );
}

describe("a passkey's answer (AM-13)", () => {
  it('holds for the statement whose digest was its challenge', () => {
    expect(holdsUnder(passkey, statement, assertion())).toBe(true);
    const edPasskey = founderKey('passkey', ed25519.publicKey);
    expect(holdsUnder(edPasskey, statement, assertion({ key: ed25519.privateKey }))).toBe(true);
  });

  it.each<[string, Bent]>([
    ['another statement was signed', { client: { challenge: passkeyChallenge(Buffer.from('other')) } }],
    ['another page asked', { client: { origin: 'https://mandate.example.evil' } }],
    ['a frame of another page asked', { client: { crossOrigin: true } }],
    ['a key was being made, not used', { client: { type: 'webauthn.create' } }],
    ['it was for another relying party', { rpId: 'evil.example' }],
    ['nobody touched the authenticator', { flags: 0x04 }],
    ['nobody was recognised', { flags: 0x01 }],
    ['another key signed', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
    ['it carries more than is understood', { carried: (b) => Buffer.from(b.toString().replace('{', '{"a":"b",')) }],
    ['it is cut', { carried: (b) => b.subarray(0, -1) }],
    ['it is no JSON', { carried: () => Buffer.from('yes') }],
  ])('PART2-002: does not hold when %s', (_why, bent) => {
    expect(holdsUnder(passkey, statement, assertion(bent))).toBe(false);
  });

  it('does not hold under a key of which the origin is not known', () => {
    const { origin: _, ...nowhere } = passkey;
    expect(holdsUnder(nowhere, statement, assertion())).toBe(false);
  });
});

describe("a key in a founder's browser", () => {
  const key = founderKey('browser', p256.publicKey);
  const signed = (bytes: Buffer) => sign('sha256', bytes, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' });

  it('PART2-002: signs the bytes of the statement', () => {
    expect(holdsUnder(key, statement, signed(statement))).toBe(true);
    expect(holdsUnder(key, statement, signed(Buffer.from('other')))).toBe(false);
    expect(holdsUnder(key, statement, sign('sha256', statement, p256.privateKey))).toBe(false);
  });

  it('is a P-256 key and nothing else', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const other = founderKey('browser', p384.publicKey);
    const signature = sign('sha256', statement, { key: p384.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(holdsUnder(other, statement, signature)).toBe(false);
  });
});
