import type { Token } from './tokens';
import { CLOCK, isMoney, rateOf, type Unit, unitOf } from './units';
import { VAGUE } from './words';

/** A number with its unit, as a sentence states it. */
export interface StatedNumber {
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly unit: Unit | null;
  /** The thing counted ("requests", "hops"); null: nothing is named. */
  readonly counted: string | null;
  /** It is not one exact value ("around 200", "200-300"). */
  readonly isVague: boolean;
  /** "10 more": a difference. */
  readonly isMore: boolean;
}

const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    zero: 0,
    one: 1,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    eleven: 11,
    twelve: 12,
    fifteen: 15,
    twenty: 20,
    thirty: 30,
    forty: 40,
    fifty: 50,
    sixty: 60,
    seventy: 70,
    eighty: 80,
    ninety: 90,
  }),
);
const MULTIPLIERS: Readonly<Record<string, number>> = { k: 1e3, thousand: 1e3, hundred: 100, million: 1e6, mio: 1e6 };
const FUNCTION_WORDS = new Set(
  `per a an each every for in on to from by at of and or but as is so that please pls because since due now today asap again
   with if until when instead rather than which we i our it this thanks thank also too permanently everywhere up down right
   be are was should must immediately currently only then the my would could starting going please plz cheers not max
   maximum total altogether via across he they everyone tops will within during after before like these those any whenever
   kindly regards hi hello best request requested required can may need needs want wants does do did has have had isn't you
   your team above below next current present old new ok okay here there no longer still yet something somebody`.split(
    /\s+/,
  ),
);

/** The number that begins at a token, with what belongs to it; null when none does. */
export function numberAt(tokens: readonly Token[], from: number): StatedNumber | null {
  const read = readNumber(tokens, from);
  if (read === null) return null;
  let { to } = read;
  let unit: Unit | null = read.unit;
  let counted: string | null = null;
  const clock = clockAt(tokens, from, read);
  if (clock !== null) return clock;
  const isMore = MORE.has(text(tokens, to));
  if (isMore) to += 1;
  const word = text(tokens, to);
  if (unit !== null) counted = null;
  else if (isMoney(unitOf(text(tokens, from - 1)))) unit = unitOf(text(tokens, from - 1));
  else if (unitOf(word) !== null && !(word === 'a' || word === 'd')) {
    unit = unitOf(word);
    to += 1;
  } else if (tokens[to]?.kind === 'word' && !FUNCTION_WORDS.has(word)) {
    counted = word;
    to += 1;
  }
  if (unit === null) {
    const rate = rateAt(tokens, to);
    if (rate !== null) ({ unit, to } = rate);
  }
  return { from, to, value: read.value, unit, counted, isVague: isVague(tokens, from, read.to, to), isMore };
}

/** "20:00", "6 pm", "8 o'clock": an hour of the day; null: none, or not a whole one. */
function clockAt(tokens: readonly Token[], from: number, { value, to, unit }: ReadNumber): StatedNumber | null {
  if (unit !== null || !Number.isInteger(value) || value > 24) return null;
  const isWhole = text(tokens, to) === ':' && text(tokens, to + 1) === '00' && tokens[to + 1]?.isTight === true;
  const end = isWhole ? to + 2 : to;
  const half = text(tokens, end);
  const isHalf = /^(?:am|pm)$/.test(half);
  if (!isWhole && !isHalf && half !== "o'clock") return null;
  const hour = half === 'pm' && value < 12 ? value + 12 : half === 'am' && value === 12 ? 0 : value;
  const last = isHalf || half === "o'clock" ? end + 1 : end;
  return {
    from,
    to: last,
    value: hour,
    unit: CLOCK,
    counted: null,
    isVague: isVague(tokens, from, last, last),
    isMore: false,
  };
}

const MORE = new Set(['more', 'additional', 'extra', 'further']);

interface ReadNumber {
  readonly value: number;
  readonly to: number;
  readonly unit: Unit | null;
}

