import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Authorised,
  AuthorityViolation,
  type Cited,
  type Environment,
  isTrustedAt,
  isValidAt,
  type KnownNodes,
  keyIdOf,
  type Link,
  linkDigest,
  linkTime,
  type Manifest,
  merkleTree,
  type Place,
  type Proof,
  type Purpose,
  publicKeyOf,
  type Revocation,
  readManifest,
  rootOf,
  type Service,
  type ServiceKey,
  signedApart,
  signedBytes,
  signingKeyAt,
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

/** A service's own key as its file holds it: one PEM after another, the present one and those that are to come. */
type OwnKeys = ReadonlyMap<string, KeyObject>;

interface KnownKey extends ServiceKey {
  readonly key: KeyObject;
  readonly citable: ReadonlySet<string>;
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
  /** Of the manifest, the own keys that this process holds. */
  private own: readonly ServiceKey[];
  private readonly trees = new Map<string, KnownTree>();

  constructor(
    readonly service: Service,
    private ownKeys: OwnKeys,
    private authority: Authority,
  ) {
    this.known = keysOf(authority.manifest);
    this.own = this.heldOf(ownKeys, authority.manifest);
  }

  /** Reads own keys (PEM), manifest file and pinned root key (PEM). @throws Error saying which does not fit */
  static load(service: Service, keysPem: string, from: ManifestSource): Keyring {
    return new Keyring(service, readOwnKeys(keysPem), readAuthority(from));
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
   * Goes on with a newer manifest and the own keys as they are now, without a restart.
   * @throws Error if the manifest is older than the present one, or names none of the keys: then nothing has changed
   */
  adopt(authority: Authority, keysPem: string): void {
    const [next, present] = [authority.manifest.number, this.manifest.number];
    if (next < present) throw new Error(`authority.json has number ${next}, but ${present} is in use`);
    const ownKeys = readOwnKeys(keysPem);
    this.own = this.heldOf(ownKeys, authority.manifest);
    this.known = keysOf(authority.manifest);
    this.ownKeys = ownKeys;
    this.authority = authority;
  }

  private heldOf(ownKeys: OwnKeys, { services }: Manifest): readonly ServiceKey[] {
    const held = services.filter((key) => key.service === this.service && ownKeys.has(key.key_id));
    if (held.length > 0) return held;
    const ids = [...ownKeys.keys()].join(', ');
    throw new Error(`the manifest does not name key ${ids} as one of ${this.service}`);
  }

  /**
   * The key for what was said then: a link is signed with the key that was in use at its time, also when it is published
   * after a rotation. What was said under a key that has been revoked since is said again under the present one.
   */
  private keyAt(time: number, now: number): { readonly keyId: string; readonly key: KeyObject } {
    const found = signingKeyAt(this.own, this.service, time) ?? signingKeyAt(this.own, this.service, now);
    if (!found) throw new Error(`${this.service} has no key that the manifest lets it sign with now`);
    return { keyId: found.key_id, key: this.ownKeys.get(found.key_id) as KeyObject };
  }

  /** Signs what is no link. Its purpose is signed along, so that no such signature can be taken for another's. */
  async signApart(purpose: Purpose, bytes: Buffer, now: number): Promise<SignedApart> {
    const { keyId, key } = this.keyAt(now, now);
    return { keyId, signature: await signAsync(null, signedApart(purpose, bytes), key) };
  }

  /** Signs links in trees of at most 64 leaves; the proofs come in the order of the links. `now`: epoch milliseconds. */
  async prove(links: readonly Buffer[], now: number): Promise<Proof[]> {
    const proofs: Proof[] = [];
    const byKey = new Map<string, { readonly key: KeyObject; readonly at: number[] }>();
    links.forEach((link, i) => {
      const { keyId, key } = this.keyAt(linkTime(link), now);
      const same = byKey.get(keyId);
      if (same) same.at.push(i);
      else byKey.set(keyId, { key, at: [i] });
    });
    const trees = [...byKey].flatMap(([keyId, { key, at }]) =>
      Array.from({ length: Math.ceil(at.length / TREE_LEAVES_MAX) }, (_, i) => ({
        keyId,
        key,
        at: at.slice(i * TREE_LEAVES_MAX, (i + 1) * TREE_LEAVES_MAX),
      })),
    );
    await Promise.all(
      trees.map(async ({ keyId, key, at }) => {
        const { root, paths } = merkleTree(at.map((i) => links[i] as Buffer));
        const signature = await signAsync(null, signedBytes(root), key);
        paths.forEach((path, index) => {
          proofs[at[index] as number] = { keyId, index, count: at.length, path, signature };
        });
      }),
    );
    return proofs;
  }

  /** CHAIN-002: verifies every proof of a message, and that a definition is of a catalogue the root allows. @throws AuthorityViolation */
  async verify(authorised: Authorised, place: Place): Promise<void> {
    const { edge, link: own } = authorised;
    if (edge.cause === 'CATALOGUE') {
      const catalogue = own.causeDigest.toString('hex');
      if (!this.manifest.catalogue_digests.includes(catalogue))
        throw new AuthorityViolation('CATALOGUE_NOT_ALLOWED', `the manifest does not allow catalogue ${catalogue}`);
    }
    for (const { cited, link } of authorised.cited) {
      await this.verifyCited(cited, link, cited === authorised.mandate.own ? place : null);
    }
  }

  /** @param place where the message stands that is said by this very link; null for a link that is only cited */
  private async verifyCited({ link: bytes, proof }: Cited, link: Link, place: Place | null): Promise<void> {
    if (!proof) throw new AuthorityViolation('BAD_SIGNATURE', 'a cited link has no proof');
    const key = this.known.get(proof.keyId);
    if (!key || !isValidAt(key, link.writer, link.time)) {
      throw new AuthorityViolation(
        'UNKNOWN_KEY',
        `key ${proof.keyId} was not ${link.writer}'s at ${new Date(link.time).toISOString()}`,
      );
    }
    if (key.revoked) refuseRevoked(key, key.revoked, bytes, place);
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

function readOwnKeys(pem: string): OwnKeys {
  const each = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g) ?? [];
  if (each.length === 0) throw new Error('MANDATE_KEY_FILE holds no private key (PEM)');
  return new Map(
    each.map((text) => {
      const key = createPrivateKey(text);
      return [keyIdOf(key), key];
    }),
  );
}

function keysOf({ services }: Manifest): ReadonlyMap<string, KnownKey> {
  const known = services.map((entry): KnownKey => {
    const key = publicKeyOf(Buffer.from(entry.public_key, 'base64'));
    return { ...entry, key, citable: new Set(entry.revoked?.citable) };
  });
  return new Map(known.map((key) => [key.key_id, key]));
}

/** Of a key that is in the wrong hands only what was said before counts, known by its place or its digest. */
function refuseRevoked(key: KnownKey, revoked: Revocation, link: Buffer, place: Place | null): void {
  const counts = place ? isTrustedAt(revoked, place) : key.citable.has(linkDigest(link).toString('hex'));
  if (counts) return;
  const since = new Date(revoked.at).toISOString();
  throw new AuthorityViolation('KEY_REVOKED', `key ${key.key_id} of ${key.service} is revoked since ${since}`);
}
