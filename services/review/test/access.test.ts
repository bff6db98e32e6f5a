import { generateKeyPairSync } from 'node:crypto';
import { ReviewWorld } from './review-world';

const strangersKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

describe('access', () => {
  let w: ReviewWorld;
  beforeAll(async () => {
    w = await ReviewWorld.open();
  }, 60_000);
  afterAll(() => w?.close());

  it.each<[string, () => string | null, number, string]>([
    ['no token', () => null, 401, 'TOKEN_MISSING'],
    ['something that is no token', () => 'abc.def.ghi', 401, 'TOKEN_MALFORMED'],
    ['an expired token', () => w.issuer.token({ exp: 1 }), 401, 'TOKEN_EXPIRED'],
    ['a token without an expiry', () => w.issuer.token({ exp: undefined }), 401, 'TOKEN_CLAIM_REFUSED'],
    ['a token that is not valid yet', () => w.issuer.token({ nbf: 4e9 }), 401, 'TOKEN_CLAIM_REFUSED'],
    ['a token for another audience', () => w.issuer.token({ aud: 'elsewhere' }), 401, 'TOKEN_CLAIM_REFUSED'],
    ['a token of another issuer', () => w.issuer.token({ iss: 'http://elsewhere' }), 401, 'TOKEN_CLAIM_REFUSED'],
    ['a token of nobody', () => w.issuer.token({ sub: undefined }), 401, 'TOKEN_CLAIM_REFUSED'],
    ['a tampered token', () => tampered(w.issuer.token()), 401, 'TOKEN_SIGNATURE_INVALID'],
    ['a token of another key', () => w.issuer.token({}, {}, strangersKey), 401, 'TOKEN_SIGNATURE_INVALID'],
    [
      'a token of an unknown key',
      () => w.issuer.token({}, { kid: 'two' }, strangersKey),
      401,
      'TOKEN_SIGNATURE_INVALID',
    ],
    ['an unsigned token', () => unsigned(w.issuer.token()), 401, 'TOKEN_SIGNATURE_INVALID'],
    ['another role', () => w.issuer.token({ roles: ['sre'] }), 403, 'NOT_A_FOUNDER'],
    ['a role that is no list', () => w.issuer.token({ roles: 'founder' }), 403, 'NOT_A_FOUNDER'],
    ['no role', () => w.issuer.token({ roles: undefined }), 403, 'NOT_A_FOUNDER'],
  ])('is refused to %s', async (_, token, status, code) => {
    for (const path of ['/api/v1/contracts', '/api/v1/attention']) {
      const answer = await w.ask(path, token());
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers.has('www-authenticate')).toBe(status === 401);
    }
  });

  it('is refused to an action with a wrong token, which then says and records nothing', async () => {
    const story = await w.told();
    const etag = { 'if-match': `"${story.dossier.toString('hex')}"` };
    const { status } = await w.act(
      `${story.contractId}/approve`,
      story.approval(),
      etag,
      w.issuer.token({ roles: [] }),
    );
    expect(status).toBe(403);
    expect(await w.database.rows('SELECT 1 FROM review_events')).toEqual([]);
    expect(w.decisionsOn(story)).toBe(0);
  });
});

function tampered(token: string): string {
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'somebody else' };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

function unsigned(token: string): string {
  const claims = token.split('.')[1] as string;
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
}
