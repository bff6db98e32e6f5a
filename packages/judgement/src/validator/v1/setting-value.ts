import type { CapabilityState, Json, KeyDefinition } from '@mandate/contracts';
import { sameJson } from '../../json/same-json';
import { countsIn, isAmount } from './setting-key';
import type { StatedValue } from './stated-values';
import { wordsOf } from './tokens';
import { convert, isMoney, type Unit, unitOfKey } from './units';
import type { StatedNumber } from './values';
import type { Action } from './verbs';

/** The value a request comes to, and the old value it states, both as the key holds them. */
export interface Settled {
  readonly value: Json;
  readonly statedOld: Json | undefined;
}

/**
 * Turns a stated value into the key's: its unit (`x-unit`), its type, its direction. A text says why that cannot be
 * done without guessing. Whether the schema allows the value is not asked here; eligibility does (E-007).
 */
export function settle(
  action: Action,
  state: CapabilityState,
  definition: KeyDefinition,
  stated: StatedValue,
  namesUnit: boolean,
): Settled | string {
  const { key } = definition;
  const present = Object.hasOwn(state.values, key) ? (state.values[key] as Json) : null;
  const settled = isNumeric(definition)
    ? numeric(action, definition, withoutCurrency(state, definition, stated), present, namesUnit)
    : inWords(definition, stated);
  if (typeof settled === 'string') return settled;
  if (sameJson(settled.value, present)) return `${key} is already ${String(settled.value)}`;
  return settled;
}

/** "150 euros" for an amount that the registry holds without a currency: there is only one that it can be. */
function withoutCurrency(state: CapabilityState, definition: KeyDefinition, stated: StatedValue): StatedValue {
  const bare = (number: StatedNumber | null): StatedNumber | null =>
    number !== null && isMoney(number.unit) ? { ...number, unit: null } : number;
  if (unitOfKey(definition) !== null || !(isMoney(stated.number?.unit ?? null) || isMoney(stated.old?.unit ?? null)))
    return stated;
  return isAmount(state, definition) ? { ...stated, number: bare(stated.number), old: bare(stated.old) } : stated;
}

function isNumeric({ schema }: KeyDefinition): boolean {
  return schema.type === 'integer' || schema.type === 'number';
}

function numeric(
  action: Action,
  definition: KeyDefinition,
  stated: StatedValue,
  present: Json,
  namesUnit: boolean,
): Settled | string {
  const { key } = definition;
  const asked = amountOf(action, definition, stated, present, namesUnit);
  if (typeof asked === 'string') return asked;
  if (definition.schema.type === 'integer' && !Number.isInteger(asked))
    return `${asked} is not a whole number of ${key}`;
  if (typeof present === 'number' && action === 'raise' && asked < present)
    return `${key} is ${present}: ${asked} is lower`;
  if (typeof present === 'number' && action === 'lower' && asked > present)
    return `${key} is ${present}: ${asked} is higher`;
  const unit = stated.number?.unit ?? null;
  const old = stated.old === null ? null : inKeyUnit(stated.old.value, stated.old.unit ?? unit, definition, present);
  // "From 60 to 2 hours": a bare old value that is the present one has been compared above, in the key's own unit.
  const isPresent = stated.old?.unit === null && stated.old.value === present;
  if (old !== null && !isPresent && isAgainst(action, old, asked))
    return `to ${action} ${key} from ${old} to ${asked} contradicts itself`;
  return { value: asked, statedOld: old ?? undefined };
}

const isAgainst = (action: Action, old: number, asked: number): boolean =>
  (action === 'raise' && asked < old) || (action === 'lower' && asked > old);

/** The number asked for, in the key's unit. */
function amountOf(
  action: Action,
  definition: KeyDefinition,
  stated: StatedValue,
  present: Json,
  namesUnit: boolean,
): number | string {
  if (stated.number === null) {
    const factor = /^\*(.+)$/.exec(stated.words[0] ?? '')?.[1];
    if (factor === undefined || typeof present !== 'number') return `"${stated.written}" is not a number`;
    return present * Number(factor);
  }
  const amount = inUnitOf(definition, stated.number, stated, present, namesUnit);
  if (typeof amount === 'string' || !stated.isRelative) return amount;
  if (typeof present !== 'number' || (action !== 'raise' && action !== 'lower'))
    return 'it does not say from which value';
  return action === 'raise' ? present + amount : present - amount;
}

function inUnitOf(
  definition: KeyDefinition,
  number: StatedNumber,
  stated: StatedValue,
  present: Json,
  namesUnit: boolean,
): number | string {
  const { key } = definition;
  const unit = unitOfKey(definition);
  const isRate = unit?.family === 'rate' && number.unit?.family === 'rate';
  if (number.counted !== null && !isRate && !countsIn(definition, number.counted))
    return `${key} does not count ${number.counted}`;
  const lent = number.unit ?? (stated.old === null ? null : stated.old.unit);
  if (lent === null) {
    // "Set the session timeout to 8": hours or minutes? Only what the text says itself is taken.
    const isKnown = !isLength(unit) || namesUnit || (stated.old?.value === present && stated.old?.unit == null);
    return isKnown ? number.value : `it does not say the unit of ${number.value}`;
  }
  const converted = inKeyUnit(number.value, lent, definition, present);
  return converted ?? `the unit of ${number.value} is not one of ${key}`;
}

const isLength = (unit: Unit | null): boolean => unit?.family === 'time' || unit?.family === 'months';

function inKeyUnit(value: number, unit: Unit | null, definition: KeyDefinition, present: Json): number | null {
  if (unit === null) return value;
  const own = unitOfKey(definition);
  if (own === null) return null;
  if (own.family !== 'bytes' || own.size === unit.size) return convert(value, unit, own);
  // Is a kilobyte 1000 or 1024? Only the present value can tell.
  if (typeof present !== 'number' || present < 1000) return null;
  const isBinary = present % 1024 === 0;
  return isBinary === (present % 1000 === 0) ? null : convert(value, unit, own, isBinary);
}

const YES = new Set(['true', 'on', 'yes', 'enabled']);
const NO = new Set(['false', 'off', 'no', 'disabled']);

function inWords({ key, schema }: KeyDefinition, stated: StatedValue): Settled | string {
  const first = stated.words[0] ?? '';
  if (schema.type === 'boolean' && stated.words.length > 0) {
    if (YES.has(first)) return { value: true, statedOld: undefined };
    if (NO.has(first)) return { value: false, statedOld: undefined };
  }
  const options = Array.isArray(schema.enum) ? schema.enum : [];
  const words = EVERY.get(stated.words.slice(0, 2).join(' ')) ?? stated.words;
  const matching = options.filter((option) => typeof option === 'string' && beginsWith(words, wordsOf(option)));
  if (matching.length !== 1) return `"${stated.written}" is not a value of ${key}`;
  return { value: matching[0] as Json, statedOld: undefined };
}

const EVERY: ReadonlyMap<string, readonly string[]> = new Map([
  ['every hour', ['hourly']],
  ['every day', ['daily']],
  ['every week', ['weekly']],
  ['every month', ['monthly']],
]);

function beginsWith(words: readonly string[], option: readonly string[]): boolean {
  return option.length > 0 && option.every((word, i) => words[i] === word);
}
