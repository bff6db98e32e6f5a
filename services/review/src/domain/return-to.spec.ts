import { returnPath } from './return-to';

describe('the way back after sign-in', () => {
  it.each(['/', '/attention', '/contracts/0197?x=1#y'])('is %s as it was asked for', (path) => {
    expect(returnPath(path)).toBe(path);
  });

  it.each([
    undefined,
    '',
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/a\\b',
    '/api/v1/auth/sign-in',
    '/a\r\nset-cookie: x',
    `/${'a'.repeat(600)}`,
  ])('is never another site, nor a way in of the API: %j', (path) => {
    expect(returnPath(path)).toBe('/');
  });
});
