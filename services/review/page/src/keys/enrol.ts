import { startRegistration } from '@simplewebauthn/browser';
import { ApiProblem, ask } from '../api/client';
import { queryClient } from '../api/queries';
import type { Session } from '../api/shapes';
import { base64Of, hexOf } from './bytes';
import { keepKey, keptKeys } from './key-store';

interface Pending {
  readonly key_id: string;
}
const KEY_ID_LENGTH = 16;
type PasskeyOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** Makes a key that never leaves this browser and asks for it to be enrolled; for local runs. */
export async function enrolBrowserKey(label: string): Promise<string> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const spki = await crypto.subtle.exportKey('spki', pair.publicKey);
  const key_id = hexOf(await crypto.subtle.digest('SHA-256', spki)).slice(0, KEY_ID_LENGTH);
  // Kept first: whoever leaves the page meanwhile comes back to the same key, not to one more.
  await keepKey({ key_id, kind: 'browser', ...pair });
  await askToEnrol(label, pair.publicKey);
  return key_id;
}

/** A page that was left while it asked has asked: that the key is known is as good as that it is taken. */
async function askToEnrol(label: string, publicKey: CryptoKey): Promise<void> {
  const spki = base64Of(await crypto.subtle.exportKey('spki', publicKey));
  const body = { kind: 'browser', label, public_key_spki: spki };
  await ask('/founder-keys', { method: 'POST', body }).catch((error: unknown) => {
    if (!(error instanceof ApiProblem && error.details.code === 'KEY_KNOWN')) throw error;
  });
  await queryClient.invalidateQueries({ queryKey: ['session'] });
}

/** Has the authenticator make a passkey and asks for it to be enrolled. */
export async function enrolPasskey(label: string): Promise<string> {
  const { publicKey } = await ask<{ publicKey: PasskeyOptions }>('/founder-keys/options', { method: 'POST' });
  const response = await startRegistration({ optionsJSON: publicKey });
  const { key_id } = await ask<Pending>('/founder-keys', {
    method: 'POST',
    body: { kind: 'passkey', label, response },
  });
  await keepKey({ key_id, kind: 'passkey', credentialId: response.id });
  await queryClient.invalidateQueries({ queryKey: ['session'] });
  return key_id;
}

/** At the first sign-in of a local run: a key in this browser, where the founder has nothing else to sign with here. */
export async function enrolAtFirstSignIn({ environment, keys }: Session): Promise<void> {
  if (environment !== 'local' || keys.some((key) => key.kind === 'passkey')) return;
  const known = new Set(keys.map((key) => key.key_id));
  const kept = await keptKeys();
  if (kept.some((key) => known.has(key.key_id))) return;
  const unasked = kept.find((key) => key.kind === 'browser');
  if (unasked) await askToEnrol(browserLabel(), unasked.publicKey);
  else await enrolBrowserKey(browserLabel());
}

/** `Chrome on Linux`, as far as the browser says. */
export function browserLabel(): string {
  const agent = navigator.userAgent;
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(`${name}/`)) ?? 'Browser';
  const system = ['Android', 'iPhone', 'Mac OS', 'Windows', 'Linux'].find((name) => agent.includes(name));
  return `${browser.replace('Edg', 'Edge')}${system ? ` on ${system}` : ''}`;
}
