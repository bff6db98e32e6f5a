import { readFileSync } from 'node:fs';
import { type CapabilityDefinition, type Json, LEVELS, sha256 } from '@mandate/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Catalogue, CHANGE_KINDS } from '../domain/catalogue';

/** A dot stands between capability and key in a flag's name, a hash in a target's: neither may hold one. */
const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'wants lower case letters, digits and underscores');
const json = z.json() as unknown as z.ZodType<Json>;
const count = z.int().positive();

const rhythm = { id: z.string().min(1), interval_ms: count, timeout_ms: count, threshold: count };
const bound = z
  .strictObject({ above: z.number().optional(), below: z.number().optional() })
  .refine((b) => b.above !== undefined || b.below !== undefined, 'wants above, below or both');
const probe = z.union([
  z.strictObject({ ...rhythm, url: z.url(), warn_ms: count }),
  z.strictObject({ ...rhythm, promql: z.string().min(1), warn: bound.optional(), blocked: bound.optional() }),
]);
const key = z.strictObject({
  key: name,
  aliases: z.array(z.string()),
  description: z.string(),
  schema: z.record(z.string(), json),
  first_value: json,
});
const capability = z.strictObject({
  name,
  aliases: z.array(z.string()),
  description: z.string(),
  owner: z.string(),
  lifecycle: z.enum(['PREVIEW', 'LAUNCHED', 'DEPRECATED']),
  enabled: z.boolean(),
  frozen: z.boolean(),
  driver: z.enum(['registry', 'webhook']),
  keys: z.array(key),
  risk: z.partialRecord(z.enum(CHANGE_KINDS), z.enum(LEVELS)),
  irreversible_allowed: z.array(z.enum(CHANGE_KINDS)),
  probes: z.array(probe),
  constraints: z.strictObject({
    max_duration_ms: count,
    step_timeout_ms: count,
    steps_per_minute: count,
    allowed_targets: z.array(z.string()),
  }),
});
const file = z.strictObject({
  version: count,
  system_probes: z.array(probe),
  capabilities: z.array(capability).min(1),
});

/**
 * Reads a catalogue file. Its digest is of the file's bytes as they are; `${SAMPLE_APP_URL}` in probe addresses is
 * replaced afterwards.
 * @throws Error saying in one sentence what is wrong with the file, and where
 */
export function readCatalogue(path: string, sampleAppUrl: string | undefined): Catalogue {
  const bytes = readFileSync(path);
  const result = file.safeParse(withAddress(parse(bytes.toString('utf8')) as Json, path, sampleAppUrl));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(`The catalogue ${path} is not one: ${issue?.path.join('.') || 'the file'}: ${issue?.message}.`);
  }
  const { version, capabilities } = result.data;
  return {
    version,
    digest: sha256(bytes).toString('hex'),
    capabilities: capabilities as readonly CapabilityDefinition[],
  };
}

const PLACEHOLDER = '${SAMPLE_APP_URL}';

function withAddress(value: Json, path: string, url: string | undefined): Json {
  if (typeof value === 'string' && value.startsWith(PLACEHOLDER)) {
    if (url === undefined) throw new Error(`The catalogue ${path} wants SAMPLE_APP_URL, which is not set.`);
    return url.replace(/\/$/, '') + value.slice(PLACEHOLDER.length);
  }
  if (Array.isArray(value)) return value.map((v) => withAddress(v as Json, path, url));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withAddress(v as Json, path, url)]));
}