/** "an hour", "half an hour", "an hour and a half", "a quarter of an hour", "a day": times without a number. */
function readTime(tokens: readonly Token[], from: number): ReadNumber | null {
  const isArticle = (i: number): boolean => /^an?$/.test(text(tokens, i));
  const timeAt = (i: number): Unit | null => {
    const unit = text(tokens, i).length > 2 ? unitOf(text(tokens, i)) : null;
    return unit?.family === 'time' || unit?.family === 'months' ? unit : null;
  };
  if (text(tokens, from) === 'half') {
    const at = isArticle(from + 1) ? from + 2 : from + 1;
    const unit = timeAt(at);
    return unit === null ? null : { value: 0.5, to: at + 1, unit };
  }
  if (!isArticle(from)) return null;
  const unit = timeAt(from + 1);
  if (unit === null) return null;
  const isAndHalf = text(tokens, from + 2) === 'and' && isArticle(from + 3) && text(tokens, from + 4) === 'half';
  return isAndHalf ? { value: 1.5, to: from + 5, unit } : { value: 1, to: from + 2, unit };
}

function readNumber(tokens: readonly Token[], from: number): ReadNumber | null {
  const token = tokens[from];
  if (token === undefined) return null;
  if (token.text === 'half' || token.text === 'a' || token.text === 'an') return readTime(tokens, from);
  if (token.kind === 'word') {
    const tens = NUMBER_WORDS.get(token.text);
    if (tens === undefined) return null;
    const next = text(tokens, from + 1);
    const ones = NUMBER_WORDS.get(next) ?? 0;
    const isCompound = tens >= 20 && ones > 0 && ones < 10;
    return multiplied(tokens, isCompound ? from + 2 : from + 1, isCompound ? tens + ones : tens);
  }
  if (token.kind !== 'number') return null;
  const value = parseNumber(token.text);
  if (value === null || (text(tokens, from - 1) === '-' && token.isTight)) return null;
  return multiplied(tokens, from + 1, value);
}

function multiplied(tokens: readonly Token[], at: number, value: number): ReadNumber {
  const word = text(tokens, at);
  if (!Object.hasOwn(MULTIPLIERS, word) || (word === 'k' && tokens[at]?.isTight !== true))
    return half(tokens, at, value);
  const product = Math.round(value * (MULTIPLIERS[word] as number) * 1e6) / 1e6;
  return half(tokens, at + 1, product);
}

/** "one and a half", "2 and a half". */
function half(tokens: readonly Token[], at: number, value: number): ReadNumber {
  const isAndHalf = text(tokens, at) === 'and' && text(tokens, at + 1) === 'a' && text(tokens, at + 2) === 'half';
  return isAndHalf ? { value: value + 0.5, to: at + 3, unit: null } : { value, to: at, unit: null };
}

/** "1,000", "10.5", "1.000.000"; null for what could mean two numbers ("1.000") or none ("1.2.3"). */
function parseNumber(written: string): number | null {
  if (written.length > 18) return null;
  if (/^\d+$/.test(written)) return /^0\d/.test(written) ? null : Number(written);
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(written)) return Number(written.replaceAll(',', ''));
  if (/^\d{1,3}(?:\.\d{3}){2,}$/.test(written)) return Number(written.replaceAll('.', ''));
  if (/^\d+\.\d+$/.test(written) && !/^\d{1,3}\.\d{3}$/.test(written)) return Number(written);
  return null;
}

/** "per minute", "a minute", "/min", "each hour". */
function rateAt(tokens: readonly Token[], at: number): { unit: Unit; to: number } | null {
  if (!/^(?:per|a|an|each|every|\/)$/.test(text(tokens, at))) return null;
  const unit = rateOf(text(tokens, at + 1));
  return unit === null ? null : { unit, to: at + 2 };
}

function isVague(tokens: readonly Token[], from: number, end: number, to: number): boolean {
  const before = text(tokens, from - 1);
  const isWish = before === 'like' && /^(?:we'd|i'd|would|also|you|they'd)$/.test(text(tokens, from - 2));
  if ((VAGUE.has(before) && !isWish) || (before === 'than' && from > 1)) return true;
  if (before === 'or' || before === '±' || (text(tokens, from - 2) === 'or' && before === 'so')) return true;
  const after = text(tokens, to);
  if (after === 'or' || (/^(?:-|–|~)$/.test(after) && tokens[to + 1]?.kind === 'number')) return true;
  return /^(?:-|–|:|\.)$/.test(text(tokens, end)) && tokens[end + 1]?.kind === 'number';
}

const text = (tokens: readonly Token[], i: number): string => tokens[i]?.text ?? '';
