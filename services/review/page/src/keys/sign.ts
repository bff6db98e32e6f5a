import type { FounderKey, StatementToSign } from '../api/shapes';
import { base64Of, base64UrlOf, bytesOfBase64Url } from './bytes';
import { type KeptKey, keptKey } from './key-store';

/** A statement with the founder's signature, as an action carries it. */
export interface SignedStatement {
  readonly statement: string;
  readonly signature: string;
  readonly key_id: string;
}

/** Signing did not come about; the message says why and what to do. */
export class NotSigned extends Error {}

/** Signs a statement with one of the founder's keys. @throws NotSigned */
export async function signStatement(
  { statement, challenge }: StatementToSign,
  key: FounderKey,
): Promise<SignedStatement> {
  const bytes = new TextEncoder().encode(statement);
  // The service proposes what the authenticator is asked to sign; the page makes sure it is this statement.
  const digest = base64UrlOf(await crypto.subtle.digest('SHA-256', bytes));
  if (digest !== challenge)
    throw new NotSigned('The challenge is not the digest of the statement; nothing was signed.');
  const kept = await keptKey(key.key_id);
  const signature = key.kind === 'passkey' ? await byPasskey(challenge, kept) : await byBrowserKey(bytes, kept);
  return { statement, signature, key_id: key.key_id };
}

async function byBrowserKey(bytes: Uint8Array<ArrayBuffer>, kept: KeptKey | undefined): Promise<string> {
  if (kept?.kind !== 'browser')
    throw new NotSigned('This key is in another browser; choose or make one of this browser.');
  return base64Of(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, kept.privateKey, bytes));
}

async function byPasskey(challenge: string, kept: KeptKey | undefined): Promise<string> {
  const known =
    kept?.kind === 'passkey' ? [{ type: 'public-key' as const, id: bytesOfBase64Url(kept.credentialId) }] : [];
  const credential = await navigator.credentials
    .get({
      publicKey: {
        challenge: bytesOfBase64Url(challenge),
        rpId: location.hostname,
        userVerification: 'required',
        allowCredentials: known,
      },
    })
    .catch((error: Error) => {
      throw new NotSigned(`The passkey did not sign: ${error.message}`);
    });
  if (!(credential instanceof PublicKeyCredential)) throw new NotSigned('No passkey was chosen; nothing was signed.');
  const { authenticatorData, clientDataJSON, signature } = credential.response as AuthenticatorAssertionResponse;
  // RFC 8785: the names in order, no space between.
  const assertion = JSON.stringify({
    authenticator_data: base64UrlOf(authenticatorData),
    client_data_json: base64UrlOf(clientDataJSON),
    signature: base64UrlOf(signature),
  });
  return base64Of(new TextEncoder().encode(assertion));
}

const ORDER: Readonly<Record<FounderKey['kind'], number>> = { passkey: 0, browser: 1, ed25519: 2 };

/** The keys that can sign here, the best first: passkeys, and browser keys that this browser holds. */
export function usableKeys(keys: readonly FounderKey[], keptIds: readonly string[]): FounderKey[] {
  return keys
    .filter(
      (key) =>
        key.status === 'active' && (key.kind === 'passkey' || (key.kind === 'browser' && keptIds.includes(key.key_id))),
    )
    .sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}
