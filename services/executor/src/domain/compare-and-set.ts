import type { CapabilityState, Json, Lifecycle } from '@mandate/contracts';
import { sameJson, satisfies, type Write } from '@mandate/judgement';

/** Why a target was not written. */
export type WriteRefusal = 'VALUE_CHANGED' | 'KEY_UNKNOWN' | 'VALUE_REFUSED_BY_SCHEMA';

export type Written = { readonly state: CapabilityState } | { readonly refusal: WriteRefusal; readonly detail: string };

/** What stands at a write's target: a key's value (`null`: none) or the enablement. */
export function presentAt(state: CapabilityState, target: string): Json {
  const [, key] = splitTarget(target);
  if (key === null) return { enabled: state.enabled, lifecycle: state.lifecycle };
  return Object.hasOwn(state.values, key) ? (state.values[key] as Json) : null;
}

/**
 * Applies writes to a capability: all of them or none, each only if its target still is what the write says (JOB-001:
 * nothing that the contract does not know is overwritten). Pure; the version is the caller's to raise.
 *
 * @param isUndo where a target already is back, there is nothing to do, and a key that had no value loses it again
 */
export function compareAndSet(state: CapabilityState, writes: readonly Write[], isUndo = false): Written {
  let written = state;
  for (const write of writes) {
    const present = presentAt(written, write.target);
    if (isUndo && sameJson(present, write.to)) continue;
    if (!sameJson(present, write.from)) return refuse('VALUE_CHANGED', write, `is ${shown(present)}`);
    const next = put(written, write, isUndo);
    if ('refusal' in next) return next;
    written = next.state;
  }
  return { state: written };
}

function put(state: CapabilityState, write: Write, isUndo: boolean): Written {
  const [, key] = splitTarget(write.target);
  if (key === null) {
    const { enabled, lifecycle } = write.to as { enabled: boolean; lifecycle: Lifecycle };
    return { state: { ...state, enabled, lifecycle } };
  }
  const definition = state.definition.keys.find((k) => k.key === key);
  if (!definition) return refuse('KEY_UNKNOWN', write, 'is not a key of the capability');
  const isAllowed = satisfies(definition.schema, write.to);
  if (isUndo && write.to === null && !isAllowed) {
    return { state: { ...state, values: Object.fromEntries(Object.entries(state.values).filter(([k]) => k !== key)) } };
  }
  if (!isAllowed) return refuse('VALUE_REFUSED_BY_SCHEMA', write, `may not be ${shown(write.to)}`);
  return { state: { ...state, values: { ...state.values, [key]: write.to } } };
}

function refuse(refusal: WriteRefusal, write: Write, what: string): Written {
  const expected = refusal === 'VALUE_CHANGED' ? `, not ${shown(write.from)}` : '';
  return { refusal, detail: `${write.target} ${what}${expected}` };
}

function splitTarget(target: string): [capability: string, key: string | null] {
  const at = target.indexOf('#');
  return at < 0 ? [target, null] : [target.slice(0, at), target.slice(at + 1)];
}

function shown(value: Json): string {
  return JSON.stringify(value).slice(0, 120);
}
