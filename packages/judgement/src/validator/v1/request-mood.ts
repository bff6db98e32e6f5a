import { isNegator } from './phrases';
import type { Sentence, Token } from './tokens';

const ADVERBS = new Set([
  'please',
  'kindly',
  'also',
  'just',
  'simply',
  'now',
  'then',
  'therefore',
  'quickly',
  'again',
  'pls',
  'permanently',
]);
const MODALS = new Set(['can', 'could', 'would', 'will']);
const DESIRES = new Set([
  'want',
  'need',
  'like',
  'love',
  'wish',
  'require',
  'request',
  'requesting',
  'asking',
  'ask',
  "we'd",
  "i'd",
  'needs',
  'wants',
  'asks',
  'appreciate',
  'requires',
  'insists',
]);
const HEDGES = new Set([
  'might',
  'may',
  'maybe',
  'perhaps',
  'possibly',
  'eventually',
  'someday',
  'consider',
  'considering',
  'wonder',
  'why',
]);
const GREETINGS = new Set([
  'hi',
  'hello',
  'hey',
  'dear',
  'good',
  'morning',
  'afternoon',
  'team',
  'all',
  'support',
  'there',
  'folks',
  're',
  'fwd',
  'fw',
  'request',
  'thanks',
]);
export const STATE_VERBS = new Set([
  'be',
  'last',
  'stay',
  'equal',
  'become',
  'expire',
  'end',
  'run',
  'happen',
  'go',
  'come',
]);
const OBLIGATIONS = new Set(['should', 'must', 'shall']);

const PAST = new Set([
  'was',
  'were',
  'is',
  'are',
  'been',
  'being',
  'got',
  'has',
  'have',
  'had',
  "it's",
  "that's",
  'already',
  'just',
]);

const CLAUSE_WORDS_MAX = 12;

/**
 * Whether a verb in its base form asks for something: an imperative ("raise …", "please raise …"), a polite question
 * ("could you raise …") or a wish ("we would like you to raise …"). Everything else — reports, plans, questions how to —
 * asks for nothing.
 */
export function askedBefore({ tokens, isQuestion }: Sentence, at: number, isAfterRequest: boolean): boolean {
  let i = beforeGoAhead(tokens, at) - 1;
  let isPlease = false;
  while (i >= 0 && (ADVERBS.has(text(tokens, i)) || isNegator(text(tokens, i)) || text(tokens, i) === 'do')) {
    isPlease ||= /^(?:please|kindly|pls)$/.test(text(tokens, i));
    i -= 1;
  }
  if (isHedged(tokens, i)) return false;
  const before = text(tokens, i);
  if (isPlease && (i < 0 || before !== 'to')) return before !== 'we' && before !== 'i';
  if (i < 0) return !isQuestion;
  if (isSeparator(before)) {
    if (isAfterRequest) return true;
    if (before === 'and' && tokens.slice(0, i).some((t) => /^(?:please|kindly)$/.test(t.text))) return !isQuestion;
    if (/^(?:it|them|that)$/.test(text(tokens, at + 1)) && !isQuestion) return true;
    return isGreeting(tokens, i) && !isQuestion;
  }
  if (before === 'you') return isPoliteQuestion(tokens, i - 1);
  if (/^(?:someone|somebody|anyone|anybody|guys)$/.test(before))
    return MODALS.has(text(tokens, i - 1)) || (before === 'guys' && MODALS.has(text(tokens, i - 2)));
  if (before === 'to') return isWish(tokens, i - 1);
  if (/^(?:can|may)$/.test(before) && text(tokens, i - 1) === 'you' && i === 1)
    return /^(?:turn|switch|disable|deactivate|shut)$/.test(text(tokens, at)) && !isQuestion;
  if (MODALS.has(before)) return isAskedOne(tokens, i - 1) && ASKING.has(text(tokens, i - 2));
  return false;
}

const isAskedOne = (tokens: readonly Token[], i: number): boolean =>
  /^(?:you|someone|somebody|anyone|anybody)$/.test(text(tokens, i));

