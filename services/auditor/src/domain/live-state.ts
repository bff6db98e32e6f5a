import { type Change, canonicalJson, type Json } from '@mandate/contracts';
import { type Write, writesOf } from '@mandate/judgement';
import type { LiveState } from './case-file';

/** The state that these changes lead to, by the same writes that the executor makes. */
export function outcomeOf(before: LiveState, changes: readonly Change[]): LiveState {
  return changes.flatMap(writesOf).reduce(written, before);
}

function written(state: LiveState, { target, to }: Write): LiveState {
  const key = keyOf(target);
  if (key !== null) return { ...state, values: { ...state.values, [key]: to } };
  const { enabled, lifecycle } = to as { enabled: boolean; lifecycle: string };
  return { ...state, enabled, lifecycle };
}

/** Whether enablement, lifecycle and all values are the same; a key without a value and one set to null are. */
export function isSameState(a: LiveState, b: LiveState): boolean {
  return canonicalJson(plain(a)) === canonicalJson(plain(b));
}

/** What differs between two states of a capability: `capability#key`, or the capability for its enablement. */
export function differences(capability: string, a: LiveState, b: LiveState): readonly string[] {
  const keys = [...new Set([...Object.keys(a.values), ...Object.keys(b.values)])].sort();
  const values = keys.filter((k) => canonicalJson(a.values[k] ?? null) !== canonicalJson(b.values[k] ?? null));
  const isToggled = a.enabled !== b.enabled || a.lifecycle !== b.lifecycle;
  return [...(isToggled ? [capability] : []), ...values.map((k) => `${capability}#${k}`)];
}

function keyOf(target: string): string | null {
  const at = target.indexOf('#');
  return at < 0 ? null : target.slice(at + 1);
}

function plain({ enabled, lifecycle, values }: LiveState): Json {
  return { enabled, lifecycle, values: Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null)) };
}
