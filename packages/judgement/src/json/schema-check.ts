import type { Json } from '@mandate/contracts';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** A JSON Schema as the catalogue states it for one key. */
export type KeySchema = { readonly [keyword: string]: Json };

const COMPILED_MAX = 2_000;
const byIdentity = new WeakMap<KeySchema, ValidateFunction>();
const byText = new Map<string, ValidateFunction>();

/**
 * Whether a value satisfies a key's JSON Schema (draft 7; keywords it does not know, such as `x-unit`, say nothing).
 * Compiled schemas are kept by their text, so that facts read back from JSON find them again.
 *
 * @throws Error when the schema itself cannot be compiled (an unknown `$ref`, a wrong keyword value).
 * @see spec 1-workflow §6 E-007, §8 INV-4
 */
export function satisfies(schema: KeySchema, value: Json): boolean {
  return compiled(schema)(value) === true;
}

function compiled(schema: KeySchema): ValidateFunction {
  const known = byIdentity.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  const validate = byText.get(text) ?? compileText(text);
  byIdentity.set(schema, validate);
  return validate;
}

/** An Ajv of its own per schema: two schemas with one `$id` do not meet, and what is dropped here is freed. */
function compileText(text: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, logger: false, addUsedSchema: false });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(text));
  if (byText.size >= COMPILED_MAX) byText.delete(byText.keys().next().value as string);
  byText.set(text, validate);
  return validate;
}
