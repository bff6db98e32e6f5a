import type { Token } from './tokens';
import { numberAt, type StatedNumber } from './values';

/** What a number of a text is, as far as the words around it tell. */
export interface Heard {
  readonly number: StatedNumber;
  /** `plain`: nothing tells; `step`: a difference. */
  readonly role: 'new' | 'old' | 'step' | 'plain' | 'other';
}

const TOKENS_BEFORE = 4;
const AFTER_OLD = /^(?:is|are|isn't|aren't|was|were|seems?|feels?|misses|means)$/;
const TOO = /^(?:too|not|no|way|far|much|simply|just|hardly|barely)$/;
const OLD_LABEL =
  /^(?:currently|presently|now|today|current|present|old|existing|was|been|before|previous|previously|from|default|over|above|exceeding|since|hitting|reach|reached|hit)$/;
const NEW_LABEL = /^(?:to|new|requested|desired|target|wanted|proposed|→|=|need|needs|want|like|prefer|make|be)$/;
const NO_AMOUNT =
  /^(?:#|no|ticket|tickets|case|version|v|room|tel|phone|order|id|step|page|line|node|iban|build|release|part|section|§|art|article|on|since|in)$/;
const MONTHS =
  /^(?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|st|nd|rd|th)$/;

/** The numbers of a sentence outside its names (`named`), with what they are. Linear: lookaround is bounded. */
export function numbersIn(tokens: readonly Token[], named: Uint8Array): readonly Heard[] {
  const heard: Heard[] = [];
  for (let i = 0; i < tokens.length; ) {
    const number = named[i] === 1 && tokens[i]?.kind !== 'number' ? null : numberAt(tokens, i);
    if (number === null || isInsideName(number, named)) {
      i += 1;
      continue;
    }
    if (!isArticleOnly(tokens, number)) heard.push({ number, role: roleOf(tokens, number, named) });
    i = number.to;
  }
  return heard;
}

/** "3-D Secure": a part of a name. */
const isInsideName = ({ from }: StatedNumber, named: Uint8Array): boolean => named[from] === 1;

/** "One" as a pronoun, "a day" as a frequency: no value unless a unit or a mark says so. */
function isArticleOnly(tokens: readonly Token[], { from, unit }: StatedNumber): boolean {
  const word = word_(tokens, from);
  if (word === 'one' && unit === null) return !/^(?:to|of|by|just|only|from|than)$/.test(word_(tokens, from - 1));
  return (
    /^an?$/.test(word) &&
    /^(?:day|week|month|year|minute|second)$/.test(word_(tokens, from + 1)) &&
    !/^(?:to|of|by|last|for)$/.test(word_(tokens, from - 1))
  );
}

function roleOf(tokens: readonly Token[], { from, to, isMore }: StatedNumber, named: Uint8Array): Heard['role'] {
  if (isMore) return 'step';
  const before = word_(tokens, from - 1);
  const after = word_(tokens, to);
  if (NO_AMOUNT.test(before) || MONTHS.test(after) || (MONTHS.test(before) && before.length > 2)) return 'other';
  if (isList(tokens, from, to)) return 'other';
  if (isReplaced(tokens, from)) return 'old';
  if (before === 'by') return 'step';
  if (after === '→' || (after === '-' && word_(tokens, to + 1) === '>')) return 'old';
  if (/^(?:currently|presently|now|today|present)$/.test(after) && word_(tokens, to + 1) !== 'please') return 'old';
  if (
    (after === 'at' && /^(?:the|this|present)$/.test(word_(tokens, to + 1))) ||
    (after === 'right' && word_(tokens, to + 1) === 'now')
  )
    return 'old';
  if (AFTER_OLD.test(after) && TOO.test(word_(tokens, to + 1))) return 'old';
  return labelled(tokens, from, named);
}

/** The label before a number, over small words: "current value: 15", "we need it at 500". */
function labelled(tokens: readonly Token[], from: number, named: Uint8Array): Heard['role'] {
  for (let i = from - 1; i >= 0 && i >= from - TOKENS_BEFORE; i--) {
    const word = word_(tokens, i);
    if (named[i] === 1) return 'plain';
    if (OLD_LABEL.test(word)) return 'old';
    if (NEW_LABEL.test(word)) return 'new';
    if (
      !/^(?:value|setting|limit|at|of|is|only|just|the|a|an|it|:|our|up|down|max|us|me|we're|still|set|standing|with|usd|eur|gbp|€|\$|£|about)$/.test(
        word,
      )
    )
      return 'plain';
  }
  return 'plain';
}

/** "Instead of 100", "rather than 100", "not 100", "than 100". */
function isReplaced(tokens: readonly Token[], from: number): boolean {
  for (let i = from - 1; i >= 0 && i >= from - TOKENS_BEFORE; i--) {
    const word = word_(tokens, i);
    const before = word_(tokens, i - 1);
    if (word === 'of' && before === 'instead') return true;
    if (word === 'than') return !/^(?:longer|more|later)$/.test(before);
    if (word === 'not') return true;
    if (
      !/^(?:the|our|present|current|usual|default|existing|old|just|only|of|usd|eur|gbp|€|\$|£|every|at|after|to)$/.test(
        word,
      )
    )
      return false;
  }
  return false;
}

/** "1. …", "2) …" */
const isList = (tokens: readonly Token[], from: number, to: number): boolean =>
  (from === 0 &&
    tokens[0]?.kind === 'number' &&
    /^\d{1,2}$/.test(tokens[0].text) &&
    (word_(tokens, 1) === ')' || (tokens[1]?.start ?? 0) > tokens[0].end + 1)) ||
  (word_(tokens, to) === ')' &&
    from > 0 &&
    word_(tokens, from - 1) !== '(' &&
    to - from === 1 &&
    !tokens.slice(Math.max(0, from - 12), from).some((t) => t.text === '('));

const word_ = (tokens: readonly Token[], i: number): string => tokens[i]?.text ?? '';
