import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Authorised,
  AuthorityViolation,
  type Cited,
  type KnownNodes,
  keyIdOf,
  type Link,
  type Manifest,
  merkleTree,
  type Proof,
  type Purpose,
  publicKeyOf,
  readManifest,
  rootOf,
  type Service,
  signedApart,
  signedBytes,
  TREE_LEAVES_MAX,
} from '@mandate/contracts';

const signAsync = promisify(sign) as (a: null, d: Buffer, k: KeyObject) => Promise<Buffer>;
const verifyAsync = promisify(verify) as (a: null, d: Buffer, k: KeyObject, s: Buffer) => Promise<boolean>;
/** About 10 kB each. */
const TREES_MAX = 1_000;

/** A signature over something that is no link. */
export interface SignedApart {
  readonly keyId: string;
  /** Ed25519; 64 bytes. */
  readonly signature: Buffer;
}

interface KnownKey {
  readonly service: Service;
  readonly key: KeyObject;
  readonly validFrom: number;
  readonly validTo: number | null;
}

/** A service's own key and everybody's public keys (spec 4-mandate "Keys"). Signs and verifies off the event loop. */
export class Keyring {
  private readonly known = new Map<string, KnownKey>();
  private readonly trees = new Map<string, KnownTree>();
  readonly ownKeyId: string;

  constructor(
    readonly service: Service,
    private readonly ownKey: KeyObject,
    readonly manifest: Manifest,
    /** `authority.json` as it was read, for whoever wants to check it against the root's key. */
    readonly authorityText: string = '',
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
    const text = readFileSync(manifestFile, 'utf8');
    const manifest = readManifest(text, createPublicKey(rootPem));
    return new Keyring(service, createPrivateKey(keyPem), manifest, text);
  }

  /** Signs what is no link. Its purpose is signed along, so that no such signature can be taken for another's. */
  async signApart(purpose: Purpose, bytes: Buffer): Promise<SignedApart> {
    return { keyId: this.ownKeyId, signature: await signAsync(null, signedApart(purpose, bytes), this.ownKey) };
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
    for (const { cited, link } of authorised.cited) await this.verifyCited(cited, link);
  }

  private async verifyCited({ link: bytes, proof }: Cited, link: Link): Promise<void> {
    if (!proof) throw new AuthorityViolation('BAD_SIGNATURE', 'a cited link has no proof');
    const key = this.known.get(proof.keyId);
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
    const tree = this.treeOf(proof);
    const root = rootOf(bytes, proof, tree.nodes);
    if (!root) throw new AuthorityViolation('BAD_SIGNATURE', `the path of a ${link.type} link does not fit its tree`);
    const id = root.toString('latin1');
    let holds = tree.roots.get(id);
    if (!holds) {
      holds = verifyAsync(null, signedBytes(root), key.key, proof.signature);
      tree.roots.set(id, holds);
    }
    if (!(await holds)) {
      throw new AuthorityViolation(
        'BAD_SIGNATURE',
        `the signature over a ${link.type} link of ${link.writer} does not hold`,
      );
    }
  }

  /** What is known of the tree that a signature was made for; the oldest trees are forgotten. */
  private treeOf({ keyId, signature }: Proof): KnownTree {
    const id = keyId + signature.toString('latin1');
    let tree = this.trees.get(id);
    if (!tree) {
      tree = { nodes: new Map(), roots: new Map() };
      this.trees.set(id, tree);
      if (this.trees.size > TREES_MAX) this.trees.delete(this.trees.keys().next().value as string);
    }
    return tree;
  }
}

/** Nodes that were hashed, and whether the signature holds for a root: also while that is under way. */
interface KnownTree {
  readonly nodes: KnownNodes;
  readonly roots: Map<string, Promise<boolean>>;
}
