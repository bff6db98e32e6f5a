import { describeError, isTransient, LOGGER } from '@mandate/service-kit';
import { type ArgumentsHost, Catch, HttpException, Inject } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { HttpReply, HttpRequest, Log } from './http';
import { Problem, type ProblemDetails } from './problem';

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  404: 'Not found',
  413: 'The request is too large',
  415: 'This kind of content is not taken',
};

/** Every error of the API as problem details (RFC 9457); what is not for outsiders goes to the log alone. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  @Inject(LOGGER) private readonly logger!: Log;

  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    if (!(error instanceof Problem) && !request.url.startsWith('/api/')) {
      super.catch(error, host);
      return;
    }
    const body = this.detailsOf(error, request.url);
    const reply = http.getResponse<HttpReply>();
    if (error instanceof Problem) reply.headers(error.headers);
    void reply
      .status(body.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify({ type: `urn:mandate:problem:${body.code}`, ...body }));
  }

  private detailsOf(error: unknown, url: string): ProblemDetails {
    if (error instanceof Problem) return error.details;
    const status = statusOf(error);
    if (status < 500) {
      const title = TITLES[status] ?? 'The request is refused';
      return {
        status,
        title,
        code: status === 404 ? 'NOT_FOUND' : 'INVALID_REQUEST',
        detail: (error as Error).message,
      };
    }
    if (isTransient(error)) {
      this.logger.warn({ url }, `cannot answer now: ${describeError(error)}`);
      return {
        status: 503,
        title: 'Not available',
        code: 'UNAVAILABLE',
        detail: 'The database does not answer; try again.',
      };
    }
    this.logger.error({ err: error, url }, `an error over HTTP: ${describeError(error)}`);
    return {
      status: 500,
      title: 'Internal error',
      code: 'INTERNAL',
      detail: 'The fault is on this side; it has been logged.',
    };
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : 500;
}
