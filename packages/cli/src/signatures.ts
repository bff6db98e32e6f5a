import { type KeyObject, verify } from 'node:crypto';
import {
  type Authorised,
  AuthorityViolation,
  type Cited,
  isTrustedAt,
  isValidAt,
  type Link,
  linkDigest,
  type Manifest,
  type Place,
  publicKeyOf,
  rootOf,
  type ServiceKey,
  signedBytes,
} from '@mandate/contracts';

interface KnownKey {
  readonly entry: ServiceKey;
  readonly key: KeyObject;
  readonly citable: ReadonlySet<string>;
}

/** Checks the signatures of messages as a consumer would, by a manifest: whose key, at what time, revoked or not. */
export class Signatures {
  private readonly keys: ReadonlyMap<string, KnownKey>;
  /** Signatures that held, by the root they were made over: a tree's messages share one. */
  private readonly held = new Map<string, boolean>();

  constructor(manifest: Manifest) {
    const known = manifest.services.map((entry): [string, KnownKey] => {
      const key = publicKeyOf(Buffer.from(entry.public_key, 'base64'));
      return [entry.key_id, { entry, key, citable: new Set(entry.revoked?.citable) }];
    });
    this.keys = new Map(known);
  }

  /** CHAIN-002. @throws AuthorityViolation with the first signature that does not hold */
  check({ cited, mandate }: Authorised, place: Place): void {
    for (const one of cited) this.checkOne(one.cited, one.link, one.cited === mandate.own ? place : null);
  }

  private checkOne({ link: bytes, proof }: Cited, link: Link, place: Place | null): void {
    const known = proof && this.keys.get(proof.keyId);
    if (!known || !isValidAt(known.entry, link.writer, link.time)) {
      throw new AuthorityViolation('UNKNOWN_KEY', `a ${link.type} link is signed with no key of ${link.writer}`);
    }
    const { revoked } = known.entry;
    const counts =
      !revoked || (place ? isTrustedAt(revoked, place) : known.citable.has(linkDigest(bytes).toString('hex')));
    if (!counts) throw new AuthorityViolation('KEY_REVOKED', `key ${proof.keyId} of ${link.writer} is revoked`);
    const root = rootOf(bytes, proof);
    if (!root || !this.holds(known.key, proof.signature, root)) {
      throw new AuthorityViolation('BAD_SIGNATURE', `the signature over a ${link.type} link does not hold`);
    }
  }

  private holds(key: KeyObject, signature: Buffer, root: Buffer): boolean {
    const name = Buffer.concat([root, signature]).toString('latin1');
    const known = this.held.get(name);
    if (known !== undefined) return known;
    const holds = verify(null, signedBytes(root), key, signature);
    this.held.set(name, holds);
    return holds;
  }
}
