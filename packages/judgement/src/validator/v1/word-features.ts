import type { Reading } from './read';
import type { Sentence } from './tokens';

/** What a word counts as: a name the registry has, a number, or itself. */
const NAME = '<name>';
const NUMBER = '<number>';
/** A long text says what it is about at its beginning; the rest is logs, settings and politeness. */
const TOKENS_MAX = 150;

export const START = '^';

/** Visits the words of a text that tell its type: each with the one before it (`^`: the sentence begins). */
export function visitWords(
  { sentences, named }: Pick<Reading, 'sentences' | 'named'>,
  visit: (before: string, word: string, isTitle: boolean, sentence: Sentence, at: number) => void,
): void {
  let count = 0;
  let n = 0;
  for (const sentence of sentences) {
    if (count > TOKENS_MAX) return;
    const { tokens, field } = sentence;
    const isTitle = field === 'subject';
    const isName = new Uint8Array(tokens.length);
    for (; named[n]?.sentence === sentence; n++) {
      const { from, to } = (named[n] as Reading['named'][number]).mention;
      isName.fill(1, from, to);
    }
    let before = START;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i] as Sentence['tokens'][number];
      const word = isName[i] === 1 ? NAME : token.kind === 'number' ? NUMBER : token.text;
      visit(before, word, isTitle, sentence, i);
      before = word;
    }
    count += tokens.length + 1;
    visit(before, sentence.isQuestion ? '?' : '.', isTitle, sentence, tokens.length - 1);
  }
}
