import type { Evident } from './atoms';
import { WORD_WEIGHTS } from './generated/word-weights';
import { aheadOf } from './model';
import type { Reading } from './read';
import type { Sentence } from './tokens';
import { visitWords } from './word-features';

/** What one word, or two in a row, say of the type; whole hundredths in the model's order of types. */
interface Said {
  readonly row: readonly number[];
  readonly ahead: readonly number[];
  /** The last reading that has counted it: each counts once in a text. */
  countedIn: number;
}

interface Entry {
  readonly alone: Said | null;
  readonly inTitle: Said | null;
  /** By the word before it. */
  readonly behind: ReadonlyMap<string, { alone: Said | null; inTitle: Said | null }> | null;
}

/** Lines of `generated/word-weights.ts`: kind, words, weights. */
function parsed(lines: string): ReadonlyMap<string, Entry> {
  const entries = new Map<
    string,
    {
      alone: Said | null;
      inTitle: Said | null;
      behind: Map<string, { alone: Said | null; inTitle: Said | null }> | null;
    }
  >();
  for (const line of lines.trim().split('\n')) {
    const [name = '', ...numbers] = line.split('\t');
    const row = numbers.map(Number);
    const said: Said = { row, ahead: aheadOf(row), countedIn: 0 };
    const [kind, first = '', second] = name.split(' ');
    const word = second ?? first;
    const entry = entries.get(word) ?? { alone: null, inTitle: null, behind: null };
    entries.set(word, entry);
    if (second === undefined) {
      if (kind === 't') entry.inTitle = said;
      else entry.alone = said;
      continue;
    }
    entry.behind ??= new Map();
    const pair = entry.behind.get(first) ?? { alone: null, inTitle: null };
    entry.behind.set(first, pair);
    if (kind === 't') pair.inTitle = said;
    else pair.alone = said;
  }
  return entries;
}

const ENTRIES = parsed(WORD_WEIGHTS);
let reading = 0;

/** What the words of a text say of its type, and which say most. */
export interface WordScore {
  readonly sums: readonly number[];
  /** The words that speak most for a class, the strongest first. */
  readonly wordsFor: (best: number, countedFor: string) => readonly Evident[];
}

/** Words that are shown as evidence. */
const WORDS_MAX = 3;

/** Adds up what the words of a text say. Linear in its length. */
export function scoreWords(text: Pick<Reading, 'sentences' | 'named'>): WordScore {
  reading += 1;
  const now = reading;
  const sums = [0, 0, 0, 0, 0];
  // Side by side, so that a word that is not shown costs no object.
  const heard: Said[] = [];
  const where: Sentence[] = [];
  const ends: number[] = [];
  const lengths: number[] = [];
  const count = (said: Said | null | undefined, sentence: Sentence, at: number, length: number): void => {
    if (said === null || said === undefined || said.countedIn === now) return;
    said.countedIn = now;
    const { row } = said;
    for (let c = 0; c < sums.length; c++) sums[c] = (sums[c] as number) + (row[c] as number);
    heard.push(said);
    where.push(sentence);
    ends.push(at + 1);
    lengths.push(length);
  };
  visitWords(text, (before, word, isTitle, sentence, at) => {
    const entry = ENTRIES.get(word);
    if (entry === undefined) return;
    count(entry.alone, sentence, at, 1);
    if (isTitle) count(entry.inTitle, sentence, at, 1);
    const pair = entry.behind?.get(before);
    if (pair === undefined) return;
    count(pair.alone, sentence, at, 2);
    if (isTitle) count(pair.inTitle, sentence, at, 2);
  });
  const wordsFor = (best: number, countedFor: string): readonly Evident[] => {
    const places = strongest(heard, best).map((i): Evident => {
      const to = ends[i] as number;
      return { sentence: where[i] as Sentence, from: Math.max(0, to - (lengths[i] as number)), to, countedFor };
    });
    return places;
  };
  return { sums, wordsFor };
}

/** Where the words stand that are furthest ahead for a class. */
function strongest(heard: readonly Said[], best: number): readonly number[] {
  const top: number[] = [];
  const aheadAt = (i: number): number => (heard[i] as Said).ahead[best] as number;
  for (let i = 0; i < heard.length; i++) {
    if (aheadAt(i) <= 0) continue;
    let rank = top.length;
    while (rank > 0 && aheadAt(top[rank - 1] as number) < aheadAt(i)) rank -= 1;
    if (rank < WORDS_MAX) top.splice(rank, 0, i);
    if (top.length > WORDS_MAX) top.length = WORDS_MAX;
  }
  return top;
}
