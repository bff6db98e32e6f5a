import { phrasesIn, phraseTable } from './phrases';
import type { Sentence, Token } from './tokens';

/** Conditions that only make a request polite. */
const POLITE = phraseTable<'polite'>([
  {
    value: 'polite',
    phrases: [
      'if possible',
      'if you could',
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

const TIME_UNITS = /^(?:minutes?|mins?|hours?|days?|weeks?|months?)$/;

/** The first thing that stands against acting on a request; null: nothing. */
export function blockersIn({ tokens }: Sentence, from: number, verb: number, to: number): string | null {
  const polite = phrasesIn(POLITE, tokens, from, to);
  for (const hit of phrasesIn(BLOCKERS, tokens, from, to)) {
    if (polite.some((p) => hit.from >= p.from && hit.from < p.to)) continue;
    return hit.value;
  }
  return isForSomeTime(tokens, verb, to) ? 'the request is for a limited time' : null;
}

/** "for two weeks", unless that is what is to last. */
function isForSomeTime(tokens: readonly Token[], verb: number, to: number): boolean {
  if (/^(?:last|stay|be)$/.test(tokens[verb]?.text ?? '')) return false;
  for (let i = verb; i + 2 < to; i++) {
    if (tokens[i]?.text === 'for' && TIME_UNITS.test(tokens[i + 2]?.text ?? '')) return true;
  }
  return false;
}
