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

/** A break between sentences, inside the stream of tokens. */
export interface Break {
  readonly kind: 'break';
  readonly isBlankLine: boolean;
  readonly isQuestion: boolean;
}

/** A line shorter than this ended because its writer ended it, not because the mail program wrapped it. */
const WRAPPED_LINE_MIN = 55;

/** A line that ends so goes on in the next. */
const OPEN_END = /(?:^|\s)(?:the|an?|to|from|of|and|or|for|our|your|by|at|with|in|on|is|be)\r?$/i;

// Sticky: each begins where it is asked to. Looked at only for what is not plain ASCII.
const WORD = /\p{L}[\p{L}\p{M}\p{N}]*/uy;
const LETTER = /\p{L}/uy;
const NUMBER = /\d+(?:[.,]\d+)*/y;
const TAG = /<[a-zA-Z/!][^<>\n]{0,200}>/y;
const ADDRESS = /:\/\/\S*/y;
const SPACE = /\s/;

/** Where a sticky pattern that begins here ends; -1: it does not begin here. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

const isAsciiLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Words, numbers, marks and breaks, in order; markup and addresses are left out. Linear in the length. */
export function lex(source: string, from: number, to: number, stream: (Token | Break)[]): void {
  const text = source.slice(from, to);
  let lastEnd = 0;
  let lineStart = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      if (endsAtLine(text, lineStart, at)) stream.push(lineBreak(text, at));
      at += 1;
      lineStart = at;
      lastEnd = at;
      continue;
    }
    const isTight = at === lastEnd && at > 0;
    const start = from + at;
    const wordEnd = wordEndAt(text, at, code);
    if (wordEnd > at) {
      const word = text.slice(at, wordEnd);
      const address = /^https?$/i.test(word) ? endOf(ADDRESS, text, wordEnd) : -1;
      if (address === -1) stream.push({ kind: 'word', text: normal(word), start, end: from + wordEnd, isTight });
      at = Math.max(address, wordEnd);
    } else if (isDigit(code)) {
      const end = endOf(NUMBER, text, at);
      stream.push({ kind: 'number', text: text.slice(at, end), start, end: from + end, isTight });
      at = end;
    } else if (code === 32 || SPACE.test(text[at] as string)) {
      at += 1;
      continue;
    } else if (code === 46 && isListNumber(text, lineStart, at)) {
      at += 1;
    } else {
      const tag = code === 60 ? endOf(TAG, text, at) : -1;
      const end = tag === -1 ? at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1) : tag;
      if (tag === -1) pushMark(stream, text, at, end, from, isTight);
      at = end;
    }
    lastEnd = at;
  }
}

/** "1. raise …": the mark of a list, not the end of a sentence. */
function isListNumber(text: string, lineStart: number, at: number): boolean {
  return at - lineStart < 6 && text[at + 1] === ' ' && /^\s{0,3}\d{1,2}$/.test(text.slice(lineStart, at));
}

/** Where the word that begins here ends, with "'s" or "n't"; not behind `at`: no word does. */
function wordEndAt(text: string, at: number, first: number): number {
  if (first < 128 && !isAsciiLetter(first)) return -1;
  let end = at;
  for (let code = first; isAsciiLetter(code) || (end > at && isDigit(code)); code = text.charCodeAt(end)) end += 1;
  if (text.charCodeAt(end) > 127) end = Math.max(end, endOf(WORD, text, at));
  if (end === at) return -1;
  const mark = text[end];
  if (mark !== "'" && mark !== '’') return end;
  let tail = end + 1;
  while (isAsciiLetter(text.charCodeAt(tail))) tail += 1;
  return tail > end + 1 ? tail : end;
}

/** A mark, the end of a sentence, or nothing: `_` and `-` between letters join two words ("api_rate_limit"). */
function pushMark(
  stream: (Token | Break)[],
  text: string,
  at: number,
  end: number,
  from: number,
  isTight: boolean,
): void {
  const mark = text.slice(at, end);
  if (isSentenceEnd(mark, text, end)) {
    stream.push({ kind: 'break', isBlankLine: false, isQuestion: mark === '?' || mark === '？' });
    return;
  }
  if (isTight && (mark === '_' || mark === '-') && endOf(LETTER, text, end) !== -1) return;
  stream.push({ kind: 'mark', text: mark, start: from + at, end: from + end, isTight });
}

function normal(word: string): string {
  const lower = word.toLowerCase();
  return MISSPELT.get(lower) ?? (lower.includes('’') ? lower.replace('’', "'") : lower);
}

/** Ordinary words as they are often mistyped; names are never corrected. */
const MISSPELT: ReadonlyMap<string, string> = new Map(
  `upto:to plz:please pls:please plese:please pleas:please plase:please pleaes:please increse:increase incease:increase
   incrase:increase icnrease:increase increace:increase inrcease:increase rasie:raise riase:raise chnage:change cahnge:change
   chage:change chang:change enabel:enable enalbe:enable enbale:enable disbale:disable disabel:disable activte:activate
   acitvate:activate actiavte:activate deactivte:deactivate redcue:reduce reduse:reduce lowr:lower extned:extend swtich:switch
   swich:switch trun:turn shoud:should shuold:should coud:could cuold:could woud:would wuold:would minuts:minutes
   minuets:minutes minues:minutes horus:hours houres:hours secounds:seconds secods:seconds teh:the taht:that
   wokring:working woking:working borken:broken erorr:error eror:error recieve:receive recieved:received urgend:urgent
   frm:from abt:about urgnet:urgent immediatly:immediately imediately:immediately thnaks:thanks thx:thanks u:you ur:your`
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
