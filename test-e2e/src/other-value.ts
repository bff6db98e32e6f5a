import { randomUUID } from 'node:crypto';
import { cell } from '@mandate/cli';

/** Numbers from 0 to 1 that are the same for the same seed. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Chance = () => number;

export function pick<T>(of: readonly T[], chance: Chance): T {
  return of[Math.floor(chance() * of.length)] as T;
}

/** Words that columns with a list of their own may hold. */
const STATES =
  'DRAFT ELIGIBLE APPROVED ACTIVE COMPLETED FAILED REJECTED EXPIRED SUPERSEDED PENDING RUNNING DONE UNDONE SKIPPED OPEN ROLLED_BACK RESOLVED PASS FAIL INCONCLUSIVE MAY MAY_NOT APPLIED TOO_LATE WAITING CHANGE ROLLBACK FINAL DEFINITION HEALTHY DEGRADED UNKNOWN own inherited low high critical freeze maintenance LAUNCHED PREVIEW CREATED ATTACHED REFUSED ACCEPTED crm_feedback ops_alert bug_report escalation'.split(
    ' ',
  );

/** Another value that a column of this type can hold, as SQL takes it. @param type as PostgreSQL names it */
export function otherValue(type: string, value: unknown, chance: Chance): unknown {
  for (;;) {
    const other = candidate(type, value, chance);
    if (cell(other) !== cell(value)) return type.startsWith('json') && other !== null ? JSON.stringify(other) : other;
  }
}

function candidate(type: string, value: unknown, chance: Chance): unknown {
  if (value !== null && chance() < 0.1) return null;
  switch (type) {
    case 'uuid':
      return randomUUID();
    case 'boolean':
      return value !== true;
    case 'bigint':
    case 'integer':
    case 'smallint':
      return String(Number(value ?? 0) + pick([-1, 1, 2, -1_000, 60_000], chance));
    case 'double precision':
      return Number(value ?? 0.5) === 0.5 ? 0.25 : 0.5;
    case 'bytea':
      return flipped((value as Buffer | null) ?? Buffer.alloc(32), chance);
    case 'text[]':
      return chance() < 0.5
        ? [...((value as string[] | null) ?? []), 'more']
        : ((value as string[] | null) ?? []).slice(1);
    case 'json':
    case 'jsonb':
      return otherJson(value, chance);
    default:
      return chance() < 0.5 ? pick(STATES, chance) : `${String(value ?? '')}!`;
  }
}

function flipped(bytes: Buffer, chance: Chance): Buffer {
  const other = Buffer.from(bytes);
  const at = Math.floor(chance() * other.length);
  if (other.length > 0) other[at] = (other[at] as number) ^ (1 << Math.floor(chance() * 8));
  return other.length > 0 ? other : Buffer.from([1]);
}

/** The same document with one leaf, one member or one element that is otherwise. */
function otherJson(value: unknown, chance: Chance): unknown {
  if (typeof value === 'string') return `${value}!`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null || value === undefined) return 'something';
  if (Array.isArray(value)) {
    if (value.length === 0 || chance() < 0.3) return [...value, 'more'];
    const at = Math.floor(chance() * value.length);
    return chance() < 0.3
      ? value.filter((_, i) => i !== at)
      : value.map((v, i) => (i === at ? otherJson(v, chance) : v));
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || chance() < 0.2) return { ...value, more: 1 };
  const name = pick(entries, chance)[0];
  return Object.fromEntries(entries.map(([n, v]) => [n, n === name ? otherJson(v, chance) : v]));
}
