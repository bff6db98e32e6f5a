import { inert } from './notice-text';

describe('a customer’s title in a message', () => {
  it.each([
    ['Raise the API rate limit to 2.5 per second', 'Raise the API rate limit to 2.5 per second'],
    ['see https://evil.example/x', 'see https[:]//evil[.]example/x'],
    ['write to a@evil.example', 'write to a[@]evil[.]example'],
    ['<b>approve</b> `now` |', '‹b›approve‹/b› ˋnowˋ ¦'],
    ['one\r\nBcc: x', 'one Bcc: x'],
    ['\u202eevil\u200b', '\ufffdevil\ufffd'],
    [`a${'\u0301'.repeat(500)}b`, 'a\ufffdb'],
  ])('is text and nothing else: %j', (title, shown) => {
    expect(inert(title)).toBe(shown);
  });

  it('is cut at 120 characters', () => {
    expect([...inert('🎈'.repeat(500))]).toHaveLength(120);
  });
});
