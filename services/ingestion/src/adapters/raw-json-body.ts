import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

type Done = (error: Error | null, body?: unknown) => void;
interface Instance {
  readonly initialConfig: { readonly bodyLimit?: number };
  getDefaultJsonParser(
    protoPoisoning: 'error',
    constructorPoisoning: 'error',
  ): (request: { url: string }, body: string, done: Done) => void;
  removeContentTypeParser(type: string): void;
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer' },
    parser: (r: { url: string }, body: Buffer, done: Done) => void,
  ): void;
}

export const INTAKE_PATH = '/api/v1/issues';

/**
 * Hands the intake its body as the bytes that arrived: they are cited by their digest, kept, and measured before
 * anything is parsed. Every other path gets parsed JSON as before.
 */
@Injectable()
export class RawJsonBody implements OnModuleInit {
  private isDone = false;

  constructor(private readonly host: HttpAdapterHost) {}

  /** Called once for HTTP, before it listens, and once more for the transport. */
  onModuleInit(): void {
    if (this.isDone) return;
    this.isDone = true;
    const instance = this.host.httpAdapter.getInstance<Instance>();
    const parse = instance.getDefaultJsonParser('error', 'error');
    instance.removeContentTypeParser('application/json');
    instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      if (request.url.split('?', 1)[0] === INTAKE_PATH) done(null, body);
      else parse(request, body.toString(), done);
    });
  }
}
