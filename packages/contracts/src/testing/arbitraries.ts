import fc from 'fast-check';
import { LINKED, SAYS, SERVICES } from '../authority';
import type { Link } from '../link';
import { encodeLink } from '../link';
import type { Cited, Proof } from '../mandate-header';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

/** Any link that can be laid out, sensible or not. */
export const anyLink: fc.Arbitrary<Link> = fc.record({
  writer: fc.constantFrom(...SERVICES),
  type: fc.constantFrom(...LINKED),
  says: fc.constantFrom(...SAYS),
  messageId: fc.uuid(),
  issueId: fc.uuid(),
  subject: bytes(32),
  version: fc.maxSafeNat(),
  time: fc.maxSafeNat(),
  valueDigest: bytes(32),
  planDigest: bytes(32),
  causeDigest: bytes(32),
});

const anyProof: fc.Arbitrary<Proof> = fc.record({
  keyId: bytes(8).map((id) => id.toString('hex')),
  index: fc.integer({ min: 0, max: 63 }),
  count: fc.integer({ min: 1, max: 64 }),
  path: fc.array(bytes(32), { maxLength: 6 }),
  signature: bytes(64),
});

/** Any link with a proof, or with none yet. */
export const anyCited: fc.Arbitrary<Cited> = fc.record({
  link: anyLink.map(encodeLink),
  proof: fc.option(anyProof),
});