/** "I was wondering whether you could", "any chance you could". */
const ASKING = new Set([
  'something',
  'if',
  'whether',
  'chance',
  'that',
  'wondering',
  'hoping',
  'hope',
  'grateful',
  'appreciate',
]);

/** "please go ahead and change" asks as "please change" does. */
function beforeGoAhead(tokens: readonly Token[], at: number): number {
  const isGoAhead = text(tokens, at - 1) === 'and' && text(tokens, at - 2) === 'ahead' && text(tokens, at - 3) === 'go';
  return isGoAhead ? at - 3 : at;
}

/** "would you mind raising". */
export const isMindAsked = (tokens: readonly Token[], at: number): boolean =>
  /^(?:needs?|requires?)$/.test(text(tokens, at - 1)) ||
  (text(tokens, at - 1) === 'mind' && text(tokens, at - 2) === 'you' && /^(?:would|do)$/.test(text(tokens, at - 3))) ||
  (text(tokens, at - 1) === 'about' && /^(?:how|what)$/.test(text(tokens, at - 2)));

const isSeparator = (word: string): boolean => /^(?:[,;:\-–—•*()]|and|then|or|&|\+)$/.test(word);

/** "can you", "could you", "if you could". */
function isPoliteQuestion(tokens: readonly Token[], i: number): boolean {
  if (i > 0 && /^(?:how|when|why|what|where|after|once)$/.test(text(tokens, i - 1))) return false;
  return MODALS.has(text(tokens, i));
}

/** "we would like (you) to", "we need to", "a request to", "is it possible to". */
function isWish(tokens: readonly Token[], from: number): boolean {
  let i = from;
  if (text(tokens, i) === 'you') i -= 1;
  const word = text(tokens, i);
  if (word === 'possible' || (word === 'for' && text(tokens, i - 1) === 'possible')) return true;
  if (/^(?:us|me)$/.test(word) && text(tokens, i - 1) === 'help') return true;
  if (word === 'as' && /^(?:kind|good|nice)$/.test(text(tokens, i - 1))) return true;
  if (word === 'able' && tokens.slice(Math.max(0, i - 3), i).some((t) => t.text === 'you')) return true;
  if (word === 'request' && i === 0) return true;
  if (!DESIRES.has(word)) return false;
  for (let j = i - 1; j >= 0 && j >= i - 4; j--) {
    const subject = text(tokens, j);
    if (isNegator(subject) || subject === 'used') return true;
    if (/^(?:we|i|we'd|i'd|i'm|we're|they|customers?|users?|tenants?)$/.test(subject)) return true;
    if (/^(?:you|do|does|did|[,;])$/.test(subject)) return false;
  }
  return word === 'requesting' || word === 'asking' || word === "we'd" || word === "i'd";
}

/** Nothing but a greeting, a list mark or a label stands before the separator. */
function isGreeting(tokens: readonly Token[], to: number): boolean {
  if (to > 5) return false;
  if (text(tokens, to) === ':' || text(tokens, 0) === text(tokens, to)) return true;
  return GREETINGS.has(text(tokens, 0)) || (tokens[0]?.kind === 'number' && to === 1);
}

export function isHedged(tokens: readonly Token[], from: number): boolean {
  for (let i = from; i >= 0 && i >= from - 5; i--) {
    if (/^[,;:]$/.test(text(tokens, i))) return false;
    if (HEDGES.has(text(tokens, i))) return true;
  }
  return false;
}

