import { timingSafeEqual } from 'node:crypto';
import { CLOCK, type Clock, describeError, isTransient, LOGGER } from '@mandate/service-kit';
import { type CanActivate, createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { csrfTokenOf, type Session, SessionStore } from '../adapters/session.store';
import { TokenClient, type TokenHolder } from '../adapters/token.client';
import { CONFIG, type Config } from '../config';
import { Cookies } from './cookies';
import type { HttpRequest, Log } from './http';
import { RateLimits } from './http-shield';
import { Problem } from './problem';

const FOUNDER_ROLE = 'founder';
const READING = ['GET', 'HEAD'];

/** A founder who is let in: a page with a session, or a script with a token. */
export interface Founder extends TokenHolder {
  readonly session: Session | null;
  /** What the page has to send along with what changes something; empty for a script. */
  readonly csrfToken: string;
}
type SignedInRequest = HttpRequest & { holder?: Founder };

/** The signed-in founder of a request that has passed the guard. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): Founder => {
  const { holder } = context.switchToHttp().getRequest<SignedInRequest>();
  if (!holder) throw new TypeError('only behind the guard is somebody signed in');
  return holder;
});

/** True if one of the roles is the founder's. */
export function isFounder({ roles }: { readonly roles: readonly string[] }): boolean {
  return roles.includes(FOUNDER_ROLE);
}

/** Lets founders in and nobody else; every refusal of access is logged. */
@Injectable()
export class FounderGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenClient,
    private readonly sessions: SessionStore,
    private readonly cookies: Cookies,
    private readonly limits: RateLimits,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    try {
      request.holder = await this.founderOf(request);
    } catch (error) {
      if (error instanceof Problem) await this.limits.spend('refusal', request);
      throw error;
    }
    if (!READING.includes(request.method)) await this.limits.spend('action', request, request.holder.subject);
    return true;
  }

  private async founderOf(request: SignedInRequest): Promise<Founder> {
    if (!this.tokens.hasIssuer)
      throw this.refused(request, 503, 'SIGN_IN_NOT_CONFIGURED', 'OIDC_ISSUER is not set, so nobody can be let in.');
    const secret = this.cookies.read(request, 'session');
    // Another site can make a browser send the cookie, never this header.
    const isPage = secret !== null && request.headers.authorization === undefined;
    const founder = isPage ? await this.bySession(request, secret) : await this.byToken(request);
    if (isFounder(founder)) return founder;
    const detail = 'Only the founder role may see and decide here.';
    throw this.refused(request, 403, 'NOT_A_FOUNDER', detail, founder.subject);
  }

  private async byToken(request: SignedInRequest): Promise<Founder> {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(String(request.headers.authorization ?? ''))?.[1];
    if (!token)
      throw this.refused(request, 401, 'TOKEN_MISSING', 'Sign in, or send a bearer token of the configured provider.');
    const holder = await this.checked(request, token);
    if (typeof holder === 'string') throw this.refused(request, 401, holder, 'The bearer token is not valid here.');
    return { ...holder, session: null, csrfToken: '' };
  }

  private async bySession(request: SignedInRequest, secret: string): Promise<Founder> {
    const session = await this.sessions.use(secret, this.clock.now());
    if (!session) throw this.refused(request, 401, 'SESSION_ENDED', 'The session has ended; sign in again.');
    const { founder: subject, sessionId, roles } = session;
    const csrfToken = csrfTokenOf(secret);
    if (!READING.includes(request.method)) this.refuseForgery(request, csrfToken, subject);
    return { subject, roles, sessionId, session, csrfToken };
  }

  /** What changes something comes from this page itself: the browser names its origin, and the page knows the token. */
  private refuseForgery(request: SignedInRequest, csrfToken: string, subject: string): void {
    const { origin, 'x-csrf-token': given } = request.headers;
    if (origin !== this.config.PUBLIC_URL) {
      const detail = `Only the page at ${this.config.PUBLIC_URL} may do this with a session.`;
      throw this.refused(request, 403, 'ORIGIN_REFUSED', detail, subject);
    }
    const [wanted, sent] = [Buffer.from(csrfToken), Buffer.from(String(given ?? ''))];
    if (wanted.length !== sent.length || !timingSafeEqual(wanted, sent)) {
      const detail = 'X-CSRF-Token is missing or not of this session; GET /api/v1/session tells it.';
      throw this.refused(request, 403, 'CSRF_TOKEN_WRONG', detail, subject);
    }
  }

  private async checked(request: SignedInRequest, token: string) {
    return this.tokens.check(token).catch((error) => {
      if (!isTransient(error)) throw error;
      this.logger.warn(`no token can be checked: ${describeError(error)}`);
      throw this.refused(request, 503, 'ISSUER_UNAVAILABLE', 'The OpenID provider does not answer; try again.');
    });
  }

  private refused(request: HttpRequest, status: number, code: string, detail: string, subject?: string): Problem {
    const { method, url, ip } = request;
    this.logger.warn({ method, path: url.split('?')[0], ip, code, subject }, 'access is refused');
    const title = status === 403 ? 'Not allowed' : status === 401 ? 'Not signed in' : 'Sign-in is not available';
    const headers: Record<string, string> =
      status === 401 ? { 'www-authenticate': `Bearer realm="mandate", error="invalid_token"` } : {};
    return new Problem({ status, title, code, detail }, headers);
  }
}
