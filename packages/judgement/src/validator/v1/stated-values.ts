import type { Mention } from './lexicon';
import type { Request } from './requests';
import type { Token } from './tokens';
import { numberAt, type StatedNumber } from './values';

/** A value a request states for something: a number, or words that may be one of a schema's values. */
export interface StatedValue {
  readonly from: number;
  readonly to: number;
  readonly number: StatedNumber | null;
  /** The words of a value that is no number, lower case ("half up", "true"). */
  readonly words: readonly string[];
  /** The same words as they were written. */
  readonly written: string;
  readonly old: StatedNumber | null;
  /** `by`: the value is a difference. */
  readonly isRelative: boolean;
  readonly flaw: string | null;
}

const INTRODUCTIONS = new Set([
  'to',
  'at',
  '=',
  ':',
  'of',
  'be',
  'as',
  'last',
  'by',
  'is',
  'stay',
  'after',
  '→',
  '>',
  'equal',
  'every',
  'until',
]);
const LEADS = new Set([
  'up',
  'exactly',
  'for',
  'a',
  'value',
  'the',
  'down',
  'total',
  'maximum',
  'max',
  'be',
  'to',
  'about',
  'around',
  'roughly',
  'approximately',
  'at',
  'least',
  'between',
  'pls',
  'please',
  'is',
]);
const WORD_VALUE_MAX = 4;

/**
 * The values a request states, each behind a word that introduces one ("to 9", "= 9", "by 50") or directly behind a
 * name ("make the search depth 9"). "From A to B" is one value with its old one.
 */
export function statedValuesIn(request: Request, mentions: readonly Mention[]): readonly StatedValue[] {
  const { tokens } = request.sentence;
  const ends = new Set(mentions.map((m) => m.to));
  const values: StatedValue[] = [];
  let old: StatedNumber | null = null;
  for (let i = request.from; i < request.to; i++) {
    if (mentions.some((m) => m.from <= i && i < m.to && tokens[m.from]?.kind === 'number')) continue;
    const number = numberAt(tokens, i);
    if (number === null) continue;
    const intro = introductionOf(tokens, i, request.from, ends, number);
    if (intro === 'from') old = number;
    else if (intro === 'instead') {
      const last = values.at(-1);
      if (last === undefined) old = number;
      else values[values.length - 1] = { ...last, old: last.old ?? number };
    } else if (intro !== null) {
      values.push(toValue(number, old, intro));
      old = null;
    }
    i = Math.max(i, number.to - 1);
  }
  if (request.action === 'multiply') return values.length === 0 ? [multiple(request)] : values;
  return values.length > 0 || old !== null ? withoutDifference(values, request.action) : wordValue(request, mentions);
}

/** "By 80 from 100 to 180": the difference only says again what the two values say; null values say otherwise. */
function withoutDifference(values: readonly StatedValue[], action: Request['action']): readonly StatedValue[] {
  const [first, second] = values;
  if (values.length !== 2 || first === undefined || second === undefined || first.isRelative === second.isRelative)
    return values;
  const [by, to] = first.isRelative ? [first, second] : [second, first];
  const old = to.old ?? by.old;
  const [a, b, step] = [old?.value, to.number?.value, by.number?.value];
  if (a === undefined || b === undefined || step === undefined) return values;
  const isSame = action === 'lower' ? a - step === b : action === 'raise' ? a + step === b : Math.abs(b - a) === step;
  return isSame ? [{ ...to, old: old ?? null }] : values;
}

