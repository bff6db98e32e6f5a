import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const AUDIENCE = 'mandate-review';

/** A tiny OpenID provider: discovery, one key, and tokens of any content. */
export class TestIssuer {
  private readonly key: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const jwk = { ...createPublicKey(this.key).export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
      const pages: Record<string, object> = {
        '/.well-known/openid-configuration': { issuer: this.url, jwks_uri: `${this.url}/jwks` },
        '/jwks': { keys: [jwk] },
      };
      const page = pages[request.url ?? ''];
      response.writeHead(page ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(page ?? {}));
    });
  }

  static async start(): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    await new Promise<void>((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A founder's token; `claims` and `header` change what it says, `key` who signs it. */
  token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key: KeyObject = this.key): string {
    const now = Math.floor(Date.now() / 1_000);
    const standard = {
      iss: this.url,
      sub: 'founder@local',
      aud: AUDIENCE,
      roles: ['founder'],
      iat: now,
      exp: now + 600,
    };
    const parts = [
      { alg: 'ES256', typ: 'JWT', kid: 'one', ...header },
      { ...standard, ...claims },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
