import { type Token, wordsOf } from './tokens';

/** A table of phrases, found by their first word. */
export interface PhraseTable<T> {
  readonly byFirstWord: ReadonlyMap<string, readonly { readonly words: readonly string[]; readonly value: T }[]>;
}

/** Compiles lists of phrases; among those with one first word the longest is tried first. */
export function phraseTable<T>(
  groups: readonly { readonly value: T; readonly phrases: readonly string[] }[],
): PhraseTable<T> {
  const byFirstWord = new Map<string, { words: readonly string[]; value: T }[]>();
  for (const { value, phrases } of groups) {
    for (const phrase of phrases) {
      const words = wordsOf(phrase);
      const list = byFirstWord.get(words[0] as string) ?? [];
      list.push({ words, value });
      byFirstWord.set(words[0] as string, list);
    }
  }
  for (const list of byFirstWord.values()) list.sort((a, b) => b.words.length - a.words.length);
  return { byFirstWord };
}

export interface PhraseHit<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
}

/** The longest phrase of the table that begins at a token. */
export function phraseAt<T>(table: PhraseTable<T>, tokens: readonly Token[], from: number): PhraseHit<T> | null {
  const first = tokens[from];
  if (first === undefined || first.kind === 'mark') return null;
  for (const { words, value } of table.byFirstWord.get(first.text) ?? []) {
    if (words.every((word, i) => tokens[from + i]?.text === word)) return { from, to: from + words.length, value };
  }
  return null;
}

/** All phrases of the table between two tokens, none overlapping another. */
export function phrasesIn<T>(
  table: PhraseTable<T>,
  tokens: readonly Token[],
  from = 0,
  to = tokens.length,
): readonly PhraseHit<T>[] {
  const hits: PhraseHit<T>[] = [];
  for (let i = from; i < to; ) {
    const hit = phraseAt(table, tokens, i);
    if (hit !== null && hit.to <= to) hits.push(hit);
    i = hit?.to ?? i + 1;
  }
  return hits;
}

const NEGATORS = new Set(
  "not no never without none neither nor cannot isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't ain't nothing hardly isnt dont doesnt didnt cant wont".split(
    ' ',
  ),
);
const SCOPE_ENDS = new Set(['but', 'however', 'although', 'though', 'because', 'since', 'yet', 'instead', 'so', 'and']);
const SCOPE_WORDS_MAX = 5;

/** Whether a negation stands over a token: up to five words before it, in the same clause. */
export function isNegated(tokens: readonly Token[], at: number): boolean {
  for (let i = at - 1; i >= 0 && i >= at - SCOPE_WORDS_MAX; i--) {
    const { kind, text } = tokens[i] as Token;
    if (kind === 'mark' && /[,;:()]/.test(text)) return false;
    if (SCOPE_ENDS.has(text)) return false;
    if (NEGATORS.has(text)) return !(text === 'not' && tokens[i + 1]?.text === 'only') && text !== 'so';
    if (text === 'rather' && tokens[i + 1]?.text === 'than') return true;
    if (text === 'instead' && tokens[i + 1]?.text === 'of') return true;
  }
  return false;
}

/** Whether a word negates. */
export const isNegator = (word: string): boolean => NEGATORS.has(word);
