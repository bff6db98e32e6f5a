import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { localFounder } from './keys';
import { writePrivateFile } from './secrets';
import type { StackFiles } from './stack-files';

/** The audience of the founder's token. */
export const reviewAudience = 'mandate-review';

const founderTtlS = 3_600;
const refreshBelowS = 2_400;

/** What a token says. */
export interface TokenRequest {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly audience: string;
  readonly ttlS: number;
}

/** The stack's OIDC issuer: publishes its key on loopback HTTP and keeps the founder's token fresh. */
export interface Issuer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the issuer: `/.well-known/openid-configuration` and `/jwks`. The founder's token lasts an hour and is renewed
 * when 40 minutes are left, so that a reader of the file always has time.
 */
export async function startIssuer(files: StackFiles, port: number): Promise<Issuer> {
  const url = issuerUrl(port);
  const key = issuerKey(files);
  const server = await listen(documents(url, key), port);
  const renew = () => renewFounderToken(files, port);
  renew();
  // Looked at by the wall clock each minute: a laptop that slept must not hold an expired token for long.
  const timer = setInterval(renew, 60_000);
  return {
    url,
    stop: () => {
      clearInterval(timer);
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** The issuer's URL, which is also what its tokens name as `iss`. */
export function issuerUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** A signed JWT (ES256) of the stack's issuer. */
export function mintToken(files: StackFiles, port: number, request: TokenRequest): string {
  const key = issuerKey(files);
  const nowS = Math.floor(Date.now() / 1_000);
  const header = { alg: 'ES256', typ: 'JWT', kid: keyId(key) };
  const claims = {
    iss: issuerUrl(port),
    sub: request.subject,
    aud: request.audience,
    roles: request.roles,
    iat: nowS,
    exp: nowS + request.ttlS,
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function renewFounderToken(files: StackFiles, port: number): void {
  if (secondsLeft(files.founderToken) > refreshBelowS) return;
  const request = { subject: localFounder, roles: ['founder'], audience: reviewAudience, ttlS: founderTtlS };
  writePrivateFile(files.founderToken, mintToken(files, port, request));
}

function secondsLeft(tokenFile: string): number {
  if (!existsSync(tokenFile)) return 0;
  try {
    const claims = JSON.parse(Buffer.from(readFileSync(tokenFile, 'utf8').split('.')[1] ?? '', 'base64url').toString());
    return Number(claims.exp) - Date.now() / 1_000;
  } catch {
    return 0;
  }
}

function issuerKey(files: StackFiles): KeyObject {
  if (!existsSync(files.issuerKey)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writePrivateFile(files.issuerKey, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  }
  return createPrivateKey(readFileSync(files.issuerKey));
}

function keyId(key: KeyObject): string {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

function documents(url: string, key: KeyObject): ReadonlyMap<string, string> {
  const jwk = { ...createPublicKey(key).export({ format: 'jwk' }), kid: keyId(key), alg: 'ES256', use: 'sig' };
  const configuration = {
    issuer: url,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
  return new Map([
    ['/.well-known/openid-configuration', JSON.stringify(configuration)],
    ['/jwks', JSON.stringify({ keys: [jwk] })],
  ]);
}

function listen(pages: ReadonlyMap<string, string>, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const page = request.method === 'GET' ? pages.get(request.url ?? '') : undefined;
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(page ?? '{"error":"not found"}');
  });
  return new Promise((done, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => done(server));
  });
}
