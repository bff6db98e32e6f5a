import { type Break, lex, type Token } from './lexemes';
import type { Span } from './own-words';

export type { Token } from './lexemes';

export interface Sentence {
  readonly field: 'subject' | 'body' | 'hint';
  /** The field's whole text, which the offsets refer to. */
  readonly source: string;
  readonly tokens: readonly Token[];
  readonly isQuestion: boolean;
}

const OPENING: ReadonlyMap<string, string> = new Map([
  ['“', '”'],
  ['„', '“”'],
  ['«', '»'],
  ['»', '«'],
  ['‹', '›'],
  ['「', '」'],
  ['"', '"'],
]);

/** A longer quotation is somebody's speech, not the name of a thing. */
const QUOTED_NAME_WORDS_MAX = 5;
/** The writer's sentences in one field; reported speech is left out. Linear in the length of the spans. */
export function sentencesOf(field: Sentence['field'], source: string, spans: readonly Span[]): readonly Sentence[] {
  const stream: (Token | Break)[] = [];
  for (const [start, end] of spans) {
    lex(source, start, end, stream);
    stream.push({ kind: 'break', isBlankLine: true, isQuestion: false });
  }
  const sentences: Sentence[] = [];
  let tokens: Token[] = [];
  for (const item of withoutSpeech(stream)) {
    if (item.kind !== 'break') {
      tokens.push(item);
      continue;
    }
    if (tokens.length > 0) sentences.push({ field, source, tokens, isQuestion: item.isQuestion });
    tokens = [];
  }
  return sentences;
}

/** The words of a name or alias, as they are compared with a text's. */
export function wordsOf(name: string): readonly string[] {
  const stream: (Token | Break)[] = [];
  lex(name, 0, name.length, stream);
  return stream.flatMap((item) => (item.kind === 'word' || item.kind === 'number' ? [item.text] : []));
}

/** Leaves out what stands in quotation marks and is longer than a name. */
function withoutSpeech(stream: readonly (Token | Break)[]): readonly (Token | Break)[] {
  const kept: (Token | Break)[] = [];
  let opened = -1;
  let closing = '';
  for (const item of stream) {
    if (item.kind === 'break') {
      if (item.isBlankLine) opened = -1;
      kept.push(item);
    } else if (item.kind === 'mark' && opened >= 0 && closing.includes(item.text)) {
      const words = kept.slice(opened).filter((k) => k.kind === 'word').length;
      if (words > QUOTED_NAME_WORDS_MAX) kept.length = opened;
      opened = -1;
    } else if (item.kind === 'mark' && opened < 0 && OPENING.has(item.text)) {
      opened = kept.length;
      closing = OPENING.get(item.text) as string;
    } else kept.push(item);
  }
  return kept;
}
