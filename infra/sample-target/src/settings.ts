/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One compare-and-set: a place is written only if it still holds `from`. */
export interface Write {
  readonly target: string;
  readonly from: Json;
  readonly to: Json;
}

/** What the system holds, and which messages it has taken; all of it survives a crash. */
export interface Settings {
  readonly values: Readonly<Record<string, Json>>;
  /** Idempotency keys of messages that were done, with what was done; a repetition is answered like the first. */
  readonly taken: Readonly<Record<string, string>>;
  /** Keys whose message was undone: where one arrives late, it must not be done any more. */
  readonly undone: readonly string[];
}

export const emptySettings = (values: Settings['values']): Settings => ({ values, taken: {}, undone: [] });

export type Decision =
  | { readonly status: 200; readonly settings: Settings; readonly text: 'done' | 'done before' | 'was so already' }
  | { readonly status: 404 | 409 | 422; readonly text: string };

/** Does the writes of a message: all or none, each only if its place still is as it says; once for a key. Pure. */
export function apply(settings: Settings, key: string, writes: readonly Write[]): Decision {
  if (settings.undone.includes(key)) return { status: 409, text: 'it was undone before it came' };
  return writeOnce(settings, key, writes, false);
}

/**
 * Undoes a message, whether it came or not: a place that already is back stays as it is. Its key is remembered, so that a
 * message that was only late does nothing. Pure.
 */
export function undo(settings: Settings, key: string, undoes: string, writes: readonly Write[]): Decision {
  const decision = writeOnce(settings, key, writes, true);
  if (decision.status !== 200) return decision;
  const undone = [...new Set([...decision.settings.undone, undoes])];
  return { ...decision, settings: { ...decision.settings, undone } };
}

function writeOnce(settings: Settings, key: string, writes: readonly Write[], isUndo: boolean): Decision {
  const digest = JSON.stringify(writes);
  const before = Object.hasOwn(settings.taken, key) ? settings.taken[key] : undefined;
  if (before !== undefined) {
    if (before !== digest) return { status: 422, text: 'this key came with another message before' };
    return { status: 200, settings, text: 'done before' };
  }
  const values: Record<string, Json> = { ...settings.values };
  let isSo = true;
  for (const { target, from, to } of writes) {
    if (!Object.hasOwn(values, target)) return { status: 404, text: `there is no ${target}` };
    const present = values[target] as Json;
    if (isUndo && isSame(present, to)) continue;
    if (!isSame(present, from)) return { status: 409, text: `${target} is ${JSON.stringify(present)}` };
    values[target] = to;
    isSo = false;
  }
  const taken = { ...settings.taken, [key]: digest };
  return { status: 200, settings: { ...settings, values, taken }, text: isSo ? 'was so already' : 'done' };
}

function isSame(a: Json, b: Json): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: Json): string {
  return JSON.stringify(value, (_, v: Json) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
