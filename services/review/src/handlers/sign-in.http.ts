import { CLOCK, type Clock, describeError, isTransient, LOGGER } from '@mandate/service-kit';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { z } from 'zod';
import { OpenIdClient, type Person, SignInRefused } from '../adapters/openid.client';
import { SessionStore } from '../adapters/session.store';
import { CONFIG, type Config } from '../config';
import { returnPath } from '../domain/return-to';
import { Cookies } from './cookies';
import { isFounder } from './founder.guard';
import { type HttpReply, type HttpRequest, type Log, parsed } from './http';
import { RateLimits } from './http-shield';
import { Problem } from './problem';

/** Where the page tells why nobody is signed in now. */
const PROBLEM_PAGE = '/sign-in?problem=';
const question = z.object({ return_to: z.string().optional(), again: z.enum(['true', 'false']).optional() });

/** Signs a founder in at the OpenID provider, and back. */
@Controller('api/v1/auth')
export class SignIn {
  constructor(
    private readonly provider: OpenIdClient,
    private readonly sessions: SessionStore,
    private readonly cookies: Cookies,
    private readonly limits: RateLimits,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  /** Sends the browser to the provider. `again=true` asks also somebody whom the provider still knows. */
  @Get('sign-in')
  async begin(@Query() asked: unknown, @Req() request: HttpRequest, @Res({ passthrough: true }) reply: HttpReply) {
    await this.limits.spend('signIn', request);
    const { return_to: returnTo, again } = parsed(question, { ...(asked as object) });
    const page = this.pageAddress();
    // The cookie belongs to the page's own name: whoever came by another one begins there.
    if (request.headers.host !== new URL(page).host) return redirect(reply, `${page}${request.url}`);
    const attempt = await this.provider.begin(again === 'true').catch((error) => this.unavailable(error));
    const secret = await this.sessions.beginSignIn(attempt, returnPath(returnTo), this.clock.now());
    this.cookies.keep(reply, 'signIn', secret);
    return redirect(reply, attempt.url);
  }

  /** The provider sends the browser here with its answer. */
  @Get('callback')
  async end(@Req() request: HttpRequest, @Res({ passthrough: true }) reply: HttpReply) {
    await this.limits.spend('signIn', request);
    this.pageAddress();
    const secret = this.cookies.read(request, 'signIn');
    this.cookies.drop(reply, 'signIn');
    const now = this.clock.now();
    const attempt = secret === null ? null : await this.sessions.takeSignIn(secret, now);
    if (!attempt) return this.refuse(request, reply, 'SIGN_IN_EXPIRED', 'no sign-in of this browser is under way');
    const query = request.url.slice(request.url.indexOf('?'));
    const person = await this.provider.finish(query, attempt).catch((error) => this.failed(error));
    if (person instanceof Error) return this.refuse(request, reply, 'SIGN_IN_FAILED', person.message);
    if (!isFounder(person)) return this.refuse(request, reply, 'NOT_A_FOUNDER', 'not a founder', person.subject);
    this.cookies.keep(reply, 'session', await this.sessions.open(person, now));
    return redirect(reply, attempt.returnTo);
  }

  private refuse(request: HttpRequest, reply: HttpReply, code: string, why: string, subject?: string) {
    const { ip } = request;
    this.logger.warn({ path: '/api/v1/auth/callback', ip, code, subject, why }, 'access is refused');
    return redirect(reply, `${PROBLEM_PAGE}${code}`);
  }

  private failed(error: unknown): Person | Error {
    if (error instanceof SignInRefused) return error;
    return this.unavailable(error);
  }

  private unavailable(error: unknown): never {
    if (!isTransient(error)) throw error;
    this.logger.warn(`nobody can sign in: ${describeError(error)}`);
    const detail = 'The OpenID provider does not answer; try again.';
    throw new Problem({ status: 503, title: 'Sign-in is not available', code: 'ISSUER_UNAVAILABLE', detail });
  }

  private pageAddress(): string {
    const { PUBLIC_URL: page } = this.config;
    if (page !== undefined && this.provider.isConfigured) return page;
    const detail = 'OIDC_ISSUER, OIDC_CLIENT_ID and PUBLIC_URL are needed to sign in with a browser.';
    throw new Problem({ status: 503, title: 'Sign-in is not available', code: 'SIGN_IN_NOT_CONFIGURED', detail });
  }
}

function redirect(reply: HttpReply, to: string): string {
  reply.status(303).header('location', to).header('cache-control', 'no-store');
  return '';
}
