import type { Mention } from './lexicon';
import { type Nominal, nominalsIn } from './nominal';
import { isNegated, isNegator, phrasesIn } from './phrases';
import { blockersIn } from './request-blockers';
import { askedBefore, isDesired, isMindAsked, isStateWish, STATE_VERBS } from './request-mood';
import type { Sentence, Token } from './tokens';
import { numberAt } from './values';
import {
  type Action,
  BASE_VERBS,
  GERUND_VERBS,
  IDIOM_OBJECTS,
  PARTICIPLE_VERBS,
  TASK_VERBS,
  TOGGLE_PARTICIPLES,
  TOGGLE_VERBS,
} from './verbs';
import { quantityAt, type Verb, WANTS, wantedAt } from './wants';
import { REASON_STARTS } from './words';

/** One thing a sentence asks for: where to look for what it is about, and what stands against acting on it. */
export interface Request {
  readonly sentence: Sentence;
  readonly action: Action;
  /** The verb's tokens. */
  readonly verbFrom: number;
  readonly verbTo: number;
  /** Where its object and its value stand; the verb may lie inside ("the limit should be raised to 200"). */
  readonly from: number;
  readonly to: number;
  /** Where "because …" begins; `to` when the sentence gives no reason. */
  readonly reasonFrom: number;
  readonly isNegated: boolean;
  /** Why it must not be acted on as it stands ("only for a time"); null: nothing. */
  readonly blocker: string | null;
}

export interface SentenceRequests {
  readonly requests: readonly Request[];
  /** Verbs of tasks that are no change of a setting ("please refund …"). */
  readonly otherTasks: readonly number[];
}

/** Every word that a request or another task can begin with; what is none of them is not looked at any further. */
const TRIGGERS = new Set([
  ...BASE_VERBS.keys(),
  ...PARTICIPLE_VERBS.keys(),
  ...GERUND_VERBS.keys(),
  ...TOGGLE_VERBS,
  ...TOGGLE_PARTICIPLES,
  ...TASK_VERBS,
  ...STATE_VERBS,
  ...WANTS,
  ...'turning switching up add bring take give grant provide get have allow permit need want like require would run use keep send upload'.split(
    ' ',
  ),
]);

/** The requests of one sentence, in order. Linear: every lookahead and lookback is bounded. */
export function requestsIn(sentence: Sentence, mentions: readonly Mention[], isListed: boolean): SentenceRequests {
  const { tokens } = sentence;
  const named = new Uint8Array(tokens.length);
  for (const { from, to } of mentions) named.fill(1, from, to);
  const verbs: Verb[] = [];
  const otherTasks: number[] = [];
  for (let i = 0; i < tokens.length; ) {
    if (named[i] === 1 || !TRIGGERS.has((tokens[i] as Token).text)) {
      i += 1;
      continue;
    }
    const isAfterRequest = verbs.length > 0;
    const verb =
      askedVerb(sentence, i, named, isAfterRequest) ?? quantityAt(sentence, i) ?? wantedAt(sentence, i, mentions);
    if (verb !== null) {
      verbs.push(verb);
      i = verb.to;
      continue;
    }
    if (verbAt(tokens, i, named) === null && isOtherTask(sentence, i, isAfterRequest)) otherTasks.push(i);
    i += 1;
  }
  const nominal = verbs.length > 0 ? [] : nominalsIn(sentence, mentions, isListed);
  if (nominal.length > 0) {
    const blocker = blockersIn(sentence, 0, 0, tokens.length, named);
    return { requests: nominal.map((n) => nominalRequest(sentence, n, blocker)), otherTasks };
  }
  return { requests: verbs.map((verb, n) => toRequest(sentence, verb, verbs[n - 1], verbs[n + 1], named)), otherTasks };
}

const nominalRequest = (sentence: Sentence, { from, to, action }: Nominal, blocker: string | null): Request => ({
  sentence,
  action,
  verbFrom: from,
  verbTo: from,
  from,
  to,
  reasonFrom: sentence.tokens.length,
  isNegated: false,
  blocker,
});

/** The verb at a token if it asks for something; "set" and "cut" may be what is wanted done ("I'd like it set to 30"). */
function askedVerb(sentence: Sentence, i: number, named: Uint8Array, isAfterRequest: boolean): Verb | null {
  const verb = verbAt(sentence.tokens, i, named);
  if (verb === null) return null;
  if (verb.isAsked === true || isAsked(sentence, verb, isAfterRequest)) return verb;
  const action = PARTICIPLE_VERBS.get(sentence.tokens[i]?.text ?? '');
  if (verb.isPassive || action === undefined) return null;
  const wanted: Verb = { action, from: i, to: i + 1, isPassive: true };
  return isAsked(sentence, wanted, isAfterRequest) ? wanted : null;
}

