import { type Lexicon, type Mention, mentionsIn } from './lexicon';
import type { Request } from './requests';
import type { Token } from './tokens';
import { AFTER_NAME, BEFORE_NAME } from './words';

const DETERMINERS = new Set([
  'the',
  'our',
  'your',
  'a',
  'an',
  'this',
  'that',
  'my',
  'on',
  'off',
  'up',
  'down',
  'for',
  'of',
  'all',
  'its',
]);
const OBJECT_WORDS_MAX = 4;

/** The capabilities a stretch of text names, with the words that do. */
export function capabilitiesNamed(lexicon: Lexicon, tokens: readonly Token[]): readonly Mention[] {
  return mentionsIn(tokens, lexicon.capabilities);
}

/**
 * The mentions in a request that stand for the thing itself. "Bulk export notifications" and "login rate limit" are
 * other things: a name counts only if no content word leans on it, before or behind, that is not part of the request.
 */
export function objectsIn(request: Request, mentions: readonly Mention[]): readonly Mention[] {
  return mentions.filter((m) => m.from >= request.from && m.to <= request.to && standsAlone(request, m));
}

function standsAlone(request: Request, mention: Mention): boolean {
  const { tokens } = request.sentence;
  const before = mention.from - 1;
  const isBeforeFree =
    before < request.from ||
    (before >= request.verbFrom && before < request.verbTo) ||
    isFree(tokens[before], BEFORE_NAME);
  const after = mention.to;
  const isAfterFree =
    after >= request.to || (after >= request.verbFrom && after < request.verbTo) || isFree(tokens[after], AFTER_NAME);
  return isBeforeFree && isAfterFree;
}

function isFree(token: Token | undefined, allowed: ReadonlySet<string>): boolean {
  return token === undefined || token.kind !== 'word' || allowed.has(token.text);
}

/** The words that stand where a request's object should, when nothing known does ("turn on [teleport mode]"). */
export function unknownObject(request: Request): string | null {
  const { tokens } = request.sentence;
  const [first, last] =
    request.from < request.verbFrom ? [request.from, request.verbFrom] : [request.verbTo, request.to];
  const words: string[] = [];
  for (let i = first; i < last; i++) {
    const { kind, text } = tokens[i] as Token;
    if (words.length === 0 && (DETERMINERS.has(text) || /^(?:please|kindly|also|"|“|'|`)$/.test(text))) continue;
    if (kind !== 'word' || AFTER_NAME.has(text) || words.length === OBJECT_WORDS_MAX) break;
    words.push(text);
  }
  if (words.length === 0 || /^(?:it|them|this|that|these|those|everything|something|things?)$/.test(words[0] as string))
    return null;
  return words.join(' ').slice(0, 100);
}

/** "it", "this" or "that" stands where the object should. */
export function isAnaphor(request: Request): boolean {
  const { tokens } = request.sentence;
  for (let i = request.from; i < request.to; i++) {
    if (/^(?:it|this|that)$/.test((tokens[i] as Token).text)) return true;
  }
  return false;
}
