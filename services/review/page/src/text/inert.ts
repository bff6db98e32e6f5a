/** A stretch of outside text: as it is, or a character that would deceive the reader, with its name. */
export interface Piece {
  readonly kind: 'text' | 'hidden' | 'look-alike' | 'marks';
  /** What the piece shows. */
  readonly text: string;
  /** What it stands for, for a reader who asks; empty for plain text. */
  readonly says: string;
  /** UTF-16 offsets into the text. */
  readonly start: number;
  readonly end: number;
}

/** What cannot be seen or turns the reading direction; line breaks and tabs stay. */
const HIDDEN =
  /^(?![\n\t])(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Variation_Selector}]|\u115F|\u1160|\u3164|\uFFA0|\u2800|(?! )\p{Zs})$/u;
const MARK = /^\p{M}$/u;
const LETTER = /^[\p{L}\p{N}\p{M}_]$/u;
const LATIN = /^\p{Script=Latin}$/u;
const MARKS_SHOWN_MAX = 3;

/** Letters of other scripts that look like the Latin ones beside them. */
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    А: 'A',
    В: 'B',
    Е: 'E',
    З: '3',
    І: 'I',
    Ј: 'J',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: 'O',
    Р: 'P',
    С: 'C',
    Ѕ: 'S',
    Т: 'T',
    Х: 'X',
    У: 'Y',
    а: 'a',
    в: 'b',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    к: 'k',
    о: 'o',
    р: 'p',
    ԛ: 'q',
    с: 'c',
    ѕ: 's',
    т: 't',
    у: 'y',
    ѵ: 'v',
    ԝ: 'w',
    х: 'x',
    ԁ: 'd',
    ӏ: 'l',
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Ζ: 'Z',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Υ: 'Y',
    Χ: 'X',
    α: 'a',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    υ: 'u',
    χ: 'x',
    ϲ: 'c',
    ϳ: 'j',
    օ: 'o',
    ո: 'n',
    ս: 'u',
    հ: 'h',
    ց: 'g',
    ⲟ: 'o',
    Ꭺ: 'A',
    Ꭼ: 'E',
    Ꮋ: 'H',
    Ꮖ: 'I',
    Ꮪ: 'S',
    Ꭲ: 'T',
    ɑ: 'a',
    ɡ: 'g',
    ı: 'i',
    ǃ: '!',
    '∕': '/',
    '⁄': '/',
    '։': ':',
    '٠': '.',
  }),
);

const codeOf = (char: string) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const NAMES: Readonly<Record<string, string>> = {
  '\u00A0': 'no-break space',
  '\u00AD': 'soft hyphen',
  '\u200B': 'zero-width space',
  '\u200C': 'zero-width non-joiner',
  '\u200D': 'zero-width joiner',
  '\u200E': 'left-to-right mark',
  '\u200F': 'right-to-left mark',
  '\u202A': 'left-to-right embedding',
  '\u202B': 'right-to-left embedding',
  '\u202C': 'end of a direction change',
  '\u202D': 'left-to-right override',
  '\u202E': 'right-to-left override',
  '\u2066': 'left-to-right isolate',
  '\u2067': 'right-to-left isolate',
  '\u2068': 'first-strong isolate',
  '\u2069': 'end of an isolate',
  '\uFEFF': 'byte order mark',
};

interface Char {
  readonly char: string;
  readonly start: number;
}

/**
 * Cuts outside text into pieces of which none can hide or disguise anything. What a person types is left as it is: letters
 * with their accents, other scripts, line breaks.
 */
export function inertPieces(text: string): Piece[] {
  const chars = charsOf(text);
  const disguised = lookAlikes(chars);
  const pieces: Piece[] = [];
  let plainFrom = 0;
  const flush = (until: number): void => {
    if (until > plainFrom)
      pieces.push({ kind: 'text', text: text.slice(plainFrom, until), says: '', start: plainFrom, end: until });
  };
  const put = (kind: Piece['kind'], shown: string, says: string, start: number, end: number): void => {
    flush(start);
    pieces.push({ kind, text: shown, says, start, end });
    plainFrom = end;
  };
  for (let i = 0; i < chars.length; i++) {
    const { char, start } = chars[i] as Char;
    const end = start + char.length;
    const marks = marksFrom(chars, i);
    if (marks > MARKS_SHOWN_MAX) {
      const last = chars[i + marks - 1] as Char;
      const says = `${marks} marks upon one letter, not shown`;
      put('marks', `+${marks} marks`, says, start, last.start + last.char.length);
      i += marks - 1;
    } else if (HIDDEN.test(char) && !isOfEmoji(chars, i)) {
      put('hidden', codeOf(char), `${codeOf(char)} ${NAMES[char] ?? 'cannot be seen'}`, start, end);
    } else {
      const latin = disguised.get(i);
      if (latin !== undefined) put('look-alike', char, `${codeOf(char)} looks like ${latin} and is not`, start, end);
    }
  }
  flush(text.length);
  return pieces;
}

