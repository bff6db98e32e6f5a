import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  NotFoundException,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TransientFault } from './faults';
import { HTTP_BODY_BYTES_MAX, ownAnswerOf, Problem, ProblemFilter, problemJson, toProblem } from './problem';
import { LOGGER } from './tokens';

const told = (error: unknown): object => JSON.parse(problemJson(toProblem(error))) as object;

describe('a problem over HTTP', () => {
  it('has one form of type, its code, and the field where one is wrong', () => {
    expect(told(new Problem(422, 'ALREADY_EXPIRED', 'It is over.', 'expires_at', { at: 1 }))).toEqual({
      type: 'urn:mandate:problem:already-expired',
      title: 'Unprocessable Content',
      status: 422,
      detail: 'It is over.',
      code: 'ALREADY_EXPIRED',
      field: 'expires_at',
      at: 1,
    });
  });

  it.each([
    [new BadRequestException('Unexpected end of JSON input'), 400, 'BAD_REQUEST', 'Unexpected end of JSON input'],
    [new NotFoundException('Cannot GET /x'), 404, 'NOT_FOUND', 'Cannot GET /x'],
    [new HttpException('too large', 413), 413, 'CONTENT_TOO_LARGE', `at most ${HTTP_BODY_BYTES_MAX} bytes`],
    [Object.assign(new Error('x'), { statusCode: 415 }), 415, 'UNSUPPORTED_MEDIA_TYPE', 'application/json'],
    [new HttpException('short and stout', 418), 418, 'HTTP_418', 'short and stout'],
    [Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }), 503, 'TRY_AGAIN', 'does not answer'],
    [new TransientFault('LOCKED', 'wait'), 503, 'TRY_AGAIN', 'does not answer'],
  ])('tells what a framework, a database or a broker threw: %p', (error, status, code, said) => {
    const type = `urn:mandate:problem:${code.toLowerCase().replaceAll('_', '-')}`;
    expect(told(error)).toMatchObject({ type, status, code, detail: expect.stringContaining(said) });
  });

  it.each([new TypeError('secret'), 'secret', null, undefined])('tells nothing of a bug: %p', (error) => {
    expect(told(error)).toMatchObject({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(told(error))).not.toContain('secret');
  });
});

describe('the filter of every service', () => {
  class Own implements ExceptionFilter {
    catch(_error: unknown, host: ArgumentsHost): void {
      host.switchToHttp().getResponse<{ send(body: string): void }>().send('its own answer');
    }
  }
  Catch()(Own);

  const answerOf = async (...own: Provider[]): Promise<{ body: string; type: unknown }> => {
    const logger = { provide: LOGGER, useValue: { warn: () => undefined, error: () => undefined } };
    const kit = { module: class Kit {}, providers: [logger, { provide: APP_FILTER, useClass: ProblemFilter }] };
    const service = { module: class Service {}, providers: own };
    const root = { module: class Root {}, imports: [kit, service] };
    const app = await NestFactory.create(root, new FastifyAdapter(), { logger: false });
    await app.init();
    const { body, headers } = await app.getHttpAdapter().getInstance().inject({ url: '/nowhere' });
    await app.close();
    return { body, type: headers['content-type'] };
  };

  it('answers for paths that there are not', async () => {
    const { body, type } = await answerOf();
    expect(type).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it("leaves the answer to the service's own filter where it has one", async () => {
    expect(await answerOf({ provide: APP_FILTER, useClass: Own })).toMatchObject({ body: 'its own answer' });
  });
});

describe("a protocol's own form of error", () => {
  it('is answered as its handler wrote it', () => {
    const error = new HttpException({ key: 'x', errorCode: 'FLAG_NOT_FOUND' }, 404);
    expect(ownAnswerOf(error)).toEqual({ status: 404, json: '{"key":"x","errorCode":"FLAG_NOT_FOUND"}' });
  });

  it('is none that the framework or a problem has', () => {
    expect(ownAnswerOf(new NotFoundException('Cannot GET /x'))).toBeNull();
    expect(ownAnswerOf(new Problem(422, 'FIELD_MISSING', 'subject is missing', 'subject'))).toBeNull();
    expect(ownAnswerOf(new Error('x'))).toBeNull();
  });
});
