import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Authorised,
  AuthorityViolation,
  type Cited,
  decodeLink,
  keyIdOf,
  type Manifest,
  merkleTree,
  type Proof,
  publicKeyOf,
  readManifest,
  rootOf,
  type Service,
  signedBytes,
  TREE_LEAVES_MAX,
} from '@mandate/contracts';

const signAsync = promisify(sign) as (a: null, d: Buffer, k: KeyObject) => Promise<Buffer>;
const verifyAsync = promisify(verify) as (a: null, d: Buffer, k: KeyObject, s: Buffer) => Promise<boolean>;
const VERIFIED_MAX = 20_000;

interface KnownKey {
  readonly service: Service;
  readonly key: KeyObject;
  readonly validFrom: number;
  readonly validTo: number | null;
}

/** A service's own key and everybody's public keys (spec 4-mandate "Keys"). Signs and verifies off the event loop. */
export class Keyring {
  private readonly known = new Map<string, KnownKey>();
  /** By key, root and signature; also while under way, since a batch holds many links of one tree. */
  private readonly verified = new Map<string, Promise<boolean>>();
  readonly ownKeyId: string;

  constructor(
    readonly service: Service,
    private readonly ownKey: KeyObject,
    readonly manifest: Manifest,
  ) {
    this.ownKeyId = keyIdOf(ownKey);
    for (const k of manifest.services) {
      const key = publicKeyOf(Buffer.from(k.public_key, 'base64'));
      this.known.set(k.key_id, { service: k.service, key, validFrom: k.valid_from, validTo: k.valid_to });
    }
    if (this.known.get(this.ownKeyId)?.service !== service) {
      throw new Error(`the manifest does not name key ${this.ownKeyId} as one of ${service}`);
    }
  }

  /** Reads own key (PEM), manifest file and pinned root key (PEM). @throws Error saying which does not fit */
  static load(service: Service, keyPem: string, manifestFile: string, rootPem: string): Keyring {
    const manifest = readManifest(readFileSync(manifestFile, 'utf8'), createPublicKey(rootPem));
    return new Keyring(service, createPrivateKey(keyPem), manifest);
  }

  /** Signs links in trees of at most 64 leaves; the proofs come in the order of the links. */
  async prove(links: readonly Buffer[]): Promise<Proof[]> {
    const groups = Array.from({ length: Math.ceil(links.length / TREE_LEAVES_MAX) }, (_, i) =>
      links.slice(i * TREE_LEAVES_MAX, (i + 1) * TREE_LEAVES_MAX),
    );
    const keyId = this.ownKeyId;
    const proofs = await Promise.all(
      groups.map(async (group) => {
        const { root, paths } = merkleTree(group);
        const signature = await signAsync(null, signedBytes(root), this.ownKey);
        return paths.map((path, index): Proof => ({ keyId, index, count: group.length, path, signature }));
      }),
    );
    return proofs.flat();
  }

  /** CHAIN-002: verifies every proof of a message. @throws AuthorityViolation */
  async verify(authorised: Authorised): Promise<void> {
    for (const cited of authorised.cited) await this.verifyCited(cited);
  }

  private async verifyCited(cited: Cited): Promise<void> {
    const link = decodeLink(cited.link);
    const proof = cited.proof;
    const key = proof ? this.known.get(proof.keyId) : undefined;
    if (!link || !proof) throw new AuthorityViolation('BAD_SIGNATURE', 'a cited link has no proof');
    if (
      !key ||
      key.service !== link.writer ||
      link.time < key.validFrom ||
      (key.validTo !== null && link.time >= key.validTo)
    ) {
      throw new AuthorityViolation(
        'UNKNOWN_KEY',
        `key ${proof.keyId} was not ${link.writer}'s at ${new Date(link.time).toISOString()}`,
      );
    }
    const root = rootOf(cited.link, proof);
    if (!root) throw new AuthorityViolation('BAD_SIGNATURE', `the path of a ${link.type} link does not fit its tree`);
    const id = `${proof.keyId}${root.toString('latin1')}${proof.signature.toString('latin1')}`;
    let holds = this.verified.get(id);
    if (!holds) {
      if (this.verified.size >= VERIFIED_MAX) this.verified.clear();
      holds = verifyAsync(null, signedBytes(root), key.key, proof.signature);
      this.verified.set(id, holds);
    }
    if (!(await holds)) {
      throw new AuthorityViolation(
        'BAD_SIGNATURE',
        `the signature over a ${link.type} link of ${link.writer} does not hold`,
      );
    }
  }
}
