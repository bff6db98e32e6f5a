import type { Token } from './tokens';

/** What is said not to be done or possible: "the dialog doesn't close", "we cannot log in". */
export interface Denial {
  readonly kind: 'cannot' | 'does_not' | 'nobody_can';
  readonly from: number;
  readonly to: number;
}

const ABLE = new Set(['cannot', "can't", 'cant', "couldn't", 'couldnt', 'unable']);
const DOES_NOT = new Set(
  "doesn't don't isn't aren't won't didn't hasn't haven't wasn't weren't wouldn't never doesnt dont isnt didnt wont".split(
    ' ',
  ),
);
const AUXILIARIES = new Set('do does did is are was were has have had will would can could be been being'.split(' '));
const SPEAKERS = new Set(['i', 'we', 'you', 'please', 'to', 'and', 'or', 'but', 'so', 'they']);
/** What a person does not want or know is no failure. */
const MINDS = new Set(
  `want need know like think mind understand care matter have use remember plan expect believe find say tell wait get see
   agree trust enough urgent critical important pressing sure able allowed required necessary interested possible a an the
   only just my our your it's hesitate worry bother`.split(/\s+/),
);
const NOBODY = new Set(['nobody', 'none']);

/** The denials of a sentence, in order. */
export function denialsIn(tokens: readonly Token[]): readonly Denial[] {
  const denials: Denial[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const text = tokens[i]?.text as string;
    const next = tokens[i + 1]?.text ?? '';
    if (
      NOBODY.has(text) ||
      (text === 'no' && /^(?:one|customers?|users?|agents?|payments?|orders?|devices?|messages?|visitors?)$/.test(next))
    ) {
      const modal = text === 'no' ? (tokens[i + 2]?.text ?? '') : next;
      if (/^(?:can|could|is|are|of|has|gets?|receives?|works?|coming|go|goes)$/.test(modal))
        denials.push({ kind: 'nobody_can', from: i, to: i + (text === 'no' ? 3 : 2) });
      continue;
    }
    const isCannot = ABLE.has(text) || (text === 'can' && next === 'not') || (text === 'not' && next === 'able');
    if (isCannot) {
      const verb = text === 'can' ? (tokens[i + 2]?.text ?? '') : next;
      if (!MINDS.has(verb) || text === 'unable' || next === 'able')
        denials.push({ kind: 'cannot', from: i, to: i + 2 });
      continue;
    }
    const isNot = DOES_NOT.has(text) || (text === 'not' && AUXILIARIES.has(tokens[i - 1]?.text ?? ''));
    if (!isNot || i === 0) continue;
    const subject = tokens[text === 'not' ? i - 2 : i - 1];
    if (subject === undefined || subject.kind === 'mark' || SPEAKERS.has(subject.text)) continue;
    if (next === '' || MINDS.has(next)) continue;
    denials.push({ kind: 'does_not', from: text === 'not' ? i - 1 : i, to: i + 2 });
  }
  return denials;
}
