import { z } from 'zod';
import { badRequest } from './problem';

/** What the ways in use of a request. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string };
}

/** What the ways in use of a reply. */
export interface HttpReply {
  status(code: number): this;
  header(name: string, value: string): this;
  headers(values: Readonly<Record<string, string>>): this;
  send(body: string): unknown;
}

/** The service's log, as far as the ways in use it. */
export interface Log {
  warn(text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** A request's part as its schema has it. @throws Problem naming the first field that does not fit */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badRequest(issue?.message ?? 'does not fit', issue?.path.join('.'));
}

/** An id from a path. @throws Problem */
export function idOf(id: string): string {
  return parsed(z.object({ id: z.guid({ error: 'An id is a UUID.' }) }), { id }).id.toLowerCase();
}
