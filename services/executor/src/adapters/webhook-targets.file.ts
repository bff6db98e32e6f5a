import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BlockList } from 'node:net';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { rangesOf } from './address-policy';
import { readSecrets } from './webhook-signature';

/** A system that is changed by webhook, as this executor's operator configured it. */
export interface WebhookTarget {
  readonly url: URL;
  readonly secrets: readonly Buffer[];
  /** One exchange. */
  readonly timeoutMs: number;
  readonly allowed: BlockList;
  /** PEM: whose certificates are trusted, and nobody else's; null: those of the public authorities. */
  readonly ca: string | null;
}
export type WebhookTargets = ReadonlyMap<string, WebhookTarget>;

const entry = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret_file: z.string().min(1),
  timeout_ms: z.int().min(50).max(60_000).default(2_000),
  ca_file: z.string().min(1).optional(),
  allow_http: z.boolean().default(false),
  allowed_addresses: z.array(z.string()).default([]),
});
const file = z.record(z.string(), entry);

/**
 * Reads the webhook targets by capability. Neither a contract nor a customer's system can name an address: it comes from
 * here alone.
 * @throws Error saying in one sentence what is wrong with which target
 */
export function readWebhookTargets(path: string): WebhookTargets {
  const read = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  return new Map(
    Object.entries(read.data).map(([name, target]) => {
      try {
        return [name, targetOf(target, dirname(path))];
      } catch (cause) {
        throw new Error(`${name}: ${(cause as Error).message}`, { cause });
      }
    }),
  );
}

function targetOf(target: z.output<typeof entry>, directory: string): WebhookTarget {
  const url = new URL(target.url);
  if (url.protocol === 'http:' && !target.allow_http)
    throw new Error('its url is not https, and allow_http is not set');
  if (url.username || url.password) throw new Error('its url holds a password; the secret belongs into secret_file');
  const read = <T>(name: 'secret_file' | 'ca_file', file: string, use: (text: string) => T): T => {
    try {
      return use(readFileSync(resolve(directory, file), 'utf8'));
    } catch (cause) {
      throw new Error(`its ${name} cannot be used: ${(cause as Error).message}`, { cause });
    }
  };
  const secrets = read('secret_file', target.secret_file, readSecrets);
  const ca = target.ca_file === undefined ? null : read('ca_file', target.ca_file, asCertificates);
  return { url, secrets, timeoutMs: target.timeout_ms, allowed: rangesOf(target.allowed_addresses), ca };
}

/** @throws Error where the first is no certificate */
function asCertificates(pem: string): string {
  new X509Certificate(pem);
  return pem;
}
