import { LINK_BYTES } from './link';
import { sha256 } from './plan';

/** Shows that a link was signed: its place in a small Merkle tree and the signature over the tree's root. */
export interface Proof {
  /** First 16 hex characters of SHA-256 over the raw public key. */
  readonly keyId: string;
  readonly index: number;
  readonly count: number;
  readonly path: readonly Buffer[];
  /** Ed25519 over `mandate-v1` and the root; 64 bytes. */
  readonly signature: Buffer;
}

/** A link with its proof; the proof is null only in an outbox, for links the service itself said. */
export interface Cited {
  readonly link: Buffer;
  readonly proof: Proof | null;
}

/** The header `mandate`: a message's own link and the links under which it was said. */
export interface Mandate {
  readonly own: Cited;
  readonly cause: Cited | null;
  readonly may: Cited | null;
  readonly approve: Cited | null;
}

export const MANDATE_HEADER = 'mandate';
export const TREE_LEAVES_MAX = 64;
const FORMAT = 1;
const NO_PROOF: Proof = { keyId: '0000000000000000', index: 0, count: 0, path: [], signature: Buffer.alloc(64) };
const PATH_MAX = 6;
const ROLE = { own: 1, cause: 2, may: 4, approve: 8 } as const;
const SIGNED_PREFIX = Buffer.from('mandate-v1');

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
const leafHash = (link: Buffer): Buffer => sha256(Buffer.concat([LEAF, link]));
const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([NODE, left, right]));

/** What is signed: `mandate-v1` and the root. */
export function signedBytes(root: Buffer): Buffer {
  return Buffer.concat([SIGNED_PREFIX, root]);
}

/**
 * Root of the tree over these links and each link's path to it. An odd node at a level's end moves up unchanged.
 * @param links 1 to 64 encoded links
 */
export function merkleTree(links: readonly Buffer[]): { readonly root: Buffer; readonly paths: readonly Buffer[][] } {
  if (links.length === 0 || links.length > TREE_LEAVES_MAX) throw new RangeError(`a tree has 1 to 64 leaves`);
  const paths: Buffer[][] = links.map(() => []);
  let level = links.map((link, i) => ({ hash: leafHash(link), leaves: [i] }));
  while (level.length > 1) {
    const next: typeof level = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as (typeof level)[number];
      const right = level[i + 1];
      if (!right) {
        next.push(left);
        continue;
      }
      for (const leaf of left.leaves) (paths[leaf] as Buffer[]).push(right.hash);
      for (const leaf of right.leaves) (paths[leaf] as Buffer[]).push(left.hash);
      next.push({ hash: nodeHash(left.hash, right.hash), leaves: [...left.leaves, ...right.leaves] });
    }
    level = next;
  }
  return { root: (level[0] as (typeof level)[number]).hash, paths };
}

/** Nodes of one tree that have been hashed before, by place: many links of a batch climb the same way. */
export type KnownNodes = Map<number, { readonly left: Buffer; readonly right: Buffer; readonly parent: Buffer }>;

/**
 * Root that a link's proof leads to, or null if index, count and path do not fit each other.
 * @param known  spares hashing what was hashed before; whatever it holds, the answer is the same
 */
export function rootOf(link: Buffer, proof: Proof, known?: KnownNodes): Buffer | null {
  let { index, count } = proof;
  if (count < 1 || count > TREE_LEAVES_MAX || index >= count) return null;
  let hash = leafHash(link);
  let used = 0;
  for (let level = 0; count > 1; level++) {
    const isLastOdd = index === count - 1 && count % 2 === 1;
    if (!isLastOdd) {
      const sibling = proof.path[used++];
      if (!sibling) return null;
      const [left, right] = index % 2 === 0 ? [hash, sibling] : [sibling, hash];
      hash = parentOf(left, right, level * TREE_LEAVES_MAX + (index >> 1), known);
    }
    index = index >> 1;
    count = (count + 1) >> 1;
  }
  return used === proof.path.length ? hash : null;
}

function parentOf(left: Buffer, right: Buffer, place: number, known: KnownNodes | undefined): Buffer {
  const found = known?.get(place);
  if (found?.left.equals(left) && found.right.equals(right)) return found.parent;
  const parent = nodeHash(left, right);
  // Copies: a sibling is a piece of the broker's whole answer, which must not be kept alive by it.
  if (known && !found) known.set(place, { left: Buffer.from(left), right: Buffer.from(right), parent });
  return parent;
}

/**
 * Lays the header out; equal links stand once with all their roles. A missing proof (only in an outbox or in a stored
 * citation, for a link the service itself said) is laid out as zeros and read back as null.
 */
export function encodeMandate(mandate: Mandate): Buffer {
  const entries: { roles: number; cited: Cited }[] = [];
  for (const role of ['own', 'cause', 'may', 'approve'] as const) {
    const cited = mandate[role];
    if (!cited) continue;
    const same = entries.find((e) => e.cited.link.equals(cited.link));
    if (same) same.roles |= ROLE[role];
    else entries.push({ roles: ROLE[role], cited });
  }
  const parts = entries.map(({ roles, cited }) => {
    const proof = cited.proof ?? NO_PROOF;
    const head = Buffer.from([proof.index, proof.count, proof.path.length]);
    return Buffer.concat([
      Buffer.from([roles]),
      cited.link,
      Buffer.from(proof.keyId, 'hex'),
      head,
      ...proof.path,
      proof.signature,
    ]);
  });
  return Buffer.concat([Buffer.from([FORMAT, entries.length]), ...parts]);
}

/** Reads a header, or null if the bytes are none. */
export function decodeMandate(bytes: Buffer): Mandate | null {
  if (bytes.length < 2 || bytes[0] !== FORMAT) return null;
  const count = bytes[1] as number;
  if (count < 1 || count > 4) return null;
  const found: { own?: Cited; cause?: Cited; may?: Cited; approve?: Cited } = {};
  let at = 2;
  for (let i = 0; i < count; i++) {
    const pathCount = bytes[at + 1 + LINK_BYTES + 8 + 2];
    if (pathCount === undefined || pathCount > PATH_MAX) return null;
    const end = at + 1 + LINK_BYTES + 8 + 3 + pathCount * 32 + 64;
    if (end > bytes.length) return null;
    const roles = bytes[at] as number;
    const cited = readEntry(bytes.subarray(at + 1, end), pathCount);
    for (const role of ['own', 'cause', 'may', 'approve'] as const) {
      if (!(roles & ROLE[role])) continue;
      if (found[role]) return null;
      found[role] = cited;
    }
    at = end;
  }
  if (at !== bytes.length || !found.own) return null;
  return { own: found.own, cause: found.cause ?? null, may: found.may ?? null, approve: found.approve ?? null };
}

/** The own link of a header that this process laid out: it comes first. Nothing is checked. */
export function ownLink(bytes: Buffer): Buffer {
  return bytes.subarray(3, 3 + LINK_BYTES);
}

function readEntry(bytes: Buffer, pathCount: number): Cited {
  const proofAt = LINK_BYTES + 8;
  const path = Array.from({ length: pathCount }, (_, i) => bytes.subarray(proofAt + 3 + i * 32, proofAt + 35 + i * 32));
  return {
    link: bytes.subarray(0, LINK_BYTES),
    proof:
      bytes[proofAt + 1] === 0
        ? null
        : {
            keyId: bytes.subarray(LINK_BYTES, proofAt).toString('hex'),
            index: bytes[proofAt] as number,
            count: bytes[proofAt + 1] as number,
            path,
            signature: bytes.subarray(bytes.length - 64),
          },
  };
}
