import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from './tokens';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
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
  ) {
    super(detail, status);
  }
}

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: string): unknown;
}

/** Answers every failure of a controller as `application/problem+json`; what was not expected is not told outside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const code = error instanceof Problem ? error.code : (TITLES[status] ?? 'Error').toUpperCase().replaceAll(' ', '_');
    const detail =
      error instanceof HttpException ? error.message : 'Something went wrong; the log of the service says what.';
    if (status >= 500) this.logger.error({ err: error }, 'a request failed');
    const body = {
      type: `urn:mandate:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      title: TITLES[status] ?? 'Error',
      status,
      detail,
      code,
      ...(error instanceof Problem && error.field ? { field: error.field } : {}),
    };
    const reply = host.switchToHttp().getResponse<Reply>();
    reply.status(status).header('content-type', 'application/problem+json').send(JSON.stringify(body));
  }
}