function charsOf(text: string): Char[] {
  const chars: Char[] = [];
  let start = 0;
  for (const char of text) {
    chars.push({ char, start });
    start += char.length;
  }
  return chars;
}

const PICTURE = /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\uFE0F)$/u;

/** Pictures are joined and coloured by characters that cannot be seen; among pictures they hide nothing. */
function isOfEmoji(chars: readonly Char[], i: number): boolean {
  const [before, char, after] = [i - 1, i, i + 1].map((at) => chars[at]?.char ?? '');
  if (char === '\uFE0F') return PICTURE.test(before ?? '');
  return char === '\u200D' && PICTURE.test(before ?? '') && PICTURE.test(after ?? '');
}

function marksFrom(chars: readonly Char[], from: number): number {
  let count = 0;
  while (MARK.test(chars[from + count]?.char ?? '')) count += 1;
  return count;
}

/** Index of each disguised letter with what it passes for: letters of two scripts in one word, or dressed-up ASCII. */
function lookAlikes(chars: readonly Char[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const isMostlyLatin =
    chars.filter(({ char }) => LATIN.test(char)).length * 2 > chars.filter(({ char }) => /\p{L}/u.test(char)).length;
  for (let i = 0; i < chars.length; ) {
    let end = i;
    while (end < chars.length && LETTER.test((chars[end] as Char).char)) end += 1;
    if (end > i) markWord(chars, i, end, isMostlyLatin, found);
    else markLetter(chars, i, true, found);
    i = Math.max(end, i + 1);
  }
  return found;
}

function markWord(
  chars: readonly Char[],
  from: number,
  to: number,
  isMostlyLatin: boolean,
  found: Map<number, string>,
): void {
  const word = chars.slice(from, to).map(({ char }) => char);
  const hasLatin = word.some((char) => /[A-Za-z]/.test(char));
  const isWholeDisguise = isMostlyLatin && word.every((char) => LOOKS_LIKE.has(char) || /[\d_]/.test(char));
  for (let i = from; i < to; i++) markLetter(chars, i, hasLatin || isWholeDisguise, found);
}

function markLetter(chars: readonly Char[], i: number, isInLatinWord: boolean, found: Map<number, string>): void {
  const { char } = chars[i] as Char;
  const plain = LOOKS_LIKE.get(char);
  if (plain !== undefined && isInLatinWord) found.set(i, plain);
  else if (plain === undefined && char > '\u007F') {
    const folded = char.normalize('NFKC');
    if (/^[\x21-\x7E]$/.test(folded)) found.set(i, folded);
  }
}

/** A stretch of the text that something was read from. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

export interface Run {
  /** What the stretch counted for, several with commas; null where it counted for nothing. */
  readonly label: string | null;
  readonly pieces: readonly Piece[];
}

/** The pieces of a text, cut where spans begin and end; spans may overlap and may be wrong. */
export function highlightedRuns(text: string, spans: readonly Span[]): Run[] {
  const cuts = new Set([0, text.length]);
  for (const { start, end } of spans) for (const at of [start, end]) if (at > 0 && at < text.length) cuts.add(at);
  const bounds = [...cuts].sort((a, b) => a - b);
  const pieces = inertPieces(text);
  return bounds.slice(0, -1).map((from, i) => {
    const to = bounds[i + 1] as number;
    const labels = spans.filter((s) => s.start <= from && s.end >= to && s.end > s.start).map((s) => s.label);
    return { label: labels.length > 0 ? [...new Set(labels)].join(', ') : null, pieces: cut(pieces, from, to) };
  });
}

/** The part of the pieces between two offsets; a piece that is shown by a sign belongs to where it begins. */
function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  return pieces.flatMap((piece) => {
    if (piece.end <= from || piece.start >= to) return [];
    if (piece.kind !== 'text') return piece.start >= from ? [piece] : [];
    const [start, end] = [Math.max(piece.start, from), Math.min(piece.end, to)];
    return [{ ...piece, text: piece.text.slice(start - piece.start, end - piece.start), start, end }];
  });
}
