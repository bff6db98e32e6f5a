import { type Lexicon, type Mention, stem } from './lexicon';
import type { Request } from './requests';
import type { Token } from './tokens';
import { unitOf } from './units';
import { numberAt } from './values';
import { BASE_VERBS } from './verbs';
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

/**
 * The mentions in a request that stand for the thing itself. "Bulk export notifications" and "login rate limit" are
 * other things: a name counts only if no content word leans on it, before or behind, that is not part of the request
 * or of another name ("bulk export row limit").
 */
export function objectsIn(
  request: Request,
  mentions: readonly Mention[],
  others: readonly Mention[],
  owned: Lexicon['owned'],
): readonly Mention[] {
  return mentions.filter((m) => isWithin(m, request.from, request.to) && standsAlone(request, m, others, owned));
}

/** The mentions of keys that stand for the key itself: inside a capability's name that does, or alone. */
export function keysIn(
  request: Request,
  keys: readonly Mention[],
  objects: readonly Mention[],
  owned: Lexicon['owned'],
): readonly Mention[] {
  return keys.filter((m) => {
    if (!isWithin(m, request.from, request.to)) return false;
    return objects.some((o) => isWithin(m, o.from, o.to)) || standsAlone(request, m, objects, owned);
  });
}

/**
 * Whether a name stands for itself in a whole sentence; more may stand beside it there than in a request ("our rate
 * limit *ends*", "for *most* video visits"), but no word that makes it another thing's.
 */
export function standsIn(
  sentence: Request['sentence'],
  mention: Mention,
  others: readonly Mention[],
  owned: Lexicon['owned'],
): boolean {
  const { tokens } = sentence;
  const isFreeAt = (i: number, allowed: ReadonlySet<string>): boolean =>
    others.some((o) => i >= o.from && i < o.to && o !== mention) ||
    isOwnWord(tokens[i], mention, owned) ||
    isFree(tokens[i], allowed) ||
    BESIDE.test(tokens[i]?.text ?? '') ||
    BASE_VERBS.has(tokens[i]?.text ?? '') ||
    numberAt(tokens, i) !== null ||
    unitOf(tokens[i]?.text ?? '') !== null;
  return isFreeAt(mention.from - 1, BEFORE_NAME) && isFreeAt(mention.to, AFTER_NAME);
}

const BESIDE =
  /^(?:only|just|most|some|too|way|currently|always|goes|gets|looks|starts|ends|stops|seems|takes|feels|needs|would|will|shall|might|may|please|instead|rather|than|then|was|were|had|did|does|do|you|they|he|she|accordingly|thanks|so|but|because|while|agreed|requests?|increases?|changes?|want|need|go|run|don't|isn't|aren't|doesn't|today|minutes?|hours?|no|exactly|like|per|let|last|stay|lock|locks|expire|expires|run|runs|close|closes|reasons|about|please|much|must|if|cap|of|from|via|what|how|also|really|actually)$/;

const isWithin = (m: Mention, from: number, to: number): boolean => m.from >= from && m.to <= to;

function standsAlone(request: Request, mention: Mention, others: readonly Mention[], owned: Lexicon['owned']): boolean {
  const { tokens } = request.sentence;
  const isVerb = (i: number): boolean => isVerbOf(request, i);
  const isOther = (i: number): boolean =>
    others.some((o) => i >= o.from && i < o.to && !isWithin(o, mention.from, mention.to));
  const isOwn = (i: number): boolean => isOwnWord(tokens[i], mention, owned);
  const before = mention.from - 1;
  const after = mention.to;
  const isBeforeFree =
    before < request.from ||
    isVerb(before) ||
    isOther(before) ||
    isOwn(before) ||
    isFree(tokens[before], BEFORE_NAME) ||
    unitOf(tokens[before]?.text ?? '') !== null;
  const isAfterFree =
    after >= request.to || isVerb(after) || isOther(after) || isOwn(after) || isFree(tokens[after], AFTER_NAME);
  return isBeforeFree && isAfterFree;
}

/** "*Chat* idle timeout": a word of the capability's own names changes nothing about what is meant. */
function isOwnWord(token: Token | undefined, { meanings }: Mention, owned: Lexicon['owned']): boolean {
  if (token === undefined || token.kind === 'mark') return false;
  const word = stem(token.text);
  return meanings.every((m) => owned.get(m.capability)?.has(word) === true);
}

