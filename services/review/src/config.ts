import { ConfigError, duration, fileContent, integer, readConfig } from '@mandate/service-kit';
import { z } from 'zod';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The origin of an address: what a browser's policies know. */
const originOf = (text: string): string => new URL(text).origin;

/** An address that secrets may go to: https, or this machine. */
function secureUrl(of: string) {
  const error = `wants ${of}, with https unless it is on this machine`;
  const isSecure = (text: string): boolean => {
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  };
  return z.url({ error, abort: true }).refine(isSecure, { error });
}

const perMinute = (count: number) => integer({ min: 1, max: 1_000_000 }).default(count);

const signIn = {
  /** Whose tokens count, and where founders sign in. Without it nobody is let in. */
  OIDC_ISSUER: secureUrl('the URL of an OpenID provider').optional(),
  /** How the provider knows this service; without it only scripts with a bearer token are let in. */
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  /** Left out for a client that the provider knows as public. */
  OIDC_CLIENT_SECRET_FILE: fileContent().optional(),
  OIDC_SCOPE: z.string().min(1).default('openid'),
  /** The claim that lists roles; one of them has to be `founder`. */
  OIDC_ROLES_CLAIM: z.string().min(1).default('roles'),
  /** Where browsers reach the page: the only origin that may act, and the one that passkeys belong to. */
  PUBLIC_URL: secureUrl("the page's address").transform(originOf).optional(),
  /** Where browsers reach the auditor, which gives founders the proof files; without it the page offers none. */
  AUDITOR_PUBLIC_URL: secureUrl("the auditor's address").transform(originOf).optional(),
  SESSION_IDLE: duration({ min: '1m', max: '24h' }).default(1_800_000),
  SESSION_LIFETIME: duration({ min: '1m', max: '7d' }).default(43_200_000),
  /** A minute, an address and a replica: sign-ins, actions of one founder, requests that are refused access. */
  RATE_SIGN_INS: perMinute(30),
  RATE_ACTIONS: perMinute(600),
  RATE_REFUSALS: perMinute(120),
};

const address = z.string().regex(/^[^\s<>]+@[^\s<>]+$/, 'wants an e-mail address');

/** Telling founders outside the page: off unless configured. */
const notices = {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  NOTIFY_SMTP_URL_FILE: fileContent()
    .refine((text) => /^smtps?:\/\/./.test(text), { error: 'wants a file with an smtp:// or smtps:// URL' })
    .optional(),
  NOTIFY_MAIL_TO: address.optional(),
  NOTIFY_MAIL_FROM: address.optional(),
  NOTIFY_WEBHOOK_URL: secureUrl('the URL of a webhook').optional(),
  /** `whsec_` and the base64 of at least 24 random bytes (Standard Webhooks). */
  NOTIFY_WEBHOOK_SECRET_FILE: fileContent()
    .refine((text) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(text), {
      error: 'wants a file with whsec_ and the base64 of at least 24 bytes',
    })
    .optional(),
};

const shape = {
  ...signIn,
  ...notices,
  OIDC_AUDIENCE: z.string().min(1).default('mandate-review'),
  /** How long an action waits for the contract service before it answers 202. */
  ACTION_WAIT: duration({ min: '0ms', max: '10s' }).default(2_000),
};

/** The service's own variables; the kit reads the rest. @throws ConfigError naming what is wrong */
export function config() {
  const read = readConfig(process.env, shape);
  const missing = incompleteIn(read);
  if (missing !== null) throw new ConfigError(missing);
  return read;
}
export type Config = ReturnType<typeof config>;
export const CONFIG = Symbol('Config');

function incompleteIn(c: z.output<z.ZodObject<typeof shape>>): string | null {
  const mail = [c.NOTIFY_SMTP_URL_FILE, c.NOTIFY_MAIL_TO, c.NOTIFY_MAIL_FROM];
  const webhook = [c.NOTIFY_WEBHOOK_URL, c.NOTIFY_WEBHOOK_SECRET_FILE];
  const isHalf = (parts: readonly unknown[]) => parts.some((p) => p !== undefined) && parts.includes(undefined);
  if (isHalf(mail)) return 'NOTIFY_SMTP_URL_FILE, NOTIFY_MAIL_TO and NOTIFY_MAIL_FROM go together: set all or none.';
  if (isHalf(webhook)) return 'NOTIFY_WEBHOOK_URL and NOTIFY_WEBHOOK_SECRET_FILE go together: set both or none.';
  const isTold = [...mail, ...webhook].some((part) => part !== undefined);
  if (c.PUBLIC_URL !== undefined) return null;
  if (isTold) return 'PUBLIC_URL is not set; a message links to the page and needs it.';
  if (c.AUDITOR_PUBLIC_URL === undefined) return null;
  return 'PUBLIC_URL is not set; the auditor gives proof files to the page there and to no other.';
}
