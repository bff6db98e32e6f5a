import { breaker, TransientFault } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { esModule } from './es-module';

type OpenId = typeof import('openid-client', { with: { 'resolution-mode': 'import' }});
type Provider = Awaited<ReturnType<OpenId['discovery']>>;

const loadOpenId = esModule<OpenId>('openid-client', () => import('openid-client'));
const PROVIDER_TIMEOUT_MS = 3_000;

/** What a sign-in under way has to remember until the provider's answer comes. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who the provider says has signed in. */
export interface Person {
  readonly subject: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly idToken: string;
}

/** The provider's answer does not hold; `message` says what about it, for the log. */
export class SignInRefused extends Error {}

/** Signs people in at the configured OpenID provider: authorisation code with PKCE, state and nonce. */
@Injectable()
export class OpenIdClient {
  private provider: Promise<{ readonly openId: OpenId; readonly at: Provider }> | null = null;
  private readonly call = breaker('sign-in', (url: string, init: RequestInit) => fetch(url, init), PROVIDER_TIMEOUT_MS);

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Without it only scripts with a bearer token are let in. */
  get isConfigured(): boolean {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, PUBLIC_URL: page } = this.config;
    return issuer !== undefined && clientId !== undefined && page !== undefined;
  }

  /**
   * Where the browser goes to sign in. @param asksAgain  also somebody whom the provider still knows
   * @throws TransientFault ISSUER_UNAVAILABLE
   */
  async begin(asksAgain: boolean): Promise<SignInAttempt & { readonly url: string }> {
    const { openId, at } = await this.found();
    const attempt = {
      state: openId.randomState(),
      nonce: openId.randomNonce(),
      codeVerifier: openId.randomPKCECodeVerifier(),
    };
    const url = openId.buildAuthorizationUrl(at, {
      redirect_uri: this.redirectUrl,
      scope: this.config.OIDC_SCOPE,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await openId.calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
      ...(asksAgain ? { prompt: 'login' } : {}),
    });
    return { ...attempt, url: url.href };
  }

  /**
   * Takes the provider's answer to an attempt. @param query  of the callback, with its `?`
   * @throws SignInRefused, TransientFault ISSUER_UNAVAILABLE
   */
  async finish(query: string, { state, nonce, codeVerifier }: SignInAttempt): Promise<Person> {
    const { openId, at } = await this.found();
    try {
      const tokens = await openId.authorizationCodeGrant(at, new URL(query, this.redirectUrl), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims || !tokens.id_token) throw new SignInRefused('the provider sent no id token');
      const roles = claims[this.config.OIDC_ROLES_CLAIM];
      return {
        subject: claims.sub,
        name: typeof claims.name === 'string' ? claims.name : null,
        roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
        idToken: tokens.id_token,
      };
    } catch (error) {
      if (isUnreachable(error)) throw unavailable(error);
      throw error instanceof SignInRefused ? error : new SignInRefused(sentenceOf(error));
    }
  }

  /** Where the provider's own session ends; null where it has no such place, or does not answer. */
  async signOutUrl(idToken: string): Promise<string | null> {
    try {
      const { openId, at } = await this.found();
      if (at.serverMetadata().end_session_endpoint === undefined) return null;
      const back = `${this.config.PUBLIC_URL}/`;
      return openId.buildEndSessionUrl(at, { id_token_hint: idToken, post_logout_redirect_uri: back }).href;
    } catch {
      return null;
    }
  }

  private get redirectUrl(): string {
    return `${this.config.PUBLIC_URL}/api/v1/auth/callback`;
  }

  private found(): Promise<{ readonly openId: OpenId; readonly at: Provider }> {
    this.provider ??= this.discover().catch((error) => {
      this.provider = null;
      throw unavailable(error);
    });
    return this.provider;
  }

  private async discover() {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET_FILE: secret } = this.config;
    const openId = await loadOpenId();
    const url = new URL(issuer as string);
    const at = await openId.discovery(
      url,
      clientId as string,
      undefined,
      secret === undefined ? openId.None() : openId.ClientSecretBasic(secret),
      {
        [openId.customFetch]: (to: string, init: object) => this.call.fire(to, init),
        timeout: PROVIDER_TIMEOUT_MS / 1_000,
        // config.ts takes an address without TLS on this machine only.
        execute: url.protocol === 'http:' ? [openId.allowInsecureRequests] : [],
      },
    );
    return { openId, at };
  }
}

/** An answer that cannot be had, rather than one that does not hold. */
function isUnreachable(error: unknown): boolean {
  const { code, name } = error as { code?: string; name?: string };
  return name === 'TypeError' || name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || code === 'EOPENBREAKER';
}

/** What went wrong, for the log: the protocol's word for it, and not what the provider, or whoever made the link, wrote about it. */
function sentenceOf(error: unknown): string {
  const { message, error: told } = error as Record<string, unknown>;
  const code = typeof told === 'string' && /^[a-z_]{1,40}$/.test(told) ? told : null;
  return [message, code].filter((part) => typeof part === 'string').join(': ');
}

function unavailable(cause: unknown): TransientFault {
  return new TransientFault('ISSUER_UNAVAILABLE', 'the OpenID provider does not answer', { cause });
}
