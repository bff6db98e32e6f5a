import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { AppModule } from '../app.module';
import { openApiDocument } from './openapi';
import { OPERATIONS } from './operations';

type Handler = (...args: never[]) => unknown;

/** Every way in over HTTP that the service really has, as `get /path/{id}`. */
function waysIn(): string[] {
  const controllers = Reflect.getMetadata('controllers', AppModule) as (new (...args: never[]) => object)[];
  return controllers.flatMap((controller) => {
    const root = [Reflect.getMetadata(PATH_METADATA, controller)].flat() as string[];
    const prototype = controller.prototype as Record<string, Handler>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name] as Handler;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const paths = [Reflect.getMetadata(PATH_METADATA, handler)].flat() as string[];
      return root.flatMap((base) =>
        paths.map((path) => `${RequestMethod[method].toLowerCase()} ${joined(base, path)}`),
      );
    });
  });
}

function joined(base: string, path: string): string {
  const parts = [base, path].flatMap((p) => p.split('/')).filter((part) => part !== '');
  return `/${parts.map((part) => part.replace(/^:(\w+)$/, '{$1}')).join('/')}`;
}

/** A browser is sent there, or an operator asks: neither is the founder's API. */
const BESIDE = ['get /api/v1/auth/sign-in', 'get /api/v1/auth/callback', 'get /api/v1/founder-keys/pending'];

describe('the OpenAPI document', () => {
  const api = waysIn().filter((way) => way.includes(' /api/v1/') && !BESIDE.includes(way));

  it('has every way in below /api/v1, and none that there is not', () => {
    expect(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(api.sort());
  });

  it('PART2-001: has no way in that creates a contract', () => {
    expect(api).not.toContain('post /api/v1/contracts');
    expect(OPERATIONS.filter(({ method, path }) => method === 'post' && path.endsWith('/contracts'))).toEqual([]);
  });

  it('can be used by a generator: every reference leads somewhere, every operation has its own name', () => {
    const document = openApiDocument() as { components: { schemas: object } };
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    const known = Object.keys(document.components.schemas).map((name) => `"$ref":"#/components/schemas/${name}"`);
    expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
  });
});
