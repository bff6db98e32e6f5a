import type { Span } from './own-words';

export interface Token {
  readonly kind: 'word' | 'number' | 'mark';
  /** Lower case, straight apostrophes. */
  readonly text: string;
  /** UTF-16 offsets into the field. */
  readonly start: number;
  readonly end: number;
  /** No white space stands before it. */
  readonly isTight: boolean;
}

export interface Sentence {
  readonly field: 'subject' | 'body' | 'hint';
  /** The field's whole text, which the offsets refer to. */
  readonly source: string;
  readonly tokens: readonly Token[];
  readonly isQuestion: boolean;
}

// Markup and addresses are skipped; `_` and `-` between letters join two words ("api_rate_limit", "rate-limit").
const LEXEME =
  /(<[a-zA-Z/!][^<>\n]{0,200}>|https?:\/\/\S+)|(\p{L}[\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)?)|(\d+(?:[.,]\d+)*)|(\n)|([^\s])/gu;

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
/** A line shorter than this ended because its writer ended it, not because the mail program wrapped it. */
const WRAPPED_LINE_MIN = 55;

/** A line that ends so goes on in the next. */
const OPEN_END = /(?:^|\s)(?:the|an?|to|from|of|and|or|for|our|your|by|at|with|in|on|is|be)\r?$/i;

/** A break between sentences, inside the stream of tokens. */
interface Break {
  readonly kind: 'break';
  readonly isBlankLine: boolean;
  readonly isQuestion: boolean;
}

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

function lex(source: string, from: number, to: number, stream: (Token | Break)[]): void {
  const text = source.slice(from, to);
  let lastEnd = 0;
  let lineStart = 0;
  LEXEME.lastIndex = 0;
  for (let m = LEXEME.exec(text); m !== null; m = LEXEME.exec(text)) {
    const start = m.index;
    const end = start + m[0].length;
    const isTight = start === lastEnd && start > 0;
    lastEnd = end;
    if (m[1] !== undefined) continue;
    if (m[4] !== undefined) {
      if (endsAtLine(text, lineStart, start)) stream.push(lineBreak(text, start));
      lineStart = end;
      continue;
    }
    const position = { start: from + start, end: from + end, isTight };
    if (m[2] !== undefined) stream.push({ kind: 'word', text: normal(m[2]), ...position });
    else if (m[3] !== undefined) stream.push({ kind: 'number', text: m[3], ...position });
    else if (isSentenceEnd(m[0], text, end)) {
      stream.push({ kind: 'break', isBlankLine: false, isQuestion: m[0] === '?' || m[0] === '？' });
    } else if (!(isTight && (m[0] === '_' || m[0] === '-') && /[\p{L}]/u.test(text[end] ?? ''))) {
      stream.push({ kind: 'mark', text: m[0], ...position });
    }
  }
}

function normal(word: string): string {
  const lower = word.toLowerCase().replace('’', "'");
  return MISSPELT.get(lower) ?? lower;
}

/** Ordinary words as they are often mistyped; names are never corrected. */
const MISSPELT: ReadonlyMap<string, string> = new Map(
  `plz:please pls:please plese:please pleas:please plase:please pleaes:please increse:increase incease:increase
   incrase:increase icnrease:increase increace:increase inrcease:increase rasie:raise riase:raise chnage:change cahnge:change
   chage:change chang:change enabel:enable enalbe:enable enbale:enable disbale:disable disabel:disable activte:activate
   acitvate:activate actiavte:activate deactivte:deactivate redcue:reduce reduse:reduce lowr:lower extned:extend swtich:switch
   swich:switch trun:turn shoud:should shuold:should coud:could cuold:could woud:would wuold:would minuts:minutes
   minuets:minutes minues:minutes horus:hours houres:hours secounds:seconds secods:seconds teh:the taht:that
   wokring:working woking:working borken:broken erorr:error eror:error recieve:receive recieved:received urgend:urgent
   urgnet:urgent immediatly:immediately imediately:immediately thnaks:thanks thx:thanks u:you ur:your`
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
);

function isSentenceEnd(mark: string, text: string, end: number): boolean {
  if (mark === '。' || mark === '？' || mark === '！') return true;
  if (mark !== '.' && mark !== '!' && mark !== '?' && mark !== '…') return false;
  return end >= text.length || /[\s"”»)\]'.!?<]/.test(text[end] as string);
}

const lineBreak = (text: string, at: number): Break => ({
  kind: 'break',
  isBlankLine: /\s*\n/y.test(text.slice(at + 1, at + 4)),
  isQuestion: false,
});

/** Whether a sentence ends where a line does: before a blank line, a list item, or after a short line. */
function endsAtLine(text: string, lineStart: number, lineEnd: number): boolean {
  const next = text.slice(lineEnd + 1, lineEnd + 12);
  if (/^[ \t\r]*(?:\n|[-*•–]\s|\d{1,2}[.)]\s|$)/.test(next)) return true;
  if (text[lineEnd - 1] === ':' || text[lineEnd - 2] === ':') return true;
  if (OPEN_END.test(text.slice(Math.max(lineStart, lineEnd - 8), lineEnd))) return false;
  return lineEnd - lineStart < WRAPPED_LINE_MIN && /^\s*\p{Lu}/u.test(next);
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
