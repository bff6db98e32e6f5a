/** JSON as it goes out over HTTP. */
export type Shown = null | boolean | number | string | readonly Shown[] | { readonly [key: string]: Shown };

const IS_TIME = /(_at|_since|^since|^at|^window_start|^window_end)$/;
const IS_JSON_TEXT = new Set(['facts', 'need', 'evidence', 'old_value', 'new_value', 'state_before', 'state_after']);

/** Epoch milliseconds as RFC 3339. */
export function instant(ms: number): string;
export function instant(ms: number | null): string | null;
export function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A message's record for people and scripts: bytes as hex, times as RFC 3339, JSON that travelled as text as JSON. */
export function presentable(value: unknown, key = ''): Shown {
  if (value === undefined || value === null) return null;
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map((each) => presentable(each));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, presentable(v, k)]));
  if (typeof value === 'number' && IS_TIME.test(key)) return instant(value);
  if (typeof value === 'string' && IS_JSON_TEXT.has(key)) return jsonOf(value);
  return value as string | number | boolean;
}

/** What a JSON text says; a text that is none is shown as it stands. */
export function jsonOf(text: string): Shown {
  try {
    return JSON.parse(text) as Shown;
  } catch {
    return text;
  }
}
