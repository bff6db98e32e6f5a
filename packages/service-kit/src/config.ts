import { readFileSync } from 'node:fs';
import { ENVIRONMENTS } from '@mandate/contracts';
import { z } from 'zod';

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration such as `250ms`, `5s`, `10m`, `7d`, as milliseconds. */
export function duration(range: { min?: string; max?: string } = {}) {
  const parse = (text: string): number | null => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
    return amount && unit ? Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS] : null;
  };
  const wanted = `a duration such as 5s or 7d${range.min ? `, at least ${range.min}` : ''}${range.max ? `, at most ${range.max}` : ''}`;
  return z.string({ error: `wants ${wanted}` }).transform((text, ctx) => {
    const ms = parse(text);
    const isTooSmall = ms !== null && range.min !== undefined && ms < (parse(range.min) as number);
    const isTooLarge = ms !== null && range.max !== undefined && ms > (parse(range.max) as number);
    if (ms === null || isTooSmall || isTooLarge) {
      ctx.addIssue({ code: 'custom', message: `wants ${wanted}` });
      return z.NEVER;
    }
    return ms;
  });
}

/** A whole number. */
export function integer(range: { min: number; max: number }) {
  const wanted = `wants a whole number from ${range.min} to ${range.max}`;
  return z.string({ error: wanted }).transform((text, ctx) => {
    const value = Number(text);
    if (!Number.isInteger(value) || text.trim() === '' || value < range.min || value > range.max) {
      ctx.addIssue({ code: 'custom', message: wanted });
      return z.NEVER;
    }
    return value;
  });
}

/** A share of all. */
export function ratio() {
  const wanted = 'wants a number from 0 to 1';
  return z.string({ error: wanted }).transform((text, ctx) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1) return value;
    ctx.addIssue({ code: 'custom', message: wanted });
    return z.NEVER;
  });
}

/** The trimmed content of the file a variable names; how secrets come in. */
export function fileContent() {
  return z.string({ error: 'wants the path of a file' }).transform((path, ctx) => {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: `wants a readable file (${(error as Error).message})` });
      return z.NEVER;
    }
  });
}

/** The path of a file that can be read; for what is read again from time to time. */
export function readableFile() {
  return z.string({ error: 'wants the path of a file' }).superRefine((path, ctx) => {
    try {
      readFileSync(path);
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: `wants a readable file (${(error as Error).message})` });
    }
  });
}

/** Wrong configuration; the message has a line per variable. */
export class ConfigError extends Error {}

/**
 * Reads the variables that `shape` names. @throws ConfigError naming each variable, what it got and what it wants
 */
export function readConfig<S extends z.ZodRawShape>(env: NodeJS.ProcessEnv, shape: S): z.output<z.ZodObject<S>> {
  const picked = Object.fromEntries(Object.keys(shape).map((k) => [k, env[k] === '' ? undefined : env[k]]));
  const result = z.object(shape).safeParse(picked);
  if (result.success) return result.data;
  const lines = result.error.issues.map((i) => {
    const name = String(i.path[0]);
    const got = !env[name] ? 'is not set' : `is "${/PASSWORD|SECRET|TOKEN|URL/.test(name) ? '…' : env[name]}"`;
    const wants = i.message.startsWith('wants') ? i.message : `wants ${i.message}`;
    return `${name} ${got}; it ${wants}.`;
  });
  throw new ConfigError(lines.join('\n'));
}

/** Variables every service reads; a service's own come beside them in its `config.ts`. */
export const kitShape = {
  KAFKA_BROKERS: z
    .string({ error: 'wants the brokers as host:port, with commas between' })
    .transform((s) => s.split(',')),
  KAFKA_USERNAME: z.string({ error: "wants the name of this service's broker user" }),
  KAFKA_PASSWORD_FILE: fileContent(),
  /** Certificates (PEM) that the broker's is signed by: the connection is TLS then. */
  KAFKA_CA_FILE: fileContent().optional(),
  DATABASE_URL_FILE: fileContent(),
  /** One private key (PEM) after another: the present one, and the next before a rotation. */
  MANDATE_KEY_FILE: readableFile(),
  /** Which manifests count: a local one may enrol keys that production refuses. */
  MANDATE_ENVIRONMENT: z.enum(ENVIRONMENTS).default('production'),
  MANDATE_MANIFEST_FILE: z.string({ error: 'wants the path of authority.json' }),
  MANDATE_ROOT_PUBLIC_KEY_FILE: fileContent(),
  /** How often the manifest is read again. */
  MANIFEST_RELOAD: duration({ min: '100ms', max: '5m' }).default(30_000),
  /** Who may operate the service over HTTP; without it nobody may. */
  OPERATOR_TOKENS_FILE: z.string().optional(),
  HTTP_PORT: integer({ min: 0, max: 65_535 }),
  HTTP_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Where traces go (OTLP over HTTP); without it there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'wants an URL such as http://collector:4318' })
    .optional(),
  /** How many of all issues are traced: from 0 to 1, the same for every service. */
  OTEL_TRACES_SAMPLER_ARG: ratio().default(1),
  BATCH_SIZE_MAX: integer({ min: 1, max: 2_000 }).default(500),
  TIMER_POLL: duration({ min: '20ms', max: '10s' }).default(200),
  BASIS_WAIT: duration({ min: '1s', max: '1h' }).default(300_000),
  /** How often what is no longer needed is removed. */
  TRIM_EVERY: duration({ min: '100ms', max: '1d' }).default(600_000),
  /** How long it is known that a message has come; longer than the broker keeps a group's offsets (a year). */
  INBOX_KEPT: duration({ min: '1d', max: '3650d' }).default(400 * 86_400_000),
  SET_ASIDE_KEPT: duration({ min: '1d', max: '3650d' }).default(90 * 86_400_000),
};
export type KitConfig = z.output<z.ZodObject<typeof kitShape>>;

/**
 * The kit's variables. Where it counts, nothing crosses a network readable: in production a broker beyond loopback is
 * reached over TLS, and so is a database.
 *
 * @throws ConfigError naming each variable, what it got and what it wants
 */
export function readKitConfig(env: NodeJS.ProcessEnv): KitConfig {
  const config = readConfig(env, kitShape);
  if (config.MANDATE_ENVIRONMENT === 'local') return config;
  const isPlain =
    config.KAFKA_CA_FILE === undefined && !config.KAFKA_BROKERS.every((broker) => isLoopback(`tcp://${broker}`));
  if (isPlain) {
    throw new ConfigError(
      'KAFKA_CA_FILE is not set; in production a broker on another machine wants the certificates that its own is signed by.',
    );
  }
  const database = config.DATABASE_URL_FILE;
  const isUrl = URL.canParse(database);
  if (isUrl && !isLoopback(database) && new URL(database).searchParams.get('sslmode') !== 'verify-full') {
    throw new ConfigError(
      'DATABASE_URL_FILE names a database on another machine; in production its URL wants sslmode=verify-full (and sslrootcert=<file>).',
    );
  }
  return config;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
