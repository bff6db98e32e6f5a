import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Authorised,
  AuthorityViolation,
  type Cited,
  type Environment,
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

/** Where a service finds whose keys count: the file, the root key (PEM) it is pinned to, and which manifests it takes. */
export interface ManifestSource {
  readonly file: string;
  readonly rootPem: string;
  readonly environment: Environment;
}

/** The manifest, and the text it was read from. */
export interface Authority {
  readonly manifest: Manifest;
  readonly text: string;
}

/** Reads and checks the manifest. @throws Error saying what is wrong with it */
export function readAuthority({ file, rootPem, environment }: ManifestSource): Authority {
  const text = readFileSync(file, 'utf8');
  const manifest = readManifest(text, createPublicKey(rootPem));
  if (manifest.environment !== environment) {
    throw new Error(`${file} is for ${manifest.environment}, MANDATE_ENVIRONMENT is ${environment}`);
  }
  return { manifest, text };
}

/** A service's own key and everybody's public keys (spec 4-mandate "Keys"). Signs and verifies off the event loop. */
export class Keyring {
  private known: ReadonlyMap<string, KnownKey>;
  private readonly trees = new Map<string, KnownTree>();
  readonly ownKeyId: string;

  constructor(
    readonly service: Service,
    private readonly ownKey: KeyObject,
    private authority: Authority,
  ) {
    this.ownKeyId = keyIdOf(ownKey);
    this.known = this.keysOf(authority.manifest);
  }

  /** Reads own key (PEM), manifest file and pinned root key (PEM). @throws Error saying which does not fit */
  static load(service: Service, keyPem: string, from: ManifestSource): Keyring {
    return new Keyring(service, createPrivateKey(keyPem), readAuthority(from));
  }

  /** The manifest as last read. */
  get manifest(): Manifest {
    return this.authority.manifest;
  }

  /** `authority.json` as last read, for whoever wants to check it against the root's key. */
  get authorityText(): string {
    return this.authority.text;
  }

  /**
   * Goes on with a newer manifest, without a restart. @throws Error if it is older than the present one, or does not name
   * this service's key: then nothing has changed
   */
  adopt(authority: Authority): void {
    const [next, present] = [authority.manifest.number, this.manifest.number];
    if (next < present) throw new Error(`authority.json has number ${next}, but ${present} is in use`);
    this.known = this.keysOf(authority.manifest);
    this.authority = authority;
  }

  private keysOf(manifest: Manifest): ReadonlyMap<string, KnownKey> {
    const known = new Map<string, KnownKey>();
    for (const k of manifest.services) {
      const key = publicKeyOf(Buffer.from(k.public_key, 'base64'));
      known.set(k.key_id, { service: k.service, key, validFrom: k.valid_from, validTo: k.valid_to });
    }
    if (known.get(this.ownKeyId)?.service !== this.service) {
      throw new Error(`the manifest does not name key ${this.ownKeyId} as one of ${this.service}`);
    }
    return known;
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
