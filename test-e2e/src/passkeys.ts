import type { CDPSession, Page } from 'playwright-core';

/** A virtual authenticator of a page: has one person, who is always there and always agrees. */
export class Authenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  static async of(page: Page): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
        ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    return new Authenticator(session, authenticatorId);
  }

  async credentials() {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.id });
    return credentials;
  }

  /** Takes another authenticator's credentials over, as a copy that somebody made would. */
  async copy(from: Authenticator, signCount?: number): Promise<void> {
    await this.session.send('WebAuthn.clearCredentials', { authenticatorId: this.id });
    for (const credential of await from.credentials())
      await this.add({ ...credential, ...(signCount === undefined ? {} : { signCount }) });
  }

  private add(credential: Awaited<ReturnType<Authenticator['credentials']>>[number]) {
    return this.session.send('WebAuthn.addCredential', { authenticatorId: this.id, credential });
  }
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly outcome?: string;
    readonly statement: string;
    readonly challenge: string;
  };
}

const POST = `async ({ path, body, ifMatch }) => {
  const { csrf_token } = await (await fetch('/api/v1/session')).json();
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token, 'idempotency-key': crypto.randomUUID() };
  if (ifMatch) headers['if-match'] = '"' + ifMatch + '"';
  const response = await fetch('/api/v1' + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}`;

/** What a script of the page itself could send. */
export function post(page: Page, path: string, body: unknown, ifMatch?: string): Promise<Answer> {
  return page.evaluate(`(${POST})(${JSON.stringify({ path, body, ifMatch })})`);
}

const SIGN = `async (challenge) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const url = (buffer) => text(buffer).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const { response } = await navigator.credentials.get({
    publicKey: { challenge: bytes(challenge), rpId: 'localhost', userVerification: 'required', allowCredentials: [] },
  });
  const assertion = JSON.stringify({
    authenticator_data: url(response.authenticatorData),
    client_data_json: url(response.clientDataJSON),
    signature: url(response.signature),
  });
  return text(new TextEncoder().encode(assertion));
}`;

/** An assertion of the page's authenticator over a challenge, as a decision carries it. */
export function assertion(page: Page, challenge: string): Promise<string> {
  return page.evaluate(`(${SIGN})(${JSON.stringify(challenge)})`);
}
