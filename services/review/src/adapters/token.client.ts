import { createHash } from 'node:crypto';
import { breaker, CLOCK, type Clock, TransientFault } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { type Jose, loadJose } from './jose';

const ISSUER_TIMEOUT_MS = 3_000;
/** Asymmetric ones only: whoever can check a token must not be able to make one. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];

/** Why a token is not taken; stable codes. */
export type TokenProblem = 'TOKEN_MALFORMED' | 'TOKEN_SIGNATURE_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_CLAIM_REFUSED';

/** Who holds a valid token. */
export interface TokenHolder {
  readonly subject: string;
  readonly roles: readonly string[];
  /** `sid` or `jti` of the token, else a mark of the token itself. */
  readonly sessionId: string;
}

const PROBLEMS: Readonly<Record<string, TokenProblem>> = {
  ERR_JWT_EXPIRED: 'TOKEN_EXPIRED',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'TOKEN_CLAIM_REFUSED',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'TOKEN_SIGNATURE_INVALID',
  ERR_JWKS_NO_MATCHING_KEY: 'TOKEN_SIGNATURE_INVALID',
  ERR_JOSE_ALG_NOT_ALLOWED: 'TOKEN_SIGNATURE_INVALID',
};

type Keys = ReturnType<Jose['createRemoteJWKSet']>;

/** Checks bearer tokens against the keys that the configured OpenID provider publishes. */
@Injectable()
export class TokenClient {
  private keys: Promise<Keys> | null = null;
  private readonly call = breaker('issuer', (url: string, init: RequestInit) => fetch(url, init), ISSUER_TIMEOUT_MS);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get hasIssuer(): boolean {
    return this.config.OIDC_ISSUER !== undefined;
  }

  /**
   * Signature, issuer, audience and expiry of a token.
   *
   * @throws TransientFault ISSUER_UNAVAILABLE if the provider's keys cannot be had now
   */
  async check(token: string): Promise<TokenHolder | TokenProblem> {
    const jose = await loadJose();
    const keys = await this.issuerKeys(jose);
    try {
      const { payload } = await jose.jwtVerify(token, keys, {
        issuer: this.config.OIDC_ISSUER as string,
        audience: this.config.OIDC_AUDIENCE,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 5,
        currentDate: new Date(this.clock.now()),
      });
      return holderOf(payload, token);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (code in PROBLEMS) return PROBLEMS[code] as TokenProblem;
      if (/^ERR_(JWT|JWS|JOSE_(ALG|NOT))/.test(code)) return 'TOKEN_MALFORMED';
      throw unavailable(error); // the provider's keys, not the token
    }
  }

  private issuerKeys(jose: Jose): Promise<Keys> {
    this.keys ??= this.discover(jose).catch((error) => {
      this.keys = null;
      throw unavailable(error);
    });
    return this.keys;
  }

  private async discover(jose: Jose): Promise<Keys> {
    const issuer = this.config.OIDC_ISSUER as string;
    const response = await this.fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {});
    if (!response.ok) throw new Error(`the provider answers ${response.status}`);
    const found = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (found.issuer !== issuer || typeof found.jwks_uri !== 'string')
      throw new Error(`the provider calls itself ${String(found.issuer)}`);
    const options = {
      timeoutDuration: ISSUER_TIMEOUT_MS,
      [jose.customFetch]: (url: string, init: object) => this.fetch(url, init),
    };
    return jose.createRemoteJWKSet(new URL(found.jwks_uri), options);
  }

  private fetch(url: string, init: object): Promise<Response> {
    return this.call.fire(url, { signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS), ...init });
  }
}

function holderOf(payload: { readonly [claim: string]: unknown }, token: string): TokenHolder {
  const { sub, roles, sid, jti } = payload;
  const mark = createHash('sha256').update(token).digest('hex').slice(0, 16);
  return {
    subject: String(sub),
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    sessionId: [sid, jti].find((id): id is string => typeof id === 'string' && id !== '') ?? `token:${mark}`,
  };
}

function unavailable(cause: unknown): TransientFault {
  return new TransientFault('ISSUER_UNAVAILABLE', "the OpenID provider's keys cannot be had", { cause });
}
