import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { SERVICES, type Service } from './authority';
import { canonicalJson, sha256 } from './plan';

export interface ServiceKey {
  readonly service: Service;
  readonly key_id: string;
  /** Raw Ed25519 public key, base64. */
  readonly public_key: string;
  /** Epoch milliseconds. */
  readonly valid_from: number;
  readonly valid_to: number | null;
  /** Set once the key is in the wrong hands. */
  readonly revoked?: Revocation;
}

/**
 * What still counts of a key that is in the wrong hands. The time in a link is then the thief's claim, so what was said before
 * is known by its place: the last offset that is trusted, and the digests of links that may still be cited.
 */
export interface Revocation {
  /** For people; epoch milliseconds. */
  readonly at: number;
  /** By `topic/partition`; where none is named, nothing is trusted. */
  readonly trusted_offsets: { readonly [topicPartition: string]: number };
  /** SHA-256 of links said before, hex, sorted. */
  readonly citable: readonly string[];
}

/**
 * A key that a founder signs with. `ed25519`: raw public key; `passkey` (ES256 or EdDSA) and `browser` (P-256, not
 * extractable, local runs only): DER SPKI; both base64.
 */
export interface FounderKey {
  readonly founder: string;
  readonly key_id: string;
  readonly kind: 'ed25519' | 'passkey' | 'browser';
  readonly public_key: string;
  /** passkey: the relying party and the one origin that its assertions may come from. */
  readonly rp_id?: string;
  readonly origin?: string;
}

/** A `local` manifest may enrol keys that no production run accepts; a service says at start which it is. */
export const ENVIRONMENTS = ['local', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** `authority.json` (spec 4-mandate "Keys"): whose keys count, signed by the offline root. */
export interface Manifest {
  readonly format: 'mandate-authority-v1';
  readonly number: number;
  readonly environment: Environment;
  readonly services: readonly ServiceKey[];
  readonly founders: readonly FounderKey[];
  /** SHA-256 of the catalogue files that may be applied, hex. */
  readonly catalogue_digests: readonly string[];
}

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Raw 32 bytes of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32) as Buffer;
}

/** Key object of 32 raw bytes. */
export function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** First 16 hex characters of SHA-256 over the raw Ed25519 public key. */
export function keyIdOf(key: KeyObject): string {
  return sha256(rawPublicKey(key)).toString('hex').slice(0, 16);
}

/** First 16 hex characters of SHA-256 over the DER SPKI of a passkey's or a browser's public key. */
export function keyIdOfSpki(spki: Buffer): string {
  return sha256(spki).toString('hex').slice(0, 16);
}

/** The text of `authority.json`: the manifest and the root's signature over its RFC 8785 form. */
export function signManifest(manifest: Manifest, root: KeyObject): string {
  const signature = sign(null, Buffer.from(canonicalJson(manifest)), root).toString('base64');
  return `${JSON.stringify({ manifest, signature }, null, 2)}\n`;
}

/**
 * Reads `authority.json` and checks it against the pinned root key.
 * @throws Error saying what is wrong with it
 */
export function readManifest(text: string, root: KeyObject): Manifest {
  const { manifest, signature } = JSON.parse(text) as { manifest: Manifest; signature: string };
  if (manifest?.format !== 'mandate-authority-v1') throw new Error('is not a mandate-authority-v1 manifest');
  if (!verify(null, Buffer.from(canonicalJson(manifest)), root, Buffer.from(signature, 'base64'))) {
    throw new Error('is not signed by the root key this service is pinned to');
  }
  for (const key of manifest.services) {
    if (!SERVICES.includes(key.service)) throw new Error(`names an unknown service ${key.service}`);
  }
  if (!ENVIRONMENTS.includes(manifest.environment)) throw new Error('does not say for which environment it is');
  if (manifest.environment === 'production' && manifest.founders.some((key) => key.kind === 'browser')) {
    throw new Error("enrols a key that lives in a founder's browser, which only a local manifest may");
  }
  return manifest;
}

/**
 * The manifest with one more founder's key, for the holder of the root key to sign. The next number, or services would not take
 * it. @throws Error saying what is wrong with the key
 */
export function withFounderKey(manifest: Manifest, key: FounderKey): Manifest {
  const problem = founderKeyProblem(manifest, key);
  if (problem) throw new Error(`key ${key.key_id} of ${key.founder} ${problem}`);
  return { ...manifest, number: manifest.number + 1, founders: [...manifest.founders, key] };
}

function founderKeyProblem({ environment, founders }: Manifest, key: FounderKey): string | null {
  if (founders.some((known) => known.key_id === key.key_id)) return 'is in the manifest already';
  if (key.kind === 'browser' && environment !== 'local')
    return 'lives in a browser, which only a local manifest may name';
  const bytes = Buffer.from(key.public_key, 'base64');
  if (key.kind === 'ed25519') {
    return bytes.length === 32 && keyIdOf(publicKeyOf(bytes)) === key.key_id
      ? null
      : 'does not have the id that it claims';
  }
  if (keyIdOfSpki(bytes) !== key.key_id) return 'does not have the id that it claims';
  if (!isSigningKey(bytes, key.kind)) return 'is of no kind that founders sign with';
  if (key.kind === 'passkey' && !isItsOwnOrigin(key)) return 'is a passkey whose origin is not its relying party’s';
  return null;
}

function isSigningKey(spki: Buffer, kind: FounderKey['kind']): boolean {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isP256 || (kind === 'passkey' && key.asymmetricKeyType === 'ed25519');
  } catch {
    return false;
  }
}

function isItsOwnOrigin({ rp_id: rpId, origin }: FounderKey): boolean {
  if (!rpId || !origin || !URL.canParse(origin)) return false;
  const { hostname, protocol } = new URL(origin);
  const isSecure = protocol === 'https:' || hostname === 'localhost';
  return isSecure && new URL(origin).origin === origin && (hostname === rpId || hostname.endsWith(`.${rpId}`));
}
