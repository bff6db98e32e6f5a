import { describeError, isTransient, LOGGER } from '@mandate/service-kit';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';

/** An HTTP answer that says no, in the form of RFC 9457. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly more: { readonly [member: string]: unknown } = {},
  ) {
    super(detail);
  }
}

/** The part of a Fastify reply that an answer needs. */
export interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): Reply;
}

interface Logger {
  warn(text: string): void;
  error(fields: object, text: string): void;
}

/** Answers every fault of a controller as a problem; one that may pass by itself says so, a bug is logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    const { status, code, title, message: detail, more } = this.problemOf(error);
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    if (status === 503) reply.header('retry-after', '1');
    const type = `urn:mandate:problem:${code.toLowerCase().replaceAll('_', '-')}`;
    reply.code(status).header('content-type', 'application/problem+json');
    reply.send(JSON.stringify({ type, title, status, detail, code, ...more }));
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof HttpException) return new Problem(error.getStatus(), 'HTTP', error.message, error.message);
    if (isTransient(error)) {
      this.logger.warn(`an HTTP request has to be sent again: ${describeError(error)}`);
      const detail = 'Nothing was kept; send the same request again with the same idempotency key.';
      return new Problem(503, 'TRY_AGAIN', 'For the moment not possible', detail);
    }
    this.logger.error({ err: error }, `an HTTP request failed: ${describeError(error)}`);
    return new Problem(500, 'BUG', 'Our fault', 'The request could not be handled; operators have been told.');
  }
}

export function unauthorized(): Problem {
  return new Problem(
    401,
    'UNAUTHORIZED',
    'Not signed in',
    'Send "Authorization: Bearer <token>" with a token that is bound to your source system.',
  );
}
