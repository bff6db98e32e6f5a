import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { TransientFault } from './faults';
import { HTTP_BODY_BYTES_MAX, Problem, problemJson, toProblem } from './problem';

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
