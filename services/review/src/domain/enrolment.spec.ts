import { PENDING_KEYS_MAX, refuseEnrolment } from './enrolment';

const local = { environment: 'local' as const, pending: 0 };
const production = { environment: 'production' as const, pending: 0 };

describe('enrolling a founder’s key (PART2-002)', () => {
  it('takes a passkey anywhere, and a browser’s key on a local run', () => {
    expect(refuseEnrolment({ kind: 'passkey', isKnown: false }, production)).toBeNull();
    expect(refuseEnrolment({ kind: 'browser', isKnown: false }, local)).toBeNull();
  });

  it('refuses a browser’s key in production: no device guards it', () => {
    expect(refuseEnrolment({ kind: 'browser', isKnown: false }, production)).toBe('BROWSER_KEY_LOCAL_ONLY');
  });

  it('refuses a key that is known already, whoever’s it is', () => {
    expect(refuseEnrolment({ kind: 'passkey', isKnown: true }, local)).toBe('KEY_KNOWN');
  });

  it('lets only so many keys of a founder wait', () => {
    const full = { ...local, pending: PENDING_KEYS_MAX };
    expect(refuseEnrolment({ kind: 'passkey', isKnown: false }, full)).toBe('TOO_MANY_PENDING_KEYS');
  });
});
