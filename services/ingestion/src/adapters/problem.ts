import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';

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

@Catch(Problem)
export class ProblemFilter implements ExceptionFilter {
  catch(problem: Problem, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    const { status, code, title, message: detail, more } = problem;
    const type = `urn:mandate:problem:${code.toLowerCase().replaceAll('_', '-')}`;
    reply.code(status).header('content-type', 'application/problem+json');
    reply.send(JSON.stringify({ type, title, status, detail, code, ...more }));
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
