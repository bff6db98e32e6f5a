import { phrasesIn, phraseTable } from './phrases';
import type { Sentence, Token } from './tokens';
import { numberAt } from './values';

/** Conditions that only make a request polite. */
const POLITE = phraseTable<'polite'>([
  {
    value: 'polite',
    phrases: [
      'if possible',
      'if you could',
      'whether you could',
      'whether you can',
      'whether it is possible',
      'wondering if',
      'wondering whether',
      'it would be great if',
      'would be great if',
      'appreciate it if',
      'grateful if',
      'great if',
      'nice if',
      'good if',
      'lovely if',
      'happy if',
      'glad if',
      'helpful if',
      'fantastic if',
      'awesome if',
      'love it if',
      'if that can',
      'if that works',
      'if this can',
      'if at all possible',
      'if feasible',
      'if you could please',
      'if someone could',
      'if somebody could',
      'if there is a way',
      'whether someone could',
      'if you can',
      'if you would',
      'if you please',
      "if that's possible",
      'if that is possible',
      "if that's ok",
      'if that is ok',
      "if it's possible",
      'if it is possible',
      "if you don't mind",
      'whenever it suits',
      'whenever you have',
      'whenever you get',
      'whenever possible',
      'whenever convenient',
      'when you have a moment',
      'when you have a minute',
      'when you find the time',
      'when you find time',
      'when convenient',
      'if time allows',
      'when you get around',
      'if you have time',
      'when you can',
      'when possible',
      'when you have time',
      'when you get a chance',
      'whenever you can',
      'as soon as you can',
      'once you have time',
      'wondering if you could',
    ],
  },
]);

/** What makes a request one that a change of a setting would not fulfil. */
const BLOCKERS = phraseTable<string>([
  {
    value: 'the request depends on a condition',
    phrases: [
      'if',
      'unless',
      'when',
      'whenever',
      'once',
      'in case',
      'whether',
      'depending on',
      'as long as',
      'provided that',
      'after',
      'before',
      'as soon as',
      'subject to',
      'pending',
    ],
  },
  {
    value: 'the request is for a limited time',
    phrases: [
      'temporarily',
      'temporary',
      'until',
      'till',
      'for the next',
      'for today',
      'this weekend',
      'next week',
      'next month',
      'next monday',
      'tomorrow',
      'tonight',
      'starting',
      'over the weekend',
      'for a day',
      'for a week',
      'for a month',
      'for an hour',
      'during',
      'for now',
      'for a while',
      'for a few',
      'for a couple',
      'on monday',
      'on friday',
    ],
  },
  {
    value: 'the request is for a part of the users only',
    phrases: [
      'only for',
      'just for',
      'but not for',
      'except for',
      'except',
      'only the',
      'only',
      'vip',
      'for everyone but',
      'for tenant',
      'for customer',
      'for user',
      'for account',
    ],
  },
  {
    value: 'the request is for another environment',
    phrases: [
      'staging',
      'sandbox',
      'test environment',
      'dev environment',
      'development environment',
      'test system',
      'uat',
      'qa environment',
    ],
  },
]);

const LIMITED = 'the request is for a limited time';

/** "…, the auditors come tomorrow": a clause of its own that says when something else is. */
function isInOtherClause(tokens: readonly Token[], verb: number, at: number): boolean {
  for (let i = at - 1; i > verb; i--) {
    if (tokens[i]?.text !== ',') continue;
    return /^(?:the|our|we|i|they|it|there|my|a|an)$/.test(tokens[i + 1]?.text ?? '');
  }
  return false;
}

/** "for our VIP customers", "for merchant 8812": for some and not for others. */
function isForSome(tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (tokens[i]?.text !== 'for') continue;
    for (let j = i + 1; j < to && j <= i + 4; j++) {
      const { text, kind } = tokens[j] as Token;
      if (kind === 'mark' || text === 'for') break;
      if (!WHO.test(text)) continue;
      const between = tokens.slice(i + 1, j).map((t) => t.text);
      if (tokens[j + 1]?.kind === 'number' || !between.every((word) => WHOSE.has(word))) return true;
    }
  }
  return false;
}

/** "For the night shift", "for some pages": a part, as far as can be told. */
function isForPart(tokens: readonly Token[], from: number, to: number, named: Uint8Array): boolean {
  for (let i = from; i + 2 < to; i++) {
    if (tokens[i]?.text !== 'for' || !/^(?:the|these|those|some|certain|selected)$/.test(tokens[i + 1]?.text ?? ''))
      continue;
    if (named[i + 2] !== 1 && !WHOLE.has(tokens[i + 2]?.text ?? '')) return true;
  }
  return false;
}

const WHOLE = new Set(
  `account whole entire tenant workspace org organisation organization company team platform api integration project
   system site shop store time following same above reason reasons sake production business long campaign sale users customers`.split(
    /\s+/,
  ),
);
const WHO =
  /^(?:customers?|users?|agents?|tenants?|accounts?|clients?|merchants?|devices?|stores?|shops?|teams?|category|categories|groups?|organi[sz]ations?|org)$/;
const WHOSE = new Set(
  'our all the of your every these their my whole entire production complete own company its us'.split(' '),
);

const TIME_UNITS = /^(?:minutes?|mins?|hours?|days?|weeks?|months?)$/;

/** The first thing that stands against acting on a request; null: nothing. */
export function blockersIn(
  { tokens }: Sentence,
  from: number,
  verb: number,
  to: number,
  named: Uint8Array,
): string | null {
  const polite = phrasesIn(POLITE, tokens, from, to);
  for (const hit of phrasesIn(BLOCKERS, tokens, from, to)) {
    if (polite.some((p) => hit.from >= p.from && hit.from < p.to)) continue;
    const first = tokens[hit.from]?.text;
    if ((first === 'after' || first === 'before') && numberAt(tokens, hit.to) !== null) continue;
    if (first === 'only' && (tokens[hit.to]?.text === 'be' || numberAt(tokens, hit.to) !== null)) continue;
    if (hit.value === LIMITED && isInOtherClause(tokens, verb, hit.from)) continue;
    return hit.value;
  }
  if (isForSome(tokens, verb, to) || isForPart(tokens, verb, to, named))
    return 'the request is for a part of the users only';
  return isForSomeTime(tokens, verb, to) ? LIMITED : null;
}

/** "for two weeks", unless that is what is to last. */
function isForSomeTime(tokens: readonly Token[], verb: number, to: number): boolean {
  if (/^(?:last|stay|be)$/.test(tokens[verb]?.text ?? '')) return false;
  for (let i = verb; i + 2 < to; i++) {
    if (tokens[i]?.text === 'for' && TIME_UNITS.test(tokens[i + 2]?.text ?? '')) return true;
  }
  return false;
}
