import type { Link } from '@mandate/contracts';
import { UnauthorisedFault } from '@mandate/service-kit';
import { checkSameSubject } from './same-subject';

const link = { issueId: 'i-1', says: 'MAY_NOT' } as Link;
const message = { link, key: Buffer.from('i-1') };
const value = { issueId: 'i-1', subject: 'i-1', says: 'MAY_NOT' };

describe('CHAIN-003: a value that says something else than its link', () => {
  it('is fine while it does not', () => expect(() => checkSameSubject(message, value)).not.toThrow());

  it.each([{ issueId: 'i-2' }, { subject: 'c-2' }, { says: 'MAY' }])('is set aside: %p', (other) => {
    expect(() => checkSameSubject(message, { ...value, ...other })).toThrow(UnauthorisedFault);
  });
});
