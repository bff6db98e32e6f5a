import type { Service } from './authority';
import { keyIdOf, type Manifest, publicKeyOf, type Revocation, type ServiceKey } from './manifest';

/** Where a message stood on its topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** Whether a key was the service's at that time; epoch milliseconds. Whether it has been revoked is another question. */
export function isValidAt(key: ServiceKey, service: Service, time: number): boolean {
  return key.service === service && time >= key.valid_from && (key.valid_to === null || time < key.valid_to);
}

/** Of a service's own keys, the one it signs a link of that time with: the newest that was valid then and is not revoked. */
export function signingKeyAt(keys: readonly ServiceKey[], service: Service, time: number): ServiceKey | null {
  const usable = keys.filter((key) => !key.revoked && isValidAt(key, service, time));
  return usable.reduce<ServiceKey | null>(
    (best, key) => (best && best.valid_from >= key.valid_from ? best : key),
    null,
  );
}

/** A message that was said itself under a revoked key counts if it stood on its topic before the key was lost. */
export function isTrustedAt({ trusted_offsets: trusted }: Revocation, place: Place): boolean {
  const last = trusted[`${place.topic}/${place.partition}`];
  return last !== undefined && BigInt(place.offset) <= BigInt(last);
}

/**
 * The manifest with a new key of a service, for the holder of the root key to sign: the present one ends where the new one
 * begins, and stays for what was said under it. Everybody must have read the manifest before the new key is used.
 *
 * @param validFrom epoch milliseconds
 * @throws Error if the key is known already, or would begin before the present one
 */
export function withRotatedKey(manifest: Manifest, service: Service, publicKey: Buffer, validFrom: number): Manifest {
  const key_id = keyIdOf(publicKeyOf(publicKey));
  if (manifest.services.some((key) => key.key_id === key_id))
    throw new Error(`key ${key_id} is in the manifest already`);
  const open = manifest.services.filter((key) => key.service === service && key.valid_to === null);
  if (open.some((key) => key.valid_from >= validFrom)) {
    throw new Error(`${service} has a key that begins later; wait until it is in use before you make another`);
  }
  const closed = manifest.services.map((key) => (open.includes(key) ? { ...key, valid_to: validFrom } : key));
  const added = { service, key_id, public_key: publicKey.toString('base64'), valid_from: validFrom, valid_to: null };
  return { ...manifest, number: manifest.number + 1, services: [...closed, added] };
}

/** The manifest with a key revoked, for the holder of the root key to sign. @throws Error if there is no such key */
export function withRevokedKey(manifest: Manifest, keyId: string, revoked: Revocation): Manifest {
  const key = manifest.services.find((known) => known.key_id === keyId);
  if (!key) throw new Error(`the manifest names no service's key ${keyId}`);
  if (key.revoked) throw new Error(`key ${keyId} of ${key.service} is revoked already`);
  const services = manifest.services.map((known) => (known === key ? { ...key, revoked } : known));
  return { ...manifest, number: manifest.number + 1, services };
}
