import { refusalOf } from './signal';

const NOW = 1_000_000;
const scopes = new Set(['SYSTEM', 'search']);
const request = { scope: 'search', kind: 'freeze', reason: 'release', expiresAt: NOW + 60_000 } as const;

describe('raising a signal', () => {
  it('is possible on a known scope for a time that has an end', () => {
    expect(refusalOf(request, scopes, NOW)).toBeNull();
  });
  it.each([
    ['an unknown scope', { scope: 'serch' }, 'UNKNOWN_SCOPE'],
    ['an end in the past', { expiresAt: NOW }, 'ALREADY_EXPIRED'],
    ['more than a year', { expiresAt: NOW + 400 * 86_400_000 }, 'TOO_LONG'],
  ])('is refused for %s', (_, more, code) => {
    expect(refusalOf({ ...request, ...more }, scopes, NOW)?.code).toBe(code);
  });
});
