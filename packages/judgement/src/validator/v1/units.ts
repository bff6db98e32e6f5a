import type { KeyDefinition } from '@mandate/contracts';

/** What a unit measures, and how many of the family's smallest unit it holds. */
interface Unit {
  readonly family: 'time' | 'months' | 'clock' | 'rate' | 'percent' | 'bytes' | 'usd' | 'eur' | 'gbp';
  /** Exact integers: milliseconds of a time, a day's events of a rate, bytes. */
  readonly size: number;
}

const MS: Readonly<Record<string, number>> = {
  ms: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const PER_DAY: Readonly<Record<string, number>> = { second: 86_400, minute: 1_440, hour: 24, day: 1 };

const TIME_WORDS: Readonly<Record<string, string>> = {
  ms: 'ms',
  msec: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  s: 'second',
  sec: 'second',
  secs: 'second',
  second: 'second',
  seconds: 'second',
  m: 'minute',
  min: 'minute',
  mins: 'minute',
  minute: 'minute',
  minutes: 'minute',
  h: 'hour',
  hr: 'hour',
  hrs: 'hour',
  hour: 'hour',
  hours: 'hour',
  d: 'day',
  day: 'day',
  days: 'day',
  week: 'week',
  weeks: 'week',
};
const OTHER_WORDS: Readonly<Record<string, Unit>> = {
  month: { family: 'months', size: 1 },
  months: { family: 'months', size: 1 },
  year: { family: 'months', size: 12 },
  years: { family: 'months', size: 12 },
  yrs: { family: 'months', size: 12 },
  rpm: { family: 'rate', size: PER_DAY.minute as number },
  rps: { family: 'rate', size: PER_DAY.second as number },
  qps: { family: 'rate', size: PER_DAY.second as number },
  '%': { family: 'percent', size: 1 },
  percent: { family: 'percent', size: 1 },
  pct: { family: 'percent', size: 1 },
  byte: { family: 'bytes', size: 1 },
  bytes: { family: 'bytes', size: 1 },
  kib: { family: 'bytes', size: 2 ** 10 },
  mib: { family: 'bytes', size: 2 ** 20 },
  gib: { family: 'bytes', size: 2 ** 30 },
  kb: { family: 'bytes', size: 1e3 },
  mb: { family: 'bytes', size: 1e6 },
  gb: { family: 'bytes', size: 1e9 },
  kilobytes: { family: 'bytes', size: 1e3 },
  megabytes: { family: 'bytes', size: 1e6 },
  gigabytes: { family: 'bytes', size: 1e9 },
  tb: { family: 'bytes', size: 1e12 },
  terabytes: { family: 'bytes', size: 1e12 },
  megs: { family: 'bytes', size: 1e6 },
  gigs: { family: 'bytes', size: 1e9 },
  $: { family: 'usd', size: 1 },
  '€': { family: 'eur', size: 1 },
  '£': { family: 'gbp', size: 1 },
  dollar: { family: 'usd', size: 1 },
  dollars: { family: 'usd', size: 1 },
  euro: { family: 'eur', size: 1 },
  euros: { family: 'eur', size: 1 },
  pounds: { family: 'gbp', size: 1 },
  usd: { family: 'usd', size: 1 },
  eur: { family: 'eur', size: 1 },
  gbp: { family: 'gbp', size: 1 },
};

/** "At 20:00", "6 pm": an hour of the day, which is no length of time. */
export const CLOCK: Unit = { family: 'clock', size: 1 };
const HOURS_OF_DAY = 24;

/** A currency's name, before or behind a number. */
export const isMoney = (unit: Unit | null): boolean => unit !== null && /^(?:usd|eur|gbp)$/.test(unit.family);

/** The unit a word of a text stands for. */
export function unitOf(word: string): Unit | null {
  return UNITS.get(word) ?? null;
}

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...Object.entries(TIME_WORDS).map(([word, time]) => [word, { family: 'time', size: MS[time] as number }] as const),
  ...Object.entries(OTHER_WORDS),
]);

/** The rate "per <word>" stands for; null when the word is no unit of time, or none that rates are told in. */
export function rateOf(word: string): Unit | null {
  const time = Object.hasOwn(TIME_WORDS, word) ? (TIME_WORDS[word] as string) : '';
  return Object.hasOwn(PER_DAY, time) ? { family: 'rate', size: PER_DAY[time] as number } : null;
}

/**
 * The unit of a key: what its schema states with `x-unit` (`minutes`, `per_minute`, `percent`, `bytes`), else what the
 * key's own name ends in (`timeout_ms`, `requests_per_minute`, `days`); null: none that is known here.
 */
export function unitOfKey({ key, schema }: Pick<KeyDefinition, 'key' | 'schema'>): Unit | null {
  if (/(?:^|_)hour$/.test(key) && typeof schema.maximum === 'number' && schema.maximum <= HOURS_OF_DAY) return CLOCK;
  const stated = schema['x-unit'] ?? schema['unit'];
  return typeof stated === 'string' ? unitOfName(stated) : unitOfName(key);
}

function unitOfName(name: string): Unit | null {
  const words = name.toLowerCase().split(/[^a-z%$€£]+/);
  const last = words.at(-1) ?? '';
  if (words.includes('per')) return words.at(-2) === 'per' ? rateOf(last) : null;
  return last.length === 1 && !/[%$€£]/.test(last) ? null : unitOf(last);
}

/** A unit of bytes with 1024 where it has 1000. */
function binary({ family, size }: Unit): Unit {
  const power = Math.round(Math.log10(size) / 3);
  return 1000 ** power === size ? { family, size: 1024 ** power } : { family, size };
}

export type { Unit };

/**
 * A number of one unit in another of the same family; null when they cannot be compared, or when the result is not
 * exact to six decimals (a value that had to be rounded is not the one that was asked for).
 */
export function convert(value: number, from: Unit, to: Unit, isBinary = false): number | null {
  if (from.family !== to.family) return null;
  if (from.family === 'bytes' && isBinary) return convert(value, binary(from), binary(to));
  const result = (value * from.size) / to.size;
  const rounded = Math.round(result * 1e6) / 1e6;
  return Math.abs(rounded - result) < 1e-9 * Math.max(1, Math.abs(result)) ? rounded : null;
}