function verbAt(tokens: readonly Token[], i: number, named: Uint8Array): Verb | null {
  const { kind, text } = tokens[i] as Token;
  if (kind !== 'word') return null;
  if (TOGGLE_VERBS.has(text) || TOGGLE_PARTICIPLES.has(text)) return toggleAt(tokens, i, !TOGGLE_VERBS.has(text));
  const next = tokens[i + 1]?.text ?? '';
  const asking = BASE_VERBS.get(text);
  const gerund = GERUND_VERBS.get(text) ?? (/^(?:turning|switching)$/.test(text) ? 'enable' : undefined);
  if (gerund !== undefined && isMindAsked(tokens, i)) {
    if (/^(?:turning|switching)$/.test(text)) return toggleAt(tokens, i, false);
    return { action: gerund, from: i, to: i + 1, isPassive: false, isAsked: true };
  }
  if (
    text === 'up' &&
    /^(?:you|please|to|could|would|can)$/.test(tokens[i - 1]?.text ?? '') &&
    /^(?:our|the|my)$/.test(next)
  )
    return { action: 'raise', from: i, to: i + 1, isPassive: false };
  const obtained = obtainAt(tokens, i);
  if (obtained !== null) return obtained;
  if (text === 'make' && tokens.slice(i + 1, i + 8).some((t) => /^(?:available|accessible)$/.test(t.text)))
    return { action: 'enable', from: i, to: i + 1, isPassive: false };
  if (text === 'add' && isAddedToAccount(tokens, i)) return { action: 'enable', from: i, to: i + 1, isPassive: false };
  if (text === 'bring' || text === 'take') return directed(tokens, i);
  if (asking !== undefined && !(text === 'set' && isPassivePosition(tokens, i))) {
    if (isIdiom(tokens, i + 1, named)) return null;
    if (/^(?:in|:|is|was|are|of|at|will|has)$/.test(next)) return null;
    return { action: asking, from: i, to: i + 1, isPassive: false };
  }
  const done: Action | undefined = PARTICIPLE_VERBS.get(text);
  if (done !== undefined) return { action: done, from: i, to: i + 1, isPassive: true };
  if (!isStateWish(tokens, i)) return null;
  if (text === 'go' || text === 'come') return directed(tokens, i);
  const action: Action = next === 'on' ? 'enable' : next === 'off' ? 'disable' : 'set';
  return { action, from: i, to: i + 1, isPassive: true };
}

/** "Add X to our account": to have it is to have it enabled. */
function isAddedToAccount(tokens: readonly Token[], i: number): boolean {
  const rest = tokens
    .slice(i + 1, i + 10)
    .map((t) => t.text)
    .join(' ');
  return /^(?:the )?(?:\S+ ){1,4}to (?:our|my|the) (?:account|plan|subscription|package|workspace|tenant|organi[sz]ation)\b/.test(
    rest,
  );
}

/** "Give us access to X", "could we get X": to have it is to have it enabled. */
function obtainAt(tokens: readonly Token[], i: number): Verb | null {
  const said = (from: number, to: number): string =>
    tokens
      .slice(Math.max(0, from), to)
      .map((t) => t.text)
      .join(' ');
  if (/^(?:give|grant|provide)$/.test(tokens[i]?.text ?? '')) {
    const isAccess = /^(?:us|me|our account|our team) (?:with )?(?:the )?access to/.exec(said(i + 1, i + 7));
    if (isAccess === null) return null;
    return { action: 'enable', from: i, to: i + 1 + isAccess[0].split(' ').length, isPassive: false };
  }
  if (!/^(?:get|have)$/.test(tokens[i]?.text ?? '') || !/^(?:can|could|may) (?:we|i)$/.test(said(i - 2, i)))
    return null;
  if (
    numberAt(tokens, i + 1) !== null ||
    tokens.slice(i).some((t) => PARTICIPLE_VERBS.has(t.text) || TOGGLE_PARTICIPLES.has(t.text))
  )
    return null;
  return { action: 'enable', from: i, to: i + 1, isPassive: false, isAsked: true };
}

