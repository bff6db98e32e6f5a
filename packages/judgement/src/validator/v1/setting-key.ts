import type { CapabilityState, KeyDefinition } from '@mandate/contracts';
import { type Mention, stem } from './lexicon';
import type { StatedValue } from './stated-values';
import { wordsOf } from './tokens';
import { unitOf, unitOfKey } from './units';

/** The key a value is for, and whether its own name tells the unit ("requests per minute", "lifetime minutes"). */
export interface ChosenKey {
  readonly definition: KeyDefinition;
  readonly namesUnit: boolean;
}

/**
 * The key of a capability that a value is for. Named outside the capability's own name, then inside it ("API *rate
 * limit*"), then spoken of before ("it"), then the one key whose unit, or whose counted thing, the value states. Null: none, or more than one.
 */
export function chooseKey(
  state: CapabilityState,
  keys: readonly Mention[],
  objects: readonly Mention[],
  value: StatedValue,
  spoken: string | null,
): ChosenKey | null {
  const isInside = (m: Mention): boolean => objects.some((o) => m.from >= o.from && m.to <= o.to);
  const own = (m: Mention): readonly string[] =>
    m.meanings.flatMap((x) => (x.capability === state.capability && x.key !== null ? [x.key] : []));
  for (const group of [keys.filter((m) => !isInside(m) && !isCounted(m, value)), keys.filter(isInside)]) {
    const named = new Set(group.flatMap(own));
    if (named.size > 1) return null;
    if (named.size === 1) return found(state, [...named][0] as string, group);
  }
  if (spoken !== null) return found(state, spoken, []);
  const fitting = state.definition.keys.filter((k) => fits(k, value));
  return fitting.length === 1 ? { definition: fitting[0] as KeyDefinition, namesUnit: false } : null;
}

function isCounted(mention: Mention, value: StatedValue): boolean {
  return value.number !== null && mention.from >= value.from && mention.to <= value.to;
}

function found(state: CapabilityState, key: string, mentions: readonly Mention[]): ChosenKey | null {
  const definition = state.definition.keys.find((k) => k.key === key);
  if (definition === undefined) return null;
  const wordCountMax = Math.max(...mentions.map((m) => m.to - m.from));
  const names = [key, ...definition.aliases].map(wordsOf).filter((words) => words.length === wordCountMax);
  return { definition, namesUnit: names.length > 0 && names.every((words) => words.some((w) => unitOf(w) !== null)) };
}

/** A value whose unit or counted thing can only be this key's. */
function fits(definition: KeyDefinition, { number, words }: StatedValue): boolean {
  if (number === null) return words.length > 0 && Array.isArray(definition.schema.enum);
  const unit = unitOfKey(definition);
  if (number.unit !== null) return unit?.family === number.unit.family;
  return number.counted !== null && unit === null && countsIn(definition, number.counted);
}

/** Whether a counted thing ("hops", "rows") is what the key's names speak of. */
export function countsIn(definition: KeyDefinition, counted: string): boolean {
  let words = spokenOf.get(definition);
  if (words === undefined) {
    const names = [definition.key, ...definition.aliases, definition.description];
    words = new Set(names.flatMap(wordsOf).map(stem));
    spokenOf.set(definition, words);
  }
  return words.has(stem(counted));
}

const MONEY =
  /^(?:amount|fee|price|money|cost|costs|expense|expenses|payment|payout|budget|spend|spending|deposit|balance|charge|charges|order value)$/;

/** Whether a key without a unit holds an amount of money, by the words of its names and of what the capability is for. */
export function isAmount({ definition: { description } }: CapabilityState, key: KeyDefinition): boolean {
  return [key.key, ...key.aliases, key.description, description].flatMap(wordsOf).some((word) => MONEY.test(word));
}

/** The words of a key's names and description; a definition is not changed in place. */
const spokenOf = new WeakMap<KeyDefinition, ReadonlySet<string>>();
