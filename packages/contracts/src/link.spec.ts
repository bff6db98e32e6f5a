import fc from 'fast-check';
import { decodeLink, encodeLink, LINK_BYTES, type Link, linkDigest } from './link';
import { anyLink } from './testing/arbitraries';
import { linkOf } from './testing/saying';

describe('a link', () => {
  it('CHAIN-002: reads back as what was laid out', () => {
    fc.assert(
      fc.property(anyLink, (link) => {
        const bytes = encodeLink(link);
        expect(bytes).toHaveLength(LINK_BYTES);
        expect(decodeLink(bytes)).toEqual(link);
      }),
    );
  });

  it('CHAIN-002: has one layout only, so that one flipped bit makes it another link or none', () => {
    fc.assert(
      fc.property(anyLink, fc.integer({ min: 0, max: LINK_BYTES * 8 - 1 }), (link, bit) => {
        const bytes = encodeLink(link);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        const read = decodeLink(bytes);
        if (read) expect(encodeLink(read)).toEqual(bytes);
        expect(linkDigest(bytes)).not.toEqual(linkDigest(encodeLink(link)));
      }),
    );
  });

  it('is null, never an error, for bytes that are none', () => {
    const ofItsSize = fc.uint8Array({ minLength: LINK_BYTES, maxLength: LINK_BYTES });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), ofItsSize), (bytes) => {
        const read = decodeLink(Buffer.from(bytes));
        if (read) expect(encodeLink(read)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([
    ['writer', { writer: 'stranger' }],
    ['type', { type: 'Rumour' }],
    ['meaning', { says: 'MAYBE' }],
    ['id', { messageId: 'not a uuid' }],
    ['digest', { planDigest: Buffer.alloc(31) }],
    ['version', { version: -1 }],
  ])('cannot be laid out with a %s that does not fit', (_part, wrong) => {
    expect(() => encodeLink({ ...linkOf('ProposalMade', 'PROPOSED'), ...(wrong as Partial<Link>) })).toThrow();
  });

  it('CHAIN-002: keeps its layout and its codes for ever: a fixed link has a fixed digest', () => {
    const digest = linkDigest(encodeLink(linkOf('EligibilityJudged', 'MAY'))).toString('hex');
    expect(digest).toBe('c57dec12a213e408e1e78051fef27b73ac52ccf9df1d72255ec5093d514c48d5');
  });
});