/** "has to go up to", "must come down to". */
function directed(tokens: readonly Token[], i: number): Verb | null {
  const isPassive = /^(?:go|come)$/.test(tokens[i]?.text ?? '');
  const apart = isPassive ? -1 : tokens.findIndex((t, n) => n > i && n < i + 8 && /^(?:up|down)$/.test(t.text));
  const way = (apart > i + 1 ? tokens[apart] : tokens[i + 1])?.text;
  if (way !== 'up' && way !== 'down') return null;
  if (apart > i + 1) return { action: way === 'up' ? 'raise' : 'lower', from: i, to: i + 1, isPassive };
  return { action: way === 'up' ? 'raise' : 'lower', from: i, to: i + 2, isPassive };
}

/** "Raise a ticket", "make sure", "update us": directly, or behind one small word. */
function isIdiom(tokens: readonly Token[], at: number, named: Uint8Array): boolean {
  const isArticle = /^(?:a|an|the|my|our|this|another)$/.test(tokens[at]?.text ?? '');
  const i = isArticle ? at + 1 : at;
  const word = tokens[i]?.text ?? '';
  if (named[i] === 1) return false;
  if (word !== 'request') return IDIOM_OBJECTS.has(word);
  return tokens[i + 1]?.kind !== 'word' || /^(?:for|to|with|that|about|and)$/.test(tokens[i + 1]?.text ?? '');
}

const isPassivePosition = (tokens: readonly Token[], i: number): boolean => tokens[i - 1]?.text === 'be';

/** "turn X on", "turn off X", "switch X to …". */
function toggleAt(tokens: readonly Token[], i: number, isPassive: boolean): Verb | null {
  for (let j = i + 1; j <= i + 8 && j < tokens.length; j++) {
    const word = (tokens[j] as Token).text;
    if (word === 'on') return { action: 'enable', from: i, to: j === i + 1 ? j + 1 : i + 1, isPassive };
    if (word === 'off') return { action: 'disable', from: i, to: j === i + 1 ? j + 1 : i + 1, isPassive };
    if (word === 'to') return { action: 'set', from: i, to: i + 1, isPassive };
    if (word === ',' || word === 'and') break;
  }
  return null;
}

function isAsked(sentence: Sentence, verb: Verb, isAfterRequest: boolean): boolean {
  if (verb.isPassive) return isDesired(sentence, verb.from, isAfterRequest);
  return askedBefore(sentence, verb.from, isAfterRequest);
}

const STATES = new Set("is are was were has have does do doesn't don't fails fail failed keeps stopped not".split(' '));

function isOtherTask(sentence: Sentence, i: number, isAfterRequest: boolean): boolean {
  const { kind, text } = sentence.tokens[i] as Token;
  if (kind !== 'word' || !TASK_VERBS.has(text)) return false;
  // "Export jobs are cut off": a noun at the start of a statement.
  if (i === 0 && sentence.tokens.slice(1, 4).some((t) => STATES.has(t.text))) return false;
  return askedBefore(sentence, i, isAfterRequest) && !isNegated(sentence.tokens, i);
}

function toRequest(
  sentence: Sentence,
  verb: Verb,
  before: Verb | undefined,
  after: Verb | undefined,
  named: Uint8Array,
): Request {
  const { tokens } = sentence;
  const from = verb.isPassive ? clauseStart(tokens, verb.from, before?.to ?? 0) : verb.from;
  const end =
    after === undefined ? tokens.length : after.isPassive ? clauseStart(tokens, after.from, verb.to) : after.from;
  const reasonFrom = phrasesIn(REASON_STARTS, tokens, verb.to, end)[0]?.from ?? end;
  return {
    sentence,
    action: verb.action,
    verbFrom: verb.from,
    verbTo: verb.to,
    from,
    to: reasonFrom,
    reasonFrom: reasonFrom === end ? tokens.length : reasonFrom,
    isNegated: isNegated(tokens, verb.from) || isNegator(tokens[verb.from - 1]?.text ?? ''),
    blocker: blockersIn(sentence, before?.to ?? 0, verb.from, reasonFrom, named),
  };
}

/** The clause of a passive verb begins behind the last "and", comma or semicolon before it. */
function clauseStart(tokens: readonly Token[], at: number, floor: number): number {
  for (let i = at - 1; i >= floor; i--) {
    if (/^(?:[,;:]|and|but|so)$/.test((tokens[i] as Token).text)) return i + 1;
  }
  return floor;
}
