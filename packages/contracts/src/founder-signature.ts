import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type FounderKey, publicKeyOf } from './manifest';
import { canonicalJson, sha256 } from './plan';

/**
 * A passkey's answer as it travels in a decision's `signature`: the RFC 8785 form of these three, each base64url. Its
 * challenge is SHA-256 of the statement's bytes, so that the authenticator signs that statement and no other.
 */
export interface PasskeyAssertion {
  readonly authenticator_data: string;
  readonly client_data_json: string;
  readonly signature: string;
}

/** What the challenge of a passkey must be for a statement, base64url. */
export function passkeyChallenge(statement: Buffer): string {
  return sha256(statement).toString('base64url');
}

/** The bytes in which a passkey's answer travels. */
export function assertionBytes(assertion: PasskeyAssertion): Buffer {
  return Buffer.from(canonicalJson(assertion));
}

/**
 * True if `signature` is the key's over these bytes, whatever kind of key it is (spec 4-mandate "Keys"): Ed25519 over the
 * bytes, a passkey's assertion whose challenge is their digest, or a browser's P-256 key (IEEE P1363) in a local run.
 * Never throws.
 */
export function holdsUnder(key: FounderKey, bytes: Buffer, signature: Buffer): boolean {
  try {
    switch (key.kind) {
      case 'ed25519':
        return verify(null, bytes, publicKeyOf(Buffer.from(key.public_key, 'base64')), signature);
      case 'browser':
        return signature.length === 64 && verifyEcdsa(spkiOf(key), bytes, signature, 'ieee-p1363');
      case 'passkey':
        return assertionHolds(key, bytes, signature);
      default:
        return false;
    }
  } catch {
    return false;
  }
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
/** RP id hash, flags, counter (Web Authentication level 3, §6.1). */
const AUTHENTICATOR_DATA_MIN = 37;

function assertionHolds(key: FounderKey, statement: Buffer, carried: Buffer): boolean {
  const assertion = parseAssertion(carried);
  if (!assertion || !key.rp_id || !key.origin) return false;
  const [authenticatorData, clientDataJson, signature] = [
    decode(assertion.authenticator_data),
    decode(assertion.client_data_json),
    decode(assertion.signature),
  ];
  const client = JSON.parse(clientDataJson.toString('utf8')) as Record<string, unknown>;
  const isForStatement =
    client.type === 'webauthn.get' &&
    client.challenge === passkeyChallenge(statement) &&
    client.origin === key.origin &&
    client.crossOrigin !== true;
  if (!isForStatement || authenticatorData.length < AUTHENTICATOR_DATA_MIN) return false;
  const flags = authenticatorData[32] as number;
  const isPersonHere = (flags & USER_PRESENT) !== 0 && (flags & USER_VERIFIED) !== 0;
  if (!isPersonHere || !authenticatorData.subarray(0, 32).equals(sha256(key.rp_id))) return false;
  const signed = Buffer.concat([authenticatorData, sha256(clientDataJson)]);
  const publicKey = spkiOf(key);
  return publicKey.asymmetricKeyType === 'ed25519'
    ? verify(null, signed, publicKey, signature)
    : verifyEcdsa(publicKey, signed, signature, 'der');
}

function verifyEcdsa(key: KeyObject, bytes: Buffer, signature: Buffer, dsaEncoding: 'der' | 'ieee-p1363'): boolean {
  const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return isP256 && verify('sha256', bytes, { key, dsaEncoding }, signature);
}

function spkiOf(key: FounderKey): KeyObject {
  return createPublicKey({ key: Buffer.from(key.public_key, 'base64'), format: 'der', type: 'spki' });
}

const FIELDS = 'authenticator_data client_data_json signature';

function parseAssertion(carried: Buffer): PasskeyAssertion | null {
  const parsed = JSON.parse(carried.toString('utf8')) as PasskeyAssertion;
  const isWhole =
    Object.keys(parsed).sort().join(' ') === FIELDS &&
    Object.values(parsed).every((value) => typeof value === 'string');
  return isWhole && canonicalJson(parsed) === carried.toString('utf8') ? parsed : null;
}

/** @throws Error unless the text is exactly the base64url of some bytes */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('is not base64url');
  return bytes;
}
