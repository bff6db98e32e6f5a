import { assertionBytes } from '@mandate/contracts';
import { isNewUse, signCountOf } from './passkey-use';

describe('a passkey’s counter (PART2-002)', () => {
  it.each([
    [0, 0, true, 'is 0 for ever where the authenticator has none'],
    [4, 5, true, 'grows'],
    [4, 4, false, 'stays when an assertion is replayed'],
    [5, 4, false, 'goes back when the authenticator was copied'],
    [5, 0, false, 'vanishes when another authenticator answers'],
  ])('%i then %i: %s, it %s', (before, now, isNew) => {
    expect(isNewUse(before, now)).toBe(isNew);
  });

  it('is read from the assertion that a decision carries', () => {
    const data = Buffer.alloc(37);
    data.writeUInt32BE(7, 33);
    const part = (bytes: Buffer) => bytes.toString('base64url');
    const carried = assertionBytes({
      authenticator_data: part(data),
      client_data_json: part(Buffer.from('{}')),
      signature: part(Buffer.from([1])),
    });
    expect(signCountOf(carried)).toBe(7);
  });

  it.each(['', 'no JSON', '{}', '{"authenticator_data":"AAAA"}'])('is none in %j', (text) => {
    expect(signCountOf(Buffer.from(text))).toBeNull();
  });
});
