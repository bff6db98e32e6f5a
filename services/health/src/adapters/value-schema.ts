import { canonicalJson, type Json } from '@mandate/contracts';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const COMPILED_MAX = 1_000;
const compiled = new Map<string, ValidateFunction | null>();

/** Whether a value satisfies its key's JSON Schema (INV-4). A schema that cannot be compiled satisfies nothing. */
export function satisfiesSchema(schema: { readonly [keyword: string]: Json }, value: Json): boolean {
  const text = canonicalJson(schema);
  let validate = compiled.get(text);
  if (validate === undefined) {
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    validate = compile(text);
    compiled.set(text, validate);
  }
  return validate?.(value) === true;
}

function compile(text: string): ValidateFunction | null {
  const ajv = new Ajv({ strict: false, logger: false, addUsedSchema: false });
  addFormats(ajv);
  try {
    return ajv.compile(JSON.parse(text) as object);
  } catch {
    return null;
  }
}
