import { isNegated, isNegator, phrasesIn } from './phrases';
import { blockersIn } from './request-blockers';
import { askedBefore, isDesired, isStateWish } from './request-mood';
import type { Sentence, Token } from './tokens';
import {
  type Action,
  BASE_VERBS,
  IDIOM_OBJECTS,
  PARTICIPLE_VERBS,
  TASK_VERBS,
  TOGGLE_PARTICIPLES,
  TOGGLE_VERBS,
} from './verbs';
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

interface Verb {
  readonly action: Action;
  readonly from: number;
  readonly to: number;
  readonly isPassive: boolean;
}

/** The requests of one sentence, in order. Linear: every lookahead and lookback is bounded. */
export function requestsIn(sentence: Sentence): SentenceRequests {
  const { tokens } = sentence;
  const verbs: Verb[] = [];
  const otherTasks: number[] = [];
  for (let i = 0; i < tokens.length; ) {
    const isAfterRequest = verbs.length > 0;
    const verb = verbAt(tokens, i);
    if (verb !== null && isAsked(sentence, verb, isAfterRequest)) {
      verbs.push(verb);
      i = verb.to;
      continue;
    }
    if (isOtherTask(sentence, i, isAfterRequest)) otherTasks.push(i);
    i += 1;
  }
  return { requests: verbs.map((verb, n) => toRequest(sentence, verb, verbs[n - 1], verbs[n + 1])), otherTasks };
}

function verbAt(tokens: readonly Token[], i: number): Verb | null {
  const { kind, text } = tokens[i] as Token;
  if (kind !== 'word') return null;
  if (TOGGLE_VERBS.has(text) || TOGGLE_PARTICIPLES.has(text)) return toggleAt(tokens, i, !TOGGLE_VERBS.has(text));
  const next = tokens[i + 1]?.text ?? '';
  const asking = BASE_VERBS.get(text);
  if (asking !== undefined && !(text === 'set' && isPassivePosition(tokens, i))) {
    if (isIdiom(tokens, i + 1)) return null;
    if (next === 'in' || next === ':' || next === 'log') return null;
    return { action: asking, from: i, to: i + 1, isPassive: false };
  }
  const done: Action | undefined = PARTICIPLE_VERBS.get(text);
  if (done !== undefined) return { action: done, from: i, to: i + 1, isPassive: true };
  if (!isStateWish(tokens, i)) return null;
  const action: Action = next === 'on' ? 'enable' : next === 'off' ? 'disable' : 'set';
  return { action, from: i, to: i + 1, isPassive: true };
}

/** "Raise a ticket", "make sure", "update us": directly, or behind one small word. */
function isIdiom(tokens: readonly Token[], at: number): boolean {
  const isArticle = /^(?:a|an|the|my|our|this|another)$/.test(tokens[at]?.text ?? '');
  const i = isArticle ? at + 1 : at;
  const word = tokens[i]?.text ?? '';
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

function isOtherTask(sentence: Sentence, i: number, isAfterRequest: boolean): boolean {
  const { kind, text } = sentence.tokens[i] as Token;
  if (kind !== 'word' || !TASK_VERBS.has(text)) return false;
  return askedBefore(sentence, i, isAfterRequest) && !isNegated(sentence.tokens, i);
}

function toRequest(sentence: Sentence, verb: Verb, before: Verb | undefined, after: Verb | undefined): Request {
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
    blocker: blockersIn(sentence, before?.to ?? 0, verb.from, reasonFrom),
  };
}

/** The clause of a passive verb begins behind the last "and", comma or semicolon before it. */
function clauseStart(tokens: readonly Token[], at: number, floor: number): number {
  for (let i = at - 1; i >= floor; i--) {
    if (/^(?:[,;:]|and|but|so)$/.test((tokens[i] as Token).text)) return i + 1;
  }
  return floor;
}
