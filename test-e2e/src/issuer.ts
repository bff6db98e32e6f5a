import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A key of the tests' OpenID issuer (P-256). */
export function makeIssuerKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** The issuer's two documents over real HTTP. */
export async function startIssuer(key: KeyObject): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const jwk = { ...createPublicKey(key).export({ format: 'jwk' }), kid: 'test', alg: 'ES256', use: 'sig' };
    const isKeys = request.url === '/jwks';
    const body = isKeys ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A founder's bearer token. */
export function bearer(key: KeyObject, issuer: string, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: issuer,
    sub: 'founder@local',
    aud: 'mandate-review',
    roles: ['founder'],
    iat: now,
    exp: now + 3_600,
    ...claims,
  };
  const signed = [{ alg: 'ES256', typ: 'JWT', kid: 'test' }, payload]
    .map((p) => Buffer.from(JSON.stringify(p)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
