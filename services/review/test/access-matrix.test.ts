import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from './review-world';
import { SignInWorld } from './sign-in-world';

interface Operation {
  readonly security?: readonly object[];
}
const { paths } = JSON.parse(readFileSync(join(__dirname, '..', 'openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
/** Every way in that the document names, save those that it calls open. */
const closed = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, operation]) => operation.security?.length !== 0)
    .map(([method]) => [method.toUpperCase(), path.replace('{id}', '0197f000-0000-7000-8000-000000000001')] as const),
);

describe('every way in of the API document', () => {
  let w: SignInWorld;
  beforeAll(async () => {
    w = await SignInWorld.open({ RATE_REFUSALS: '100000', RATE_SIGN_INS: '1000' });
  }, 60_000);
  afterAll(() => w?.close());

  const ask = async (method: string, path: string, headers: Record<string, string>) => {
    const isPost = method === 'POST';
    const answer = await fetch(`${w.page}${path}`, {
      method,
      headers: { ...headers, ...(isPost ? { 'content-type': 'application/json', 'idempotency-key': 'k' } : {}) },
      ...(isPost ? { body: '{}' } : {}),
    });
    const { code } = (await answer.json()) as Json;
    return [answer.status, code];
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('is a good many', () => {
    expect(closed.length).toBeGreaterThan(20);
  });

  it.each(closed)('%s %s is closed to all but founders', async (method, path) => {
    const said = [
      await ask(method, path, {}),
      await ask(method, path, bearer(w.issuer.token({ exp: 1 }))),
      await ask(method, path, bearer(w.issuer.token({ aud: 'elsewhere' }))),
      await ask(method, path, bearer(w.issuer.token({ iss: 'http://elsewhere' }))),
      await ask(method, path, bearer(tampered(w.issuer.token()))),
      await ask(method, path, bearer(w.issuer.token({ sub: 'visitor@local', roles: [] }))),
      await ask(method, path, { cookie: 'mandate_session=AAAA' }),
    ];
    expect(said).toEqual([
      [401, 'TOKEN_MISSING'],
      [401, 'TOKEN_EXPIRED'],
      [401, 'TOKEN_CLAIM_REFUSED'],
      [401, 'TOKEN_CLAIM_REFUSED'],
      [401, 'TOKEN_SIGNATURE_INVALID'],
      [403, 'NOT_A_FOUNDER'],
      [401, 'SESSION_ENDED'],
    ]);
  });

  it.each(closed.filter(([method]) => method === 'POST'))('%s %s is closed to other sites', async (method, path) => {
    const browser = await w.signedIn();
    const cookie = `mandate_session=${browser.cookie('mandate_session')}`;
    const csrf = { 'x-csrf-token': browser.csrfToken };
    expect([
      await ask(method, path, { cookie, ...csrf, origin: 'https://elsewhere.example' }),
      await ask(method, path, { cookie, ...csrf }),
      await ask(method, path, { cookie, origin: w.page }),
    ]).toEqual([
      [403, 'ORIGIN_REFUSED'],
      [403, 'ORIGIN_REFUSED'],
      [403, 'CSRF_TOKEN_WRONG'],
    ]);
  });
});

function tampered(token: string): string {
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'somebody else' };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}
