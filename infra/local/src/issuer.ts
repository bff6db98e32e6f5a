import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { claimsOf, issuerUrl, mintJwt, reviewAudience, type TokenRequest } from './identity-provider';
import { localFounder } from './keys';
import { keptSecret, writePrivateFile } from './secrets';
import type { StackFiles } from './stack-files';

export { issuerUrl, reviewAudience, reviewClientId, type TokenRequest } from './identity-provider';

const founderTtlS = 3_600;
const refreshBelowS = 2_400;

/** Makes the OpenID provider's key and the secret by which it knows the review service, if there are none yet. */
export function ensureIssuerSecrets(files: StackFiles): void {
  issuerKey(files);
  keptSecret(files.reviewClientSecret);
}

/**
 * Keeps the token of the founder's scripts fresh: it lasts an hour and is renewed when 40 minutes are left, so that a reader of
 * the file always has time. @returns how to stop
 */
export function keepFounderToken(files: StackFiles, port: number): () => void {
  const renew = () => renewFounderToken(files, port);
  renew();
  // Looked at by the wall clock each minute: a laptop that slept must not hold an expired token for long.
  const timer = setInterval(renew, 60_000);
  return () => clearInterval(timer);
}

/** A signed JWT of the stack's provider. */
export function mintToken(files: StackFiles, port: number, request: TokenRequest): string {
  return mintJwt(issuerKey(files), claimsOf(issuerUrl(port), request, Date.now()));
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
