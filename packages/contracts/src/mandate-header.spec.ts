import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { encodeLink } from './link';
import {
  type Cited,
  decodeMandate,
  encodeMandate,
  merkleTree,
  type Proof,
  rootOf,
  signedBytes,
} from './mandate-header';
import { anyCited } from './testing/arbitraries';
import { linkOf } from './testing/saying';

const links = (count: number) =>
  Array.from({ length: count }, (_, i) => encodeLink(linkOf('IssueReceived', 'RECEIVED', { version: i + 1 })));
const SIGNATURE = Buffer.alloc(64);

/** A tree over `count` links with the proof of each. */
function tree(count: number): { root: Buffer; leaves: { link: Buffer; proof: Proof }[] } {
  const all = links(count);
  const { root, paths } = merkleTree(all);
  const proofOf = (index: number): Proof => ({
    keyId: '0123456789abcdef',
    index,
    count,
    path: paths[index] as Buffer[],
    signature: SIGNATURE,
  });
  return { root, leaves: all.map((link, index) => ({ link, proof: proofOf(index) })) };
}
const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
};

describe('a Merkle tree of links', () => {
  it('CHAIN-002: of 1 to 64 leaves leads from every leaf to its root', () => {
    for (let count = 1; count <= 64; count++) {
      const { root, leaves } = tree(count);
      const lost = leaves.filter(({ link, proof }) => !rootOf(link, proof)?.equals(root));
      expect({ count, lost }).toEqual({ count, lost: [] });
      expect(Math.max(...leaves.map(({ proof }) => proof.path.length))).toBeLessThanOrEqual(6);
    }
  });

  it("CHAIN-002: takes no leaf at another leaf's place", () => {
    for (const count of [2, 3, 5, 7, 8, 13, 64]) {
      const { root, leaves } = tree(count);
      const misplaced = leaves.flatMap(({ link }) => leaves.filter((at) => rootOf(link, at.proof)?.equals(root)));
      const moved = leaves.flatMap(({ link, proof }) =>
        leaves.filter((at) => rootOf(link, { ...proof, index: at.proof.index })?.equals(root)),
      );
      expect([misplaced, moved]).toEqual([leaves, leaves]);
    }
  });

  it('CHAIN-002: no link or path with a flipped bit leads to the root', () => {
    const place = fc.integer({ min: 1, max: 64 }).chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1)));
    fc.assert(
      fc.property(place, fc.nat(), ([count, index], seed) => {
        const { root, leaves } = tree(count);
        const { link, proof } = leaves[index] as (typeof leaves)[number];
        expect(rootOf(flipped(link, seed % (link.length * 8)), proof)).not.toEqual(root);
        for (const [at, hash] of proof.path.entries()) {
          const path = proof.path.with(at, flipped(hash, seed % 256));
          expect(rootOf(link, { ...proof, path })).not.toEqual(root);
        }
      }),
    );
  });

  it('has no root for a path that is too short, too long, or out of place', () => {
    const { leaves } = tree(5);
    const { link, proof } = leaves[0] as (typeof leaves)[number];
    expect(rootOf(link, { ...proof, path: proof.path.slice(1) })).toBeNull();
    expect(rootOf(link, { ...proof, path: [...proof.path, Buffer.alloc(32)] })).toBeNull();
    expect(rootOf(link, { ...proof, index: 5 })).toBeNull();
    expect(rootOf(link, { ...proof, count: 0 })).toBeNull();
    expect(rootOf(link, { ...proof, count: 65 })).toBeNull();
  });

  it('takes 1 to 64 leaves', () => {
    expect(() => merkleTree([])).toThrow(RangeError);
    expect(() => merkleTree(links(65))).toThrow(RangeError);
  });

  it('keeps leaves and nodes apart, and its root apart from anything else that is signed', () => {
    const [a, b] = links(2) as [Buffer, Buffer];
    const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    const leaf = (link: Buffer) => sha(Buffer.from([0]), link);
    const { root } = merkleTree([a, b]);
    expect(root).toEqual(sha(Buffer.from([1]), leaf(a), leaf(b)));
    expect(signedBytes(root).toString('latin1')).toBe(`mandate-v1${root.toString('latin1')}`);
  });
});

describe('the mandate header', () => {
  const role = fc.option(fc.nat(2));
  const anyMandate = fc
    .tuple(fc.array(anyCited, { minLength: 3, maxLength: 3 }), fc.nat(2), role, role, role)
    .map(([cited, own, cause, may, approve]) => {
      const pick = (at: number | null): Cited | null => (at === null ? null : (cited[at] as Cited));
      return { own: cited[own] as Cited, cause: pick(cause), may: pick(may), approve: pick(approve) };
    });

  it('CHAIN-002: reads back as what was laid out, links that share roles and proofs still to be made included', () => {
    fc.assert(
      fc.property(anyMandate, (mandate) => {
        expect(decodeMandate(encodeMandate(mandate))).toEqual(mandate);
      }),
    );
  });

  it('lays a link that has several roles out once, so that the header stays small', () => {
    const one = { link: links(1)[0] as Buffer, proof: null };
    const mandate = { own: one, cause: one, may: one, approve: one };
    const alone = { own: one, cause: null, may: null, approve: null };
    expect(encodeMandate(mandate)).toHaveLength(encodeMandate(alone).length);
    expect(decodeMandate(encodeMandate(mandate))).toEqual(mandate);
  });

  it('CHAIN-003: is null, never an error, for any other bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 1_500 }).map((array) => Buffer.from(array));
    const framed = bytes.chain((body) => fc.nat(5).map((count) => Buffer.concat([Buffer.from([1, count]), body])));
    fc.assert(fc.property(fc.oneof(bytes, framed), (any) => void decodeMandate(any)));
  });

  it('CHAIN-003: is null when cut short at any byte, or when anything follows it', () => {
    const [own, cause] = links(2).map((link) => ({ link, proof: tree(3).leaves[0]?.proof ?? null })) as [Cited, Cited];
    const bytes = encodeMandate({ own, cause, may: null, approve: null });
    for (let length = 0; length < bytes.length; length++) expect(decodeMandate(bytes.subarray(0, length))).toBeNull();
    expect(decodeMandate(Buffer.concat([bytes, Buffer.from([0])]))).toBeNull();
  });

  it('is null without a link of its own, and with two for one role', () => {
    const [a, b] = links(2).map((link) => ({ link, proof: null })) as [Cited, Cited];
    const bytes = encodeMandate({ own: a, cause: b, may: null, approve: null });
    const second = 2 + (bytes.length - 2) / 2;
    const causeOnly = Buffer.concat([Buffer.from([1, 1]), bytes.subarray(second)]);
    expect(decodeMandate(causeOnly)).toBeNull();
    const twice = Buffer.from(bytes);
    twice[second] = 1;
    expect(decodeMandate(twice)).toBeNull();
  });
});
