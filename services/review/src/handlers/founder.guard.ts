import { describeError, isTransient, LOGGER } from '@mandate/service-kit';
import { type CanActivate, createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { TokenClient, type TokenHolder } from '../adapters/token.client';
import type { HttpRequest, Log } from './http';
import { Problem } from './problem';

const FOUNDER_ROLE = 'founder';
type SignedInRequest = HttpRequest & { holder?: TokenHolder };

/** The signed-in founder of a request that has passed the guard. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): TokenHolder => {
  const { holder } = context.switchToHttp().getRequest<SignedInRequest>();
  if (!holder) throw new TypeError('only behind the guard is somebody signed in');
  return holder;
});

/** Lets founders in and nobody else; every refusal of access is logged. */
@Injectable()
export class FounderGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenClient,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    request.holder = await this.founderOf(request);
    return true;
  }

  private async founderOf(request: SignedInRequest): Promise<TokenHolder> {
    if (!this.tokens.hasIssuer)
      throw this.refused(request, 503, 'SIGN_IN_NOT_CONFIGURED', 'OIDC_ISSUER is not set, so nobody can be let in.');
    const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(String(request.headers.authorization ?? ''))?.[1];
    if (!token)
      throw this.refused(request, 401, 'TOKEN_MISSING', 'A bearer token of the configured OpenID provider is needed.');
    const holder = await this.checked(request, token);
    if (typeof holder === 'string') throw this.refused(request, 401, holder, 'The bearer token is not valid here.');
    if (!holder.roles.includes(FOUNDER_ROLE)) {
      throw this.refused(
        request,
        403,
        'NOT_A_FOUNDER',
        'Only the founder role may see and decide here.',
        holder.subject,
      );
    }
    return holder;
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
