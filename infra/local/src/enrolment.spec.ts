import type { FounderKey } from '@mandate/contracts';
import { refusalOf } from './enrolment';

const page = 'http://localhost:17414';
const key: FounderKey = {
  founder: 'founder@local',
  key_id: '0123456789abcdef',
  kind: 'passkey',
  public_key: '',
  rp_id: 'localhost',
  origin: page,
};

describe('enrolling by itself on a local stack', () => {
  it('takes a passkey of its own page, and a key in the browser', () => {
    expect(refusalOf(key, page)).toBeNull();
    expect(refusalOf({ ...key, kind: 'browser' }, page)).toBeNull();
  });

  it('PART2-002: takes nobody else’s key, none of another page, and none that the page does not offer', () => {
    expect(refusalOf({ ...key, founder: 'visitor@local' }, page)).toMatch('knows founder@local only');
    expect(refusalOf({ ...key, origin: 'http://localhost:1' }, page)).toMatch('the page is');
    expect(refusalOf({ ...key, kind: 'ed25519' }, page)).toMatch('no key of this kind');
  });
});
