import type { Mention } from './lexicon';
import { isHedged } from './request-mood';
import type { Sentence, Token } from './tokens';
import { numberAt } from './values';
import type { Action } from './verbs';

/** A verb that may ask for something. */
export interface Verb {
  readonly action: Action;
  readonly from: number;
  readonly to: number;
  readonly isPassive: boolean;
  /** "Need 15 more", "200 would do": asked for by itself. */
  readonly isAsked?: boolean;
}

const CHANGE_NOUNS: ReadonlyMap<string, Action> = new Map([
  ['increase', 'raise'],
  ['raise', 'raise'],
  ['extension', 'raise'],
  ['bump', 'raise'],
  ['reduction', 'lower'],
  ['decrease', 'lower'],
  ['change', 'set'],
  ['adjustment', 'set'],
  ['activation', 'enable'],
  ['deactivation', 'disable'],
]);
export const WANTS = new Set(
  'need needs want wants like require requires appreciate prefer have get requesting request ask asking asks for'.split(
    ' ',
  ),
);

/** "We need a request timeout of 60 seconds", "requesting an increase of the limit to 28". */
export function wantedAt(sentence: Sentence, i: number, mentions: readonly Mention[]): Verb | null {
  const { tokens } = sentence;
  if (!WANTS.has(tokens[i]?.text ?? '')) return null;
  const at = /^(?:an?|the)$/.test(tokens[i + 1]?.text ?? '') ? i + 2 : i + 1;
  const isOurs = tokens.slice(Math.max(0, i - 4), i).some((t) => /^(?:we|i|we'd|i'd|our|my|possible)$/.test(t.text));
  const isStart = i === 0 || /^(?:requesting|for)$/.test(tokens[i]?.text ?? '');
  if (!(isOurs || isStart) || isHedged(tokens, i)) return null;
  const noun = CHANGE_NOUNS.get(tokens[at]?.text ?? '');
  if (noun !== undefined && /^(?:of|in|to|for|from)$/.test(tokens[at + 1]?.text ?? ''))
    return { action: noun, from: i, to: at + 2, isPassive: false, isAsked: true };
  const name = mentions.find((m) => m.from === at);
  if (name === undefined || tokens[name.to]?.text !== 'of' || numberAt(tokens, name.to + 1) === null) return null;
  if (sentence.isQuestion && !tokens.slice(0, i).some((t) => /^(?:possible|can|could|may)$/.test(t.text))) return null;
  return { action: 'set', from: i, to: i + 1, isPassive: false, isAsked: true };
}

/** "Please allow 3", "we need 15 more", "can we have 12", "200 would do": a number is asked for, the verb is beside it. */
export function quantityAt({ tokens, isQuestion }: Sentence, i: number): Verb | null {
  const word = tokens[i]?.text ?? '';
  const before = tokens[i - 1]?.text ?? '';
  const number = numberAt(tokens, i + 1);
  if (number !== null && tokens[i]?.kind === 'word') {
    const verb = { from: i, to: i + 1, isPassive: false, action: number.isMore ? 'raise' : 'set' } as const;
    if (word === 'allow' || word === 'permit') return verb;
    const isJoined = before === 'and' && tokens.slice(0, i).some((t) => t.text === 'we' || t.text === 'i');
    const isOurs = isJoined || /^(?:we|i|we'd|i'd|would|)$/.test(before);
    const isLet = /^(?:us|me)$/.test(before) && tokens[i - 2]?.text === 'let';
    if (/^(?:run|use|keep|send|upload)$/.test(word) && isLet) return { ...verb, isAsked: true };
    if (/^(?:need|want|like|require)$/.test(word) && isOurs && !isQuestion) return { ...verb, isAsked: true };
    const isMayWe = /^(?:we|i)$/.test(before) && /^(?:can|could|may)$/.test(tokens[i - 2]?.text ?? '');
    if (/^(?:have|get)$/.test(word) && isMayWe) return { ...verb, isAsked: true };
  }
  const isMayGo = word === 'go' && /^(?:can|could|may)$/.test(tokens[i - 2]?.text ?? '') && /^(?:we|i)$/.test(before);
  if (isMayGo) return { action: 'set', from: i, to: i + 1, isPassive: true, isAsked: true };
  const isNameToGo =
    word === 'go' &&
    /^(?:can|could|may)$/.test(tokens[0]?.text ?? '') &&
    /^(?:from|up|to)$/.test(tokens[i + 1]?.text ?? '');
  if (isNameToGo) return { action: 'set', from: i, to: i + 1, isPassive: true, isAsked: true };
  const isEnough = word === 'would' && /^(?:do|suffice|be|work|help)$/.test(tokens[i + 1]?.text ?? '');
  if (!isEnough || !endsWithNumber(tokens, i) || !isSufficient(tokens, i + 1)) return null;
  return { action: 'set', from: i, to: i + 2, isPassive: true, isAsked: true };
}

const isSufficient = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.text !== 'be' ||
  /^(?:enough|fine|ok|okay|great|good|perfect|sufficient|ideal)$/.test(tokens[at + 1]?.text ?? '');

function endsWithNumber(tokens: readonly Token[], at: number): boolean {
  for (let i = Math.max(0, at - 4); i < at; i++) if (numberAt(tokens, i)?.to === at) return true;
  return false;
}
