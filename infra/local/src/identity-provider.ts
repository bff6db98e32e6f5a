import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { loadOidcProvider, type Provider, type ProviderRequest } from './oidc-provider';
import { leavePage, people, pickPage } from './sign-in-page';

/** The audience of what the review service takes. */
export const reviewAudience = 'mandate-review';
/** The name by which the review service is known to the provider. */
export const reviewClientId = 'mandate-review';

/** What a token says. */
export interface TokenRequest {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly audience: string;
  readonly ttlS: number;
}

export interface IdentityProviderOptions {
  readonly port: number;
  /** 127.0.0.1 unless told: a container's own loopback cannot be published. */
  readonly host?: string | undefined;
  /** P-256; signs every token. */
  readonly key: KeyObject;
  /** The one client: the review service. Its secret, and where its page is (`http://localhost:17414`). */
  readonly client: { readonly secret: string; readonly pageUrls: readonly string[] };
}

/** An OpenID provider that listens. */
export interface IdentityProvider {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A small real OpenID provider on loopback: authorisation code with PKCE for the review service, its keys, sign-out. Nobody
 * has a password there: whoever reaches it picks who they are, so it is for local runs and tests alone.
 */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const server = createServer();
  const port = await listen(server, options.port, options.host ?? '127.0.0.1');
  const url = issuerUrl(port);
  const provider = await makeProvider(url, options);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    interact(provider, request, response).then(
      (isDone) => isDone || answer(request, response),
      () => response.writeHead(400, { 'content-type': 'text/plain' }).end('This sign-in is over; start it again.\n'),
    );
  });
  return {
    url,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** The provider's URL, which is also what its tokens name as `iss`. */
export function issuerUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** A JWT (ES256) as the provider's key signs it, for scripts; `claims` and `header` change what it says. */
export function mintJwt(key: KeyObject, claims: object, header: object = {}): string {
  const head = { alg: 'ES256', typ: 'JWT', kid: keyId(key), ...header };
  const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** What a token for scripts claims. */
export function claimsOf(url: string, request: TokenRequest, nowMs: number): object {
  const nowS = Math.floor(nowMs / 1_000);
  const { subject, audience, roles, ttlS } = request;
  return { iss: url, sub: subject, aud: audience, roles, iat: nowS, exp: nowS + ttlS };
}

function keyId(key: KeyObject): string {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

async function makeProvider(url: string, { key, client }: IdentityProviderOptions): Promise<Provider> {
  const { Provider } = await loadOidcProvider();
  const cookieKey = createHash('sha256')
    .update('cookies')
    .update(key.export({ format: 'der', type: 'pkcs8' }))
    .digest('hex');
  return new Provider(url, {
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid: keyId(key), alg: 'ES256', use: 'sig' }] },
    cookies: { keys: [cookieKey] },
    clients: [
      {
        client_id: reviewClientId,
        client_secret: client.secret,
        redirect_uris: client.pageUrls.map((page) => `${page}/api/v1/auth/callback`),
        post_logout_redirect_uris: client.pageUrls.map((page) => `${page}/`),
        id_token_signed_response_alg: 'ES256',
      },
    ],
    pkce: { required: () => true },
    responseTypes: ['code'],
    claims: { openid: ['sub', 'name', 'roles'] },
    conformIdTokenClaims: false,
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    findAccount: (_: unknown, id: string) => accountOf(id),
    extraTokenClaims: (_: unknown, token: { accountId?: string }) => ({ roles: people[token.accountId ?? '']?.roles }),
    loadExistingGrant,
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: askToLeave },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:mandate:${reviewAudience}`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: reviewAudience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 3_600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { Session: 43_200, Interaction: 600, Grant: 43_200, IdToken: 600 },
  });
}

function accountOf(id: string) {
  const person = people[id];
  return person && { accountId: id, claims: () => ({ sub: id, name: person.name, roles: person.roles }) };
}

/** The one client is our own: nobody is asked whether it may know who they are. */
async function loadExistingGrant(context: ProviderRequest): Promise<object | undefined> {
  const { session, client, provider, result } = context.oidc;
  const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  if (known) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
}

function askToLeave(context: ProviderRequest, form: string): void {
  context.body = leavePage(form);
}

const ourPath = /^\/sign-in\/([\w-]+)(?:\/as\/([^/?]+))?$/;

/** The page on which a person is picked, and what picking does. @returns whether the request was for it */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const [path, uid, picked] = ourPath.exec(request.url ?? '') ?? [];
  if (path === undefined || uid === undefined) return false;
  const { prompt } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') throw new Error(`nobody is asked for ${prompt.name} here`);
  if (picked === undefined) {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    response.writeHead(200, headers).end(pickPage(uid));
    return true;
  }
  const accountId = decodeURIComponent(picked);
  if (request.method !== 'POST' || people[accountId] === undefined) throw new Error('nobody of that name');
  await provider.interactionFinished(request, response, { login: { accountId } }, { mergeWithLastSubmission: false });
  return true;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => done((server.address() as { port: number }).port));
  });
}