/** What stands before (or behind) a number and makes it the new value, a difference or the old one; null: nothing does. */
function introductionOf(
  tokens: readonly Token[],
  at: number,
  floor: number,
  ends: ReadonlySet<number>,
  { isMore, to }: StatedNumber,
): string | null {
  if (isOldValue(tokens, at, floor)) return 'instead';
  if (isMore) return 'by';
  if (text(tokens, to) === '-' && text(tokens, to + 1) === '>') return 'from';
  if (text(tokens, to) === '→') return 'from';
  if (text(tokens, to) === 'would' && SUFFICES.has(text(tokens, to + 1))) return 'would';
  let i = at - 1;
  while (i >= floor && (LEADS.has(text(tokens, i)) || /^[$€£"'`“]$/.test(text(tokens, i)))) {
    if (INTRODUCTIONS.has(text(tokens, i))) return text(tokens, i);
    i -= 1;
  }
  if (/^(?:it|that|this)$/.test(text(tokens, i)) && VALUE_VERBS.has(text(tokens, i - 1))) return '';
  if (i < floor) return ends.has(at) ? '' : null;
  const word = text(tokens, i);
  if (word === 'from') return 'from';
  if (INTRODUCTIONS.has(word)) return word;
  return ends.has(at) || VALUE_VERBS.has(word) ? '' : null;
}

const SUFFICES = new Set(['do', 'be', 'suffice', 'work', 'help']);
const VALUE_VERBS = new Set(['make', 'made', 'set', 'allow', 'permit', 'have', 'get', 'need', 'want', 'like', 'use']);
const OLD_MARKS = new Set(['than', 'of', 'not', 'currently', 'presently', 'now', 'current', 'present', 'at']);

/** "instead of (the present) 100", "rather than 60", "not 30", "currently 20", "(we're at 64 now)". */
function isOldValue(tokens: readonly Token[], at: number, floor: number): boolean {
  for (let i = at - 1; i >= floor && i >= at - 4; i--) {
    const word = text(tokens, i);
    const before = text(tokens, i - 1);
    if (word === 'of') return before === 'instead';
    if (word === 'than') return before === 'rather';
    if (word === 'not' || word === 'currently' || word === 'presently') return true;
    if (word === 'at' && /^(?:we're|are|currently|is)$/.test(before)) return true;
    if (!OLD_MARKS.has(word) && !/^(?:the|our|usual|default|every|just|only|existing|old)$/.test(word)) return false;
  }
  return false;
}

function toValue(number: StatedNumber, old: StatedNumber | null, intro: string): StatedValue {
  const flaw = number.isVague || old?.isVague === true ? 'it does not say one exact value' : null;
  const { from, to } = number;
  return { from, to, number, words: [], written: '', old, isRelative: intro === 'by', flaw };
}

/** "double", "halve": the value is a multiple of the present one. */
function multiple({ verbFrom, verbTo, sentence }: Request): StatedValue {
  const verb = text(sentence.tokens, verbFrom);
  const words = [/^halv/.test(verb) ? '*0.5' : /^tripl/.test(verb) ? '*3' : '*2'];
  return { from: verbFrom, to: verbTo, number: null, words, written: '', old: null, isRelative: false, flaw: null };
}

/** The words behind the last "to" (or "=", ":", "be"), up to a comma. */
function wordValue(request: Request, mentions: readonly Mention[]): readonly StatedValue[] {
  const { tokens, source } = request.sentence;
  const starts = new Set(mentions.map((m) => m.from));
  for (let i = Math.max(request.from, request.verbFrom); i < request.to; i++) {
    const isPutOn = text(tokens, i) === 'on' && /^(?:put|set|leave)$/.test(text(tokens, request.verbFrom));
    if (!isPutOn && !/^(?:to|=|:|be|as)$/.test(text(tokens, i))) continue;
    const from = /^["'`“]$/.test(text(tokens, i + 1)) ? i + 2 : i + 1;
    let to = from;
    while (to < request.to && to - from < WORD_VALUE_MAX && tokens[to]?.kind === 'word') to += 1;
    if (to === from || starts.has(from) || NO_VALUE.test(text(tokens, from))) continue;
    const words = tokens.slice(from, to).map((t) => t.text);
    const written = source.slice((tokens[from] as Token).start, (tokens[to - 1] as Token).end);
    return [{ from, to, number: null, words, written, old: null, isRelative: false, flaw: null }];
  }
  return [];
}

/** "Raise it to that": the value stands elsewhere. */
const NO_VALUE = /^(?:that|this|it|plenty|enough|fine|great|what|something|match|us|me)$/;

const text = (tokens: readonly Token[], i: number): string => tokens[i]?.text ?? '';
