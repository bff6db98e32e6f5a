import type { Mention } from './lexicon';
import { isNegator } from './phrases';
import type { Sentence, Token } from './tokens';
import { numberAt } from './values';

/** A request without a verb: a name and a value ("session timeout to 8h pls"), as people write who are in a hurry. */
export interface Nominal {
  readonly from: number;
  readonly to: number;
  readonly action: 'raise' | 'lower' | 'set' | 'enable' | 'disable';
}

const FILL = new Set(
  `to from up down please pls kindly thanks thank you cheers the our my us for now asap today immediately instead of rather
   than not present currently current old new should be limit setting value at a an per each every by increase raise bump change
   reduction extension decrease request required needed hi hello hey team all permanently on max exactly and also then plus as well too same with`.split(
    /\s+/,
  ),
);
const MARKS = new Set([':', '=', '-', '>', '→', '*', '•', '–', '/', '"', '“', '”', "'", '$', '€', '£', '%', '#']);
const POLITE = new Set(['please', 'pls', 'kindly', 'thanks', 'thank', 'cheers']);
const ENDS = new Set([',', ';', '(', ')']);

export const isPolite = (tokens: readonly Token[]): boolean => tokens.some((t) => POLITE.has(t.text));

/**
 * The clauses of a sentence that are a name, a value and small words, nothing else. `isListed`: the mail has asked for
 * changes before, so that "refund period: 60 days" needs no "please".
 */
export function nominalsIn(sentence: Sentence, mentions: readonly Mention[], isListed: boolean): readonly Nominal[] {
  const { tokens, isQuestion } = sentence;
  if (mentions.length === 0 || isQuestion || !(isListed || isPolite(tokens) || hasArrow(tokens) || saysWish(tokens)))
    return [];
  const found: Nominal[] = [];
  const named: (Mention | undefined)[] = Array.from({ length: tokens.length });
  for (const m of mentions) for (let i = m.from; i < m.to; i++) named[i] ??= m;
  if (tokens.some((t, i) => named[i] === undefined && isNegator(t.text) && !isComparison(tokens, i))) return [];
  const toggle = toggleIn(tokens, named);
  if (toggle !== null) return [toggle];
  let from = 0;
  for (let i = 0; i <= tokens.length; i++) {
    if (i < tokens.length && !ENDS.has((tokens[i] as Token).text) && !isLabel(tokens, named, from, i)) continue;
    const nominal = nominalAt(tokens, named, from, i);
    if (nominal !== null) found.push(nominal);
    from = i + 1;
  }
  return found;
}

/** "Bulk export on please": a name, "on" or "off", and courtesy. */
function toggleIn(tokens: readonly Token[], named: readonly (Mention | undefined)[]): Nominal | null {
  if (!isPolite(tokens)) return null;
  const rest = tokens.filter((t, i) => named[i] === undefined && t.kind === 'word' && !POLITE.has(t.text));
  const [switched] = rest.filter((t) => /^(?:on|off)$/.test(t.text));
  const isBare = rest.every(
    (t) => t === switched || /^(?:the|our|for|us|now|again|hi|hello|you|back|team|all)$/.test(t.text),
  );
  if (switched === undefined || !isBare) return null;
  return { from: 0, to: tokens.length, action: switched.text === 'on' ? 'enable' : 'disable' };
}

/** "Rate limit increase to 300", "every 10 minutes instead of 30". */
const saysWish = (tokens: readonly Token[]): boolean =>
  tokens.some(
    (t, i) =>
      /^(?:increase|raise|reduction|extension|bump)$/.test(t.text) ||
      (t.text === 'of' && tokens[i - 1]?.text === 'instead') ||
      (t.text === 'than' && tokens[i - 1]?.text === 'rather'),
  );

/** "5 is not enough", "20, not 10". */
const isComparison = (tokens: readonly Token[], i: number): boolean =>
  tokens[i]?.text === 'not' &&
  (/^(?:enough|sufficient)$/.test(tokens[i + 1]?.text ?? '') || numberAt(tokens, i + 1) !== null);

/** A colon behind what names nothing: "Low priority: burst size to 25 please". */
const isLabel = (tokens: readonly Token[], named: readonly unknown[], from: number, at: number): boolean =>
  tokens[at]?.text === ':' && named.slice(from, at).every((m) => m === undefined);

const hasArrow = (tokens: readonly Token[]): boolean =>
  tokens.some((t, i) => t.text === '→' || (t.text === '>' && tokens[i - 1]?.text === '-'));

function nominalAt(
  tokens: readonly Token[],
  named: readonly (Mention | undefined)[],
  from: number,
  to: number,
): Nominal | null {
  let values = 0;
  let names = 0;
  let marks = 0;
  for (let i = from; i < to; ) {
    const mention = named[i];
    if (mention !== undefined && mention.to <= to) {
      names += 1;
      i = mention.to;
      continue;
    }
    const number = numberAt(tokens, i);
    if (number !== null) {
      values += 1;
      i = number.to;
      continue;
    }
    const { text } = tokens[i] as Token;
    if (/^(?:to|=|:|>|→|for|instead|be|every|each)$/.test(text) || POLITE.has(text)) marks += 1;
    if (!FILL.has(text) && !MARKS.has(text)) {
      // One word at the end may be the value of a key that holds words.
      const isLast = i > from && (i + 1 >= to || POLITE.has(tokens[i + 1]?.text ?? ''));
      const isIntroduced = /^(?::|=|to|of|than|>)$/.test(tokens[i - 1]?.text ?? '');
      if (!(isLast || isIntroduced) || values > 1 || names === 0) return null;
      values += 1;
    }
    i += 1;
  }
  if (names === 0 || values === 0 || marks === 0) return null;
  const words = new Set(tokens.slice(from, to).map((t) => t.text));
  const isUp = ['up', 'increase', 'raise', 'bump'].some((w) => words.has(w));
  const isDown = ['down', 'reduction', 'decrease'].some((w) => words.has(w));
  return { from, to, action: isUp === isDown ? 'set' : isUp ? 'raise' : 'lower' };
}
