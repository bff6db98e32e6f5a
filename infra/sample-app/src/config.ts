import { readFileSync } from 'node:fs';
import type { StorefrontOptions } from './storefront';

/**
 * The shop's options from its environment: HTTP_PORT (or PORT), HTTP_HOST, OFREP_URL, and OFREP_TOKEN_FILE if the
 * registry wants a token.
 * @throws Error saying which variable, what it got and what it wants
 */
export function readOptions(env: NodeJS.ProcessEnv): StorefrontOptions {
  const port = Number(env.HTTP_PORT ?? env.PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`HTTP_PORT is "${env.HTTP_PORT ?? env.PORT ?? ''}"; it wants a port number.`);
  }
  const ofrepUrl = env.OFREP_URL ?? '';
  if (!URL.canParse(ofrepUrl)) throw new Error(`OFREP_URL is "${ofrepUrl}"; it wants the registry's address.`);
  const tokenFile = env.OFREP_TOKEN_FILE;
  const token = tokenFile ? readFileSync(tokenFile, 'utf8').trim() : undefined;
  return { port, host: env.HTTP_HOST ?? '127.0.0.1', ofrepUrl: ofrepUrl.replace(/\/$/, ''), token };
}
