import type { Line, Spoken } from './frames';
import { type Lexicon, type Mention, stem } from './lexicon';
import type { Sentence } from './tokens';
import { numberAt } from './values';
import { BASE_VERBS } from './verbs';

/** Words that may stand between a name and its value without naming anything else. */
const LINK = new Set(
  `to from of at on is are be been being was for the a an our your my us me we i it this that in as and so please pls kindly then now
   should must could can may would will shall need needs want wants like prefer get gets have has go goes run runs runs start starts lock last stay end ends
   expire expires close rather instead than not current currently present new old value values setting limit limited length only just too up down
   increased raised extended prolonged bumped lowered reduced changed set put upping raising exactly max maximum total all already every each about
   possibly perhaps also better longer more team somebody someone you let make makes give because which per after = : → > - " “ ” , ( ) $ € £ eur usd gbp no yes ok request required requested desired
   increase raise reduction extension decrease low small short high long little few tight do take bring keep keeps going goes hi hello team everyone folks called setting great nice good fine ideal enough accordingly out by hand feature too's`.split(
    /\s+/,
  ),
);

/** Only small words stand between a name and the value in its sentence, so that the value is no other thing's. */
export function leadsTo(
  { sentence: { tokens }, names, keys }: Line,
  { number, named }: Spoken,
  lexicon: Lexicon,
  capability: string,
): boolean {
  const mentions = [...names, ...keys];
  const owned = lexicon.owned.get(capability);
  const nearest = mentions.reduce<Mention | null>(
    (best, m) => (best === null || gap(m, number) < gap(best, number) ? m : best),
    null,
  );
  const clause = clauseStart(tokens, number.from);
  const [from, to] =
    nearest === null || nearest.to <= clause
      ? [clause, number.from]
      : nearest.from < number.from
        ? [nearest.to, number.from]
        : [number.to, nearest.from];
  for (let i = from; i < to; i++) {
    const token = tokens[i];
    if (token === undefined || named[i] === 1 || LINK.has(token.text) || BASE_VERBS.has(token.text)) continue;
    if (owned?.has(stem(token.text)) === true) continue;
    const covered = numberAt(tokens, i);
    if (covered !== null) {
      i = covered.to - 1;
      continue;
    }
    if (token.kind === 'number') continue;
    if (token.kind === 'word' && isMeasured(tokens, i)) continue;
    return false;
  }
  return true;
}

/** How many tokens lie between a name and a number. */
export const gap = (m: Mention, n: { from: number; to: number }): number =>
  m.to <= n.from ? n.from - m.to : m.from - n.to;

const isMeasured = (tokens: Sentence['tokens'], i: number): boolean =>
  tokens[i - 1]?.kind === 'number' ||
  /^(?:minutes?|mins?|hours?|days?|seconds?|secs?|weeks?|months?|years?|mb|gb|kb|percent|euros?|dollars?|minute|second|hour)$/.test(
    tokens[i]?.text ?? '',
  );

function clauseStart(tokens: Sentence['tokens'], at: number): number {
  for (let i = at - 1; i >= 0; i--) if (/^[,;:()]$/.test(tokens[i]?.text ?? '')) return i + 1;
  return 0;
}
