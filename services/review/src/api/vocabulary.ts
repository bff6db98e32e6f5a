import { LEVELS } from '@mandate/contracts';
import { z } from 'zod';

/** Schemas with a name of their own in the OpenAPI document: what is answered, and what is asked. */
export const answers = z.registry<{ id: string }>();
export const requests = z.registry<{ id: string }>();

/** Gives the schema of an answer, or of a part of one, its name in the document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  answers.add(schema, { id });
  return schema;
}

/** Gives the schema of a request's body its name in the document. */
export function asked<S extends z.ZodType>(id: string, schema: S): S {
  requests.add(schema, { id });
  return schema;
}

/** RFC 3339, UTC. */
export const time = z.iso.datetime();
export const id = z.guid();
/** A SHA-256 digest, hexadecimal. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Any JSON value. */
export const json = z.unknown();
export const text = z.string();
export const count = z.number().int();
export const level = named('Level', z.enum(LEVELS));
export const changeKind = z.enum([
  'capability_enable',
  'capability_disable',
  'configuration_update',
  'parameter_change',
]);
export const health = named('HealthState', z.enum(['UNKNOWN', 'HEALTHY', 'DEGRADED', 'UNHEALTHY']));
export const lifecycle = named('Lifecycle', z.enum(['PREVIEW', 'LAUNCHED', 'DEPRECATED']));

/** Whether an action could be taken now, and if not why. */
export const offer = named(
  'Offer',
  z.object({ is_offered: z.boolean(), code: text.nullable(), sentence: text.nullable() }),
);

export const problem = named(
  'Problem',
  z
    .object({
      type: text.describe('urn:mandate:problem: and the code in kebab-case'),
      title: text,
      status: count,
      detail: text,
      code: text.describe('Stable; the texts are not.'),
      field: text.optional().describe('Where the request is wrong.'),
      rule: text.optional().describe('The invariant that the refusal enforces.'),
      decision_id: id.optional().describe('Its row in the record of review actions.'),
    })
    .loose(),
);