/**
 * Whether a name is joined by "and", "or" or a comma to something that is not known: "turn on bulk export and teleport
 * mode" asks for two things, of which only one could be done.
 */
export function isJoinedToUnknown(request: Request, mentions: readonly Mention[]): boolean {
  const { tokens } = request.sentence;
  const isNamed = (i: number): boolean => mentions.some((m) => i >= m.from && i < m.to);
  return mentions.some((m) => {
    if (JOINTS.has(tokens[m.to]?.text ?? '')) {
      let next = m.to + 1;
      while (next < request.to && DETERMINERS.has((tokens[next] as Token).text)) next += 1;
      const isClause = tokens[m.to]?.text === ',' && hasFiniteVerb(tokens, next, request.to);
      if (next < request.to && !isNamed(next) && !isFree(tokens[next], AFTER_JOINT) && !isClause) return true;
    }
    let before = m.from - 1;
    while (before > request.from && DETERMINERS.has((tokens[before] as Token).text)) before -= 1;
    if (before <= request.from || !JOINTS.has((tokens[before] as Token).text)) return false;
    const word = tokens[before - 1] as Token;
    return word.kind === 'word' && !isNamed(before - 1) && unitOf(word.text) === null && !isVerbOf(request, before - 1);
  });
}

/** A clause of its own, up to the next comma: "…, the current one is too low". */
function hasFiniteVerb(tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from; i < to && tokens[i]?.text !== ','; i++) {
    if (
      /^(?:is|are|was|were|have|has|do|does|did|can|will|would|need|needs|want|could|keep|keeps)$/.test(
        (tokens[i] as Token).text,
      )
    )
      return true;
  }
  return false;
}

const JOINTS = new Set(['and', 'or', '&', ',', '+']);
const AFTER_JOINT = new Set([
  ...AFTER_NAME,
  ...'let tell confirm inform keep thanks thank cheers kindly they you i he she let me us then there my sorry best no not asap urgent urgently low high whenever but otherwise kind warm regards currently same as instead rather'.split(
    ' ',
  ),
]);

const isVerbOf = ({ verbFrom, verbTo }: Request, i: number): boolean => i >= verbFrom && i < verbTo;

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

/** "it", "this" or "that" stands where the object should, or nothing does. */
export function isAnaphor(request: Request): boolean {
  const { tokens } = request.sentence;
  for (let i = request.from; i < request.to; i++) {
    if (/^(?:it|this|that|them|these|those)$/.test((tokens[i] as Token).text)) return true;
    if (/^(?:feature|function|functionality|option|capability)$/.test((tokens[i] as Token).text))
      return tokens[i - 1]?.text === 'the' && !hasOtherNoun(tokens, i + 1, request.to);
  }
  return isElliptic(request);
}

/** "The feature *for exports*": said which. */
const hasOtherNoun = (tokens: readonly Token[], from: number, to: number): boolean =>
  tokens.slice(from, to).some((t) => t.kind === 'word' && !ELLIPTIC.has(t.text) && !/^(?:on|off|again)$/.test(t.text));

const ELLIPTIC = new Set(
  'to by up down please pls for us asap now immediately today thanks thank you as soon again could can we i it may would our my account workspace tenant team back right away permanently'.split(
    ' ',
  ),
);

/** Nothing stands where the object should: "please activate", "increase to 50", "could we go to 25", "200 would do". */
function isElliptic({ sentence: { tokens }, verbTo, from, verbFrom, to }: Request): boolean {
  for (let i = from; i < verbFrom; ) {
    const number = numberAt(tokens, i);
    if (number === null && !ELLIPTIC.has((tokens[i] as Token).text) && tokens[i]?.kind !== 'mark') return false;
    i = number?.to ?? i + 1;
  }
  const next = tokens[verbTo];
  if (next === undefined || verbTo >= to) return true;
  if (/^(?:to|by|from)$/.test(next.text) || numberAt(tokens, verbTo) !== null) return true;
  return tokens.slice(verbTo, to).every((t) => t.kind === 'mark' || ELLIPTIC.has(t.text));
}
