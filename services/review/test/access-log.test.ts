import { readFileSync } from 'node:fs';
import { LOGGER } from '@mandate/service-kit';
import { SignInWorld } from './sign-in-world';

describe('the log of refusals', () => {
  let w: SignInWorld;
  const lines: Record<string, unknown>[] = [];
  beforeAll(async () => {
    w = await SignInWorld.open();
    const logger = w.review.app.get<{ warn: (fields: Record<string, unknown>) => void }>(LOGGER);
    logger.warn = (fields) => {
      lines.push(fields);
    };
  }, 60_000);
  afterAll(() => w?.close());

  it('has a line for each: the way in, its code, and who it was where that is known; no token, no secret', async () => {
    const token = w.issuer.token({ roles: [] });
    await fetch(`${w.page}/api/v1/contracts?q=secret`, { headers: { authorization: `Bearer ${token}` } });
    await fetch(`${w.page}/api/v1/session`, { headers: { cookie: 'mandate_session=stolen' } });
    await fetch(`${w.page}/api/v1/auth/sign-out`, { method: 'POST' });
    await w.browser().signIn('visitor@local');
    const browser = await w.signedIn();
    await browser.post('/auth/sign-out', {}, { origin: 'https://elsewhere.example' });
    expect(lines.map(({ method, path, code, subject }) => [method, path, code, subject])).toEqual([
      ['GET', '/api/v1/contracts', 'NOT_A_FOUNDER', 'founder@local'],
      ['GET', '/api/v1/session', 'SESSION_ENDED', undefined],
      ['POST', '/api/v1/auth/sign-out', 'TOKEN_MISSING', undefined],
      [undefined, '/api/v1/auth/callback', 'NOT_A_FOUNDER', 'visitor@local'],
      ['GET', '/api/v1/session', 'TOKEN_MISSING', undefined],
      ['POST', '/api/v1/auth/sign-out', 'ORIGIN_REFUSED', 'founder@local'],
    ]);
    const log = JSON.stringify(lines);
    for (const secret of [
      token,
      'stolen',
      browser.cookie('mandate_session'),
      readFileSync(w.issuer.clientSecretFile, 'utf8'),
    ])
      expect(log).not.toContain(secret);
  });
});
