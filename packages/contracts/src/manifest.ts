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
}

export interface FounderKey {
  readonly founder: string;
  readonly key_id: string;
  readonly kind: 'ed25519';
  readonly public_key: string;
}

/** `authority.json` (spec 4-mandate "Keys"): whose keys count, signed by the offline root. */
export interface Manifest {
  readonly format: 'mandate-authority-v1';
  readonly number: number;
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

/** First 16 hex characters of SHA-256 over the raw public key. */
export function keyIdOf(key: KeyObject): string {
  return sha256(rawPublicKey(key)).toString('hex').slice(0, 16);
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
  return manifest;
}
