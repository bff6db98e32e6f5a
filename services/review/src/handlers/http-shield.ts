import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { CONFIG, type Config } from '../config';
import type { HttpRequest } from './http';
import { Problem } from './problem';

type Limited = 'signIn' | 'action' | 'refusal';
// The plugins' own types are for the framework itself, which is no dependency of a service.
type Plugin = Parameters<FastifyAdapter['register']>[0];
interface LimitedRequest {
  readonly ip: string;
  readonly whose: string;
}
type Limiter = (
  request: LimitedRequest,
) => Promise<{ isAllowed: boolean; isExceeded?: boolean; ttlInSeconds?: number }>;
interface Limiting {
  createRateLimit(options: {
    readonly max: number;
    readonly timeWindow: number;
    readonly keyGenerator: (request: LimitedRequest) => string;
  }): Limiter;
}

const MINUTE_MS = 60_000;
/** Everything is this service's own, and nothing stands inline; the page's document has a policy of its own, stricter still. */
const CONTENT = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

/** Counts what each caller does in a minute, on this replica. */
export class RateLimits {
  constructor(private readonly limiters: Readonly<Record<Limited, Limiter>>) {}

  /** @param whose  counted apart, beside the caller's address @throws Problem 429 */
  async spend(kind: Limited, request: HttpRequest, whose = ''): Promise<void> {
    const counted = await this.limiters[kind](Object.assign(Object.create(request) as LimitedRequest, { whose }));
    if (counted.isAllowed || !counted.isExceeded) return;
    const detail = `That was too often for one minute; try again in ${counted.ttlInSeconds} s.`;
    throw new Problem(
      { status: 429, title: 'Too many requests', code: 'TOO_MANY_REQUESTS', detail },
      { 'retry-after': String(counted.ttlInSeconds) },
    );
  }
}

/** Everything that stands before the ways in: cookies, the headers of every answer, and how often one may ask. */
export const httpShield: Provider = {
  provide: RateLimits,
  inject: [HttpAdapterHost, CONFIG],
  useFactory: async ({ httpAdapter }: HttpAdapterHost<FastifyAdapter>, config: Config): Promise<RateLimits> => {
    const isSecure = config.PUBLIC_URL?.startsWith('https:') ?? true;
    await httpAdapter.register(cookie as Plugin);
    await httpAdapter.register(helmet as Plugin, {
      contentSecurityPolicy: { useDefaults: false, directives: CONTENT },
      strictTransportSecurity: isSecure ? { maxAge: 31_536_000 } : false,
      referrerPolicy: { policy: 'no-referrer' },
    });
    await httpAdapter.register(rateLimit as Plugin, { global: false });
    const http = httpAdapter.getInstance() as unknown as Limiting;
    const limiter = (max: number): Limiter =>
      http.createRateLimit({
        max,
        timeWindow: MINUTE_MS,
        keyGenerator: ({ ip, whose }) => `${ip} ${whose}`,
      });
    return new RateLimits({
      signIn: limiter(config.RATE_SIGN_INS),
      action: limiter(config.RATE_ACTIONS),
      refusal: limiter(config.RATE_REFUSALS),
    });
  },
};
