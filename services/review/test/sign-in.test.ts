import type { Json } from './review-world';
import { SignInWorld } from './sign-in-world';

const MINUTE_MS = 60_000;

describe('sign-in', () => {
  let w: SignInWorld;
  beforeAll(async () => {
    w = await SignInWorld.open({ RATE_SIGN_INS: '1000' });
  }, 60_000);
  afterAll(() => w?.close());

  const session = (browser: Awaited<ReturnType<SignInWorld['signedIn']>>) =>
    browser.send(`${w.page}/api/v1/session`).then(async (r) => ({ status: r.status, body: (await r.json()) as Json }));

  it('leads a founder through a real provider, with PKCE, and back to the page that was asked for', async () => {
    const browser = w.browser();
    expect(await browser.signIn('founder@local', '?return_to=/contracts/7')).toBe('/contracts/7');
    const { status, body } = await session(browser);
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        founder: 'founder@local',
        name: 'Local Founder',
        role: 'founder',
        environment: 'local',
      }),
    ]);
    expect(Date.parse(body.absolute_expires_at)).toBe(w.clock.now() + 12 * 60 * MINUTE_MS);
  });

  it('keeps of the session’s secret nothing but its digest, in a cookie that no script and no other site can use', async () => {
    const browser = await w.signedIn();
    const secret = browser.cookie('mandate_session') as string;
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const kept = JSON.stringify(await w.database.rows('SELECT * FROM sessions'));
    expect(kept).not.toContain(secret);
    const line = browser.cookieLines.get('mandate_session');
    expect(line).toMatch(/HttpOnly/);
    expect(line).toMatch(/SameSite=Strict/);
    expect(line).toMatch(/Path=\//);
    expect(line).not.toMatch(/Domain/);
  });

  it('refuses a person who is no founder, and says so', async () => {
    const browser = w.browser();
    expect(await browser.signIn('visitor@local')).toBe('/sign-in?problem=NOT_A_FOUNDER');
    expect((await session(browser)).status).toBe(401);
  });

  it.each([
    ['another state', (url: string) => url.replace(/state=[^&]+/, 'state=other'), 'SIGN_IN_FAILED'],
    [
      'a code that the provider did not give',
      (url: string) => url.replace(/code=[^&]+/, 'code=other'),
      'SIGN_IN_FAILED',
    ],
    [
      'an answer of another provider',
      (url: string) => url.replace(/iss=[^&]+/, 'iss=http%3A%2F%2Fother'),
      'SIGN_IN_FAILED',
    ],
    ['an error', () => `${w.page}/api/v1/auth/callback?error=access_denied`, 'SIGN_IN_FAILED'],
  ])('takes no callback with %s', async (_, changed, code) => {
    const browser = w.browser();
    const callback = await browser.pick(await browser.toProvider(), 'founder@local');
    const answer = await browser.send(changed(callback));
    expect(answer.headers.get('location')).toBe(`/sign-in?problem=${code}`);
    expect((await session(browser)).status).toBe(401);
  });

  it('takes a callback once, and from the browser alone that began', async () => {
    const browser = w.browser();
    const callback = await browser.pick(await browser.toProvider(), 'founder@local');
    const stranger = await w.browser().send(callback);
    expect(stranger.headers.get('location')).toBe('/sign-in?problem=SIGN_IN_EXPIRED');
    expect((await browser.send(callback)).headers.get('location')).toBe('/');
    expect((await browser.send(callback)).headers.get('location')).toBe('/sign-in?problem=SIGN_IN_EXPIRED');
  });

  it('begins under the page’s own name, whatever name it was reached by', async () => {
    const other = w.page.replace('localhost', '127.0.0.1');
    const answer = await fetch(`${other}/api/v1/auth/sign-in?return_to=/attention`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe(`${w.page}/api/v1/auth/sign-in?return_to=/attention`);
  });

  it('ends a session that is not used for half an hour, and any after twelve hours', async () => {
    const idle = await w.signedIn();
    w.clock.advance(29 * MINUTE_MS);
    expect((await session(idle)).status).toBe(200);
    w.clock.advance(29 * MINUTE_MS);
    expect((await session(idle)).status).toBe(200);
    w.clock.advance(30 * MINUTE_MS);
    expect((await session(idle)).body.code).toBe('SESSION_ENDED');
    const busy = await w.signedIn();
    for (let used = 0; used < 24; used++) {
      expect((await session(busy)).status).toBe(200);
      w.clock.advance(29.9 * MINUTE_MS);
    }
    w.clock.advance(5 * MINUTE_MS);
    expect((await session(busy)).status).toBe(401);
  });

  it('ends here, or everywhere, and names where the provider’s own session ends', async () => {
    const [here, there] = [await w.signedIn(), await w.signedIn()];
    const secret = here.cookie('mandate_session') as string;
    const left = await here.post('/auth/sign-out', {});
    expect(left.status).toBe(204);
    expect(left.headers.get('location')).toContain(`${w.issuer.url}/session/end?`);
    here.setCookie('mandate_session', secret);
    expect((await session(here)).status).toBe(401);
    expect((await session(there)).status).toBe(200);
    const another = await w.signedIn();
    expect((await another.post('/auth/sign-out', { everywhere: true })).status).toBe(204);
    expect((await session(there)).status).toBe(401);
  });

  it.each<[string, Record<string, string>, string]>([
    ['without the token', { 'x-csrf-token': '' }, 'CSRF_TOKEN_WRONG'],
    ['with another token', { 'x-csrf-token': 'x'.repeat(43) }, 'CSRF_TOKEN_WRONG'],
    ['from another site', { origin: 'https://elsewhere.example' }, 'ORIGIN_REFUSED'],
    ['from no site at all', { origin: 'null' }, 'ORIGIN_REFUSED'],
  ])('lets nothing be changed %s', async (_, headers, code) => {
    const browser = await w.signedIn();
    const answer = await browser.post('/auth/sign-out', {}, headers);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, code]);
    expect((await session(browser)).status).toBe(200);
  });

  it('sends a strict content policy with every answer: scripts and connections are the page’s own', async () => {
    const { headers } = await fetch(`${w.page}/api/v1/openapi.json`);
    const policy = headers.get('content-security-policy') as string;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('how often one may try', () => {
  let w: SignInWorld;
  beforeAll(async () => {
    w = await SignInWorld.open({ RATE_SIGN_INS: '3', RATE_REFUSALS: '3', RATE_ACTIONS: '3' });
  }, 60_000);
  afterAll(() => w?.close());

  const statuses = async (times: number, ask: () => Promise<Response>): Promise<number[]> => {
    const seen: number[] = [];
    for (let n = 0; n < times; n++) seen.push((await ask()).status);
    return seen;
  };

  it('is limited: requests that are refused, sign-ins, and what one founder changes', async () => {
    expect(await statuses(5, () => fetch(`${w.page}/api/v1/session`))).toEqual([401, 401, 401, 429, 429]);
    const init = {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${w.issuer.token()}` },
    };
    expect(await statuses(5, () => fetch(`${w.page}/api/v1/auth/sign-out`, init))).toEqual([204, 204, 204, 429, 429]);
    const begin = () => fetch(`${w.page}/api/v1/auth/sign-in`, { redirect: 'manual' });
    expect(await statuses(5, begin)).toEqual([303, 303, 303, 429, 429]);
  });
});
