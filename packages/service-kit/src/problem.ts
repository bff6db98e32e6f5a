import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import { describeError } from './error-text';
import { isTransient } from './faults';
import { LOGGER } from './tokens';

/** No service reads a larger body over HTTP. */
export const HTTP_BODY_BYTES_MAX = 1_048_576;
export const PROBLEM_TYPE = 'application/problem+json';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** An expected "no" over HTTP: RFC 9457 problem details with a stable code and, where one is wrong, the field. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    readonly detail: string,
    readonly field?: string,
    /** Members beyond those of every problem. */
    readonly more: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail, status);
  }
}

/** Any error as the problem that is told outside; of what was not expected nothing is told. Pure. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isTransient(error))
    return new Problem(503, 'TRY_AGAIN', 'The database or the broker does not answer; send the request again.');
  const status = statusOf(error);
  const code = (TITLES[status] ?? `HTTP_${status}`).toUpperCase().replaceAll(' ', '_');
  return new Problem(status, code, detailOf(status, error));
}

/** Fastify's own errors are no HttpException, but carry a status. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}

function detailOf(status: number, error: unknown): string {
  if (status >= 500 && !(error instanceof HttpException))
    return 'Something went wrong; the log of the service says what.';
  const { message } = error as Error;
  if (status === 400) return `The request cannot be read: ${message}`;
  if (status === 404) return `There is nothing here: ${message}`;
  if (status === 413) return `A request's body may have at most ${HTTP_BODY_BYTES_MAX} bytes.`;
  if (status === 415) return 'Send the body as application/json.';
  return message;
}

/** The JSON text of a problem. `type` has one form: `urn:mandate:problem:` and the code in kebab-case. */
export function problemJson(problem: Problem): string {
  const { code, detail, field, more } = problem;
  const status = problem.getStatus();
  return JSON.stringify({
    type: `urn:mandate:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(field ? { field } : {}),
    ...more,
  });
}

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: string): unknown;
}

/** An error whose body a handler wrote itself, since a protocol has its own form of error (OFREP), is answered as it is. */
export function ownAnswerOf(error: unknown): { readonly status: number; readonly json: string } | null {
  if (error instanceof Problem || !(error instanceof HttpException)) return null;
  const body = error.getResponse();
  if (typeof body !== 'object' || 'statusCode' in body) return null; // the framework's own form
  return { status: error.getStatus(), json: JSON.stringify(body) };
}

/**
 * Answers every failure over HTTP as `application/problem+json`: of a controller, of a body that cannot be parsed, of a
 * path or method that there is not. Global in every service; one that has a filter of its own keeps that.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const own = ownAnswerOf(error);
    if (own) {
      const reply = host.switchToHttp().getResponse<Reply>();
      reply.status(own.status).header('content-type', 'application/json').send(own.json);
      return;
    }
    const problem = toProblem(error);
    const status = problem.getStatus();
    if (status >= 500 && !(error instanceof Problem)) this.note(error, status);
    const reply = host.switchToHttp().getResponse<Reply>();
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    if (status === 503) reply.header('retry-after', '1');
    for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
    reply.status(status).header('content-type', PROBLEM_TYPE).send(problemJson(problem));
  }

  private note(error: unknown, status: number): void {
    if (status === 503) this.logger.warn(`a request has to be sent again: ${describeError(error)}`);
    else this.logger.error({ err: error }, 'a request failed');
  }
}
