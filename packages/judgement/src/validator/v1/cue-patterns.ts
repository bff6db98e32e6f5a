import type { Token } from './tokens';

/** One word of a pattern: any of these words, or any word that begins so. */
interface Slot {
  readonly words: ReadonlySet<string>;
  readonly stems: readonly string[];
}

interface Pattern<G extends string> {
  readonly group: G;
  readonly slots: readonly Slot[];
  /** The pattern says "not" itself, so a negation before it is part of it. */
  readonly isNegative: boolean;
}

/** Patterns of words, found by their first word in one pass over a sentence. */
export interface CueTable<G extends string> {
  readonly byWord: ReadonlyMap<string, readonly Pattern<G>[]>;
  /** By the first letters of a stem. */
  readonly byStem: ReadonlyMap<string, readonly Pattern<G>[]>;
  /** What has been looked up before; emptied when it is full, so that a text cannot fill the memory. */
  readonly seen: Map<string, readonly Pattern<G>[]>;
}

export interface CueHit<G extends string> {
  readonly group: G;
  readonly from: number;
  readonly to: number;
  readonly isNegative: boolean;
}

const STEM_LETTERS = 4;
const NEGATIVE = /^(?:no|not|never|without|nothing|nobody|none|cannot|.*n't)$/;

/**
 * Compiles patterns, one a line: words apart by blanks, `a|b` for either, `crash*` for every word that begins so (four
 * letters at least), `the?` for a word that may be left out (`the?|our?`: either or none).
 */
export function cueTable<G extends string>(groups: Readonly<Record<G, string>>): CueTable<G> {
  const byWord = new Map<string, Pattern<G>[]>();
  const byStem = new Map<string, Pattern<G>[]>();
  for (const [group, lines] of Object.entries(groups) as [G, string][]) {
    const written = lines.split('\n').filter((line) => line.trim() !== '');
    for (const words of written.flatMap((line) => expanded(line.trim().split(/\s+/)))) {
      const slots = words.map(toSlot);
      const isNegative = [...(slots[0] as Slot).words].some((word) => NEGATIVE.test(word));
      const pattern = { group, slots, isNegative };
      for (const word of slots[0]?.words ?? []) append(byWord, word, pattern);
      for (const stem of new Set(slots[0]?.stems.map((s) => s.slice(0, STEM_LETTERS)))) append(byStem, stem, pattern);
    }
  }
  return { byWord, byStem, seen: new Map() };
}

/** Every way to leave out what may be left out. */
function expanded(words: readonly string[]): readonly (readonly string[])[] {
  const [first, ...rest] = words;
  if (first === undefined) return [[]];
  const tails = expanded(rest);
  if (!first.includes('?')) return tails.map((tail) => [first, ...tail]);
  return [...tails, ...tails.map((tail) => [first.replaceAll('?', ''), ...tail])];
}

function toSlot(written: string): Slot {
  const options = written.split('|');
  const stems = options.filter((o) => o.endsWith('*')).map((o) => o.slice(0, -1));
  return { words: new Set(options.filter((o) => !o.endsWith('*'))), stems };
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** The longest hit of each group at each token. Linear: a pattern has few words. */
export function cuesIn<G extends string>(table: CueTable<G>, tokens: readonly Token[]): readonly CueHit<G>[] {
  const hits: CueHit<G>[] = [];
  for (let from = 0; from < tokens.length; from++) {
    const { kind, text } = tokens[from] as Token;
    if (kind === 'mark') continue;
    const patterns = table.seen.get(text) ?? lookUp(table, text);
    if (patterns.length > 0) collect(patterns, tokens, from, hits, hits.length);
  }
  return hits;
}

const SEEN_MAX = 5_000;
const SEEN_LETTERS_MAX = 30;

function lookUp<G extends string>({ byWord, byStem, seen }: CueTable<G>, word: string): readonly Pattern<G>[] {
  const stemmed = word.length < STEM_LETTERS ? [] : (byStem.get(word.slice(0, STEM_LETTERS)) ?? []);
  const begins = ({ slots }: Pattern<G>): boolean => slots[0]?.stems.some((stem) => word.startsWith(stem)) === true;
  const patterns = [...(byWord.get(word) ?? []), ...stemmed.filter(begins)];
  if (seen.size >= SEEN_MAX) seen.clear();
  if (word.length <= SEEN_LETTERS_MAX) seen.set(word, patterns);
  return patterns;
}

function collect<G extends string>(
  patterns: readonly Pattern<G>[],
  tokens: readonly Token[],
  from: number,
  hits: CueHit<G>[],
  first: number,
): void {
  for (const { group, slots, isNegative } of patterns) {
    if (!matches(slots, tokens, from)) continue;
    const to = from + slots.length;
    let same = first;
    while (same < hits.length && hits[same]?.group !== group) same += 1;
    if (same === hits.length) hits.push({ group, from, to, isNegative });
    else if ((hits[same] as CueHit<G>).to < to) hits[same] = { group, from, to, isNegative };
  }
}

function matches(slots: readonly Slot[], tokens: readonly Token[], from: number): boolean {
  for (let i = 1; i < slots.length; i++) {
    const word = tokens[from + i]?.text;
    if (word === undefined) return false;
    const { words, stems } = slots[i] as Slot;
    if (!words.has(word) && !stems.some((stem) => word.startsWith(stem))) return false;
  }
  return true;
}
