import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const DESK_TOKEN = 'token-of-the-desk';
export const SHOP_TOKEN = 'token-of-the-shop';

/** A tokens file for two source systems, `desk` and `shop`. */
export function tokensFile(): string {
  const token = (text: string, source_system: string) => ({
    token_sha256: createHash('sha256').update(text).digest('hex'),
    source_system,
  });
  const path = join(mkdtempSync(join(tmpdir(), 'intake-tokens-')), 'tokens.json');
  writeFileSync(path, JSON.stringify([token(DESK_TOKEN, 'desk'), token(SHOP_TOKEN, 'shop')]));
  return path;
}

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a JSON answer, looked into by tests
  readonly body: any;
}

/** Calls a service's HTTP as a CRM would. */
export async function call(
  port: number,
  path: string,
  init: RequestInit = {},
  token: string | null = DESK_TOKEN,
): Promise<Answer> {
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(init.headers as Record<string, string>),
  };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}

/** POSTs a body, JSON unless it is text already. */
export function post(
  port: number,
  body: unknown,
  headers: Record<string, string> = {},
  token: string | null = DESK_TOKEN,
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const init = { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } };
  return call(port, '/api/v1/issues', init, token);
}