/** Whether something "raised", "set", "turned on" is wanted so: "should be raised", "we need X enabled". */
export function isDesired({ tokens, isQuestion }: Sentence, at: number, isAfterRequest: boolean): boolean {
  if (isHedged(tokens, at - 1)) return false;
  const adverb = /^(?:only|just|also|now|rather|really|please|always)$/.test(text(tokens, at - 1)) ? 1 : 0;
  if (OBLIGATIONS.has(text(tokens, at - 1 - adverb))) return !isQuestion;
  if (STATE_VERBS.has(text(tokens, at)) && isDuty(tokens, at - 2)) return !isQuestion;
  if (text(tokens, at) === 'last' && isLetting(tokens, at)) return true;
  let hasBe = false;
  for (let i = at - 1; i >= 0 && i >= at - CLAUSE_WORDS_MAX; i--) {
    const word = text(tokens, i);
    if (/^[,;:]$/.test(word)) return false;
    if (word === 'be') hasBe = true;
    else if (hasBe && (OBLIGATIONS.has(word) || isDuty(tokens, i))) return !isQuestion;
    else if (hasBe && /^(?:can|could|may)$/.test(word) && (isClauseStart(tokens, i) || isAnyWay(tokens))) return true;
    else if (hasBe && i === 0 && word === 'please') return true;
    else if (PAST.has(word) && !isHaveWish(tokens, i) && !isGetWish(tokens, i)) return false;
    else if (isGetWish(tokens, i)) return true;
    else if (DESIRES.has(word)) return !isQuestion && hasSpeaker(tokens, i);
    else if ((word === 'please' || word === 'arrange') && hasBe) return true;
    else if (word === 'and' && isAfterRequest && at - i <= 2) return true;
  }
  return false;
}

const isDuty = (tokens: readonly Token[], i: number): boolean =>
  (/^(?:needs?|has|have|ought)$/.test(text(tokens, i)) && text(tokens, i + 1) === 'to') ||
  (/^(?:is|are)$/.test(text(tokens, i)) && text(tokens, i + 1) === 'to' && text(tokens, i + 2) === 'be');

const isHaveWish = (tokens: readonly Token[], i: number): boolean =>
  /^(?:have|had)$/.test(text(tokens, i)) && text(tokens, i - 1) === 'to';

/** "can we get X raised", "could we have X enabled", "may we". */
const isGetWish = (tokens: readonly Token[], i: number): boolean =>
  /^(?:get|have)$/.test(text(tokens, i)) &&
  ((/^(?:we|i)$/.test(text(tokens, i - 1)) && /^(?:can|could|may)$/.test(text(tokens, i - 2))) ||
    (text(tokens, i - 1) === 'to' && /^(?:way|possible)$/.test(text(tokens, i - 2))));

/** Nothing but a greeting stands before it. */
const isClauseStart = (tokens: readonly Token[], i: number): boolean =>
  i === 0 || isSeparator(text(tokens, i - 1)) || (i <= 3 && GREETINGS.has(text(tokens, 0)));

/** "Is there any way our limit could be raised". */
const isAnyWay = (tokens: readonly Token[]): boolean =>
  tokens.some((t, i) => /^(?:way|chance|possibility)$/.test(t.text) && /^(?:any|a)$/.test(text(tokens, i - 1)));

const isLetting = (tokens: readonly Token[], at: number): boolean =>
  tokens.slice(Math.max(0, at - 6), at).some((t) => t.text === 'let');

/** A person or their people: "our security officer wants the timeout reduced". */
function hasSpeaker(tokens: readonly Token[], i: number): boolean {
  for (let j = i; j >= 0 && j >= i - 4; j--) {
    if (/^(?:we|i|we'd|i'd|i'm|we're|our|my)$/.test(text(tokens, j))) return true;
  }
  return false;
}

/** "sessions should last …", "the limit must be …", "the depth needs to be …": the verb of the wanted state. */
export function isStateWish(tokens: readonly Token[], at: number): boolean {
  if (!STATE_VERBS.has(text(tokens, at)) || at === 0) return false;
  if (text(tokens, at) === 'last' && isLetting(tokens, at)) return true;
  // "should be raised" is a passive; its verb comes later.
  if (text(tokens, at) === 'be' && /(?:ed|set|cut|put|shut|made)$/.test(text(tokens, at + 1))) return false;
  let i = at - 1;
  while (i > 0 && /^(?:only|just|also|now|rather|really|please|always)$/.test(text(tokens, i))) i -= 1;
  return OBLIGATIONS.has(text(tokens, i)) || text(tokens, i) === 'to';
}

const text = (tokens: readonly Token[], i: number): string => tokens[i]?.text ?? '';
