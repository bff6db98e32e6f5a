import { type Lexicon, mentionsIn, stem } from './lexicon';
import { phrasesIn, phraseTable } from './phrases';
import type { Request } from './requests';
import type { Token } from './tokens';
import { numberAt } from './values';
import { AFTER_NAME, REASON_STARTS } from './words';

const PREPOSITIONS = new Set(
  `for on at in of from within with without across throughout among against per inside outside under above below through
   via between behind beyond`.split(/\s+/),
);

/** What may follow a preposition without being a part of the whole. */
const WHOLE = phraseTable<'whole'>([
  {
    value: 'whole',
    phrases: [
      ...[
        'us',
        'me',
        'everyone',
        'everybody',
        'all',
        'everything',
        'everywhere',
        'now on',
        'course',
        'once',
        'advance',
      ],
      ...['our account', 'my account', 'the account', 'this account', 'your account', 'our accounts', 'our tenant'],
      ...['the tenant', 'this tenant', 'our company', 'the company', 'the whole company', 'our organisation'],
      ...[
        'our organization',
        'our org',
        'our workspace',
        'the workspace',
        'our instance',
        'our plan',
        'our subscription',
      ],
      ...['the platform', 'our platform', 'our system', 'the system', 'our side', 'your side', 'our end', 'your end'],
      ...['our entire', 'our whole', 'the entire', 'the whole', 'production', 'that', 'this', 'it', 'both', 'each'],
      ...['immediate effect', 'immediate', 'your earliest', 'your help', 'the help', 'your support', 'your time'],
      ...['all our', 'all of', 'all the', 'every', 'any', 'your', 'the moment', 'the time', 'present', 'least'],
      ...[
        'our users',
        'our customers',
        'our store',
        'our site',
        'our shop',
        'our desk',
        'you to',
        'instead',
        'the great',
        'the quick',
        'the fast',
        'better',
        'more',
        'improved',
        'faster',
      ],
      ...['less', 'fewer', 'security reasons', 'compliance reasons', 'compliance', 'safety', 'security', 'performance'],
      ...['legal reasons', 'privacy reasons', 'cost reasons', 'mind', 'regards', 'regard', 'respect', 'good', 'short'],
      ...['the above', 'the following', 'reference', 'question', 'general', 'total', 'future', 'value', 'full', 'line'],
    ],
  },
]);

/** Small words between a preposition and the name or value it leads to. */
const SMALL = new Set(
  `the our your a an my its this that all new current existing present old usual default up exactly total max maximum
   about around only just value to by at of from what is be`.split(/\s+/),
);

/** A part of the users, a place, a denominator: what limits a determined request; null: it is for the whole. */
export function limitOf(request: Request, capabilities: readonly string[], lexicon: Lexicon): string | null {
  const { tokens } = request.sentence;
  const covered = coverOf(request, lexicon);
  const owned = capabilities.map((name) => lexicon.owned.get(name));
  coverOwn(tokens, owned, covered);
  for (let i = 0; i < request.to; i++) {
    if (covered[i] === 1 || !PREPOSITIONS.has(tokens[i]?.text ?? '')) continue;
    if (isParticle(request, i) || isOfAnotherClause(request, i) || isOfName(tokens, i, owned)) continue;
    if (!leadsToKnown(tokens, i + 1, request.to, covered)) {
      return `"${said(request, i)}" limits the request or was not understood`;
    }
  }
  return null;
}

/** "Turn it *on* for us", "instead *of* standard", "*per* our new policy". */
function isParticle({ sentence: { tokens }, verbFrom }: Request, i: number): boolean {
  const word = tokens[i]?.text;
  if (word === 'of') return tokens[i - 1]?.text === 'instead';
  if (word === 'per') return i === 0;
  const isToggle = /^(?:turn|switch|flip|put|turned|switched)/.test(tokens[verbFrom]?.text ?? '');
  return word === 'on' && isToggle && i > verbFrom && !tokens.slice(verbFrom, i).some((t) => t.text === 'on');
}

/** Before the request: why it is made. Behind it: a clause of its own ("…, bursts are rejected on node 4"). */
function isOfAnotherClause({ sentence: { tokens }, verbFrom, verbTo }: Request, i: number): boolean {
  if (i < verbFrom) return tokens[0]?.text === 'following' || phrasesIn(REASON_STARTS, tokens, 0, i).length > 0;
  for (let j = i - 1; j >= verbTo; j--) {
    if (tokens[j]?.text !== ',') continue;
    const clause = tokens.slice(j + 1, i).map((t) => t.text);
    return !/^(?:it|this|that|which)$/.test(clause[0] ?? '') && clause.some((word) => FINITE.test(word));
  }
  return false;
}

const FINITE = /^(?:is|are|was|were|have|has|do|does|can|will|would|need|needs|keep|keeps|get|got)$/;

/** "50,000 rows *per export*" of a bulk export. */
const isOfName = (tokens: readonly Token[], i: number, owned: readonly (ReadonlySet<string> | undefined)[]): boolean =>
  tokens[i]?.text === 'per' && owned.some((words) => words?.has(stem(tokens[i + 1]?.text ?? '')) === true);

/** The tokens that belong to a name, a number or the verb. */
function coverOf({ sentence: { tokens }, verbFrom, verbTo }: Request, { capabilities, keys }: Lexicon): Uint8Array {
  const covered = new Uint8Array(tokens.length);
  for (const { from, to } of [...mentionsIn(tokens, capabilities), ...mentionsIn(tokens, keys)])
    covered.fill(1, from, to);
  for (let i = 0; i < tokens.length; i++) {
    const number = numberAt(tokens, i);
    if (number !== null) covered.fill(1, number.from, number.to);
  }
  covered.fill(1, verbFrom, verbTo);
  return covered;
}

/** "The limit *for expenses*": a word of the capability's own names, and nothing that it would describe. */
function coverOwn(
  tokens: readonly Token[],
  owned: readonly (ReadonlySet<string> | undefined)[],
  covered: Uint8Array,
): void {
  for (let i = 0; i < tokens.length; i++) {
    const next = tokens[i + 1];
    if (next !== undefined && next.kind === 'word' && !AFTER_NAME.has(next.text)) continue;
    if (owned.some((words) => words?.has(stem(tokens[i]?.text ?? '')) === true)) covered[i] = 1;
  }
}

function leadsToKnown(tokens: readonly Token[], from: number, to: number, covered: Uint8Array): boolean {
  if (phrasesIn(WHOLE, tokens, from, Math.min(tokens.length, from + 4))[0]?.from === from) return true;
  let i = from;
  while (i < to && covered[i] !== 1 && SMALL.has(tokens[i]?.text ?? '')) i += 1;
  // "Turn it on", "turn it on, please": no preposition at all.
  if (i >= to || covered[i] === 1) return true;
  const { kind, text } = tokens[i] as Token;
  return i === from && (kind === 'mark' ? !/["'“‘/#(]/.test(text) : NO_NOUN.has(text));
}

const NO_NOUN = new Set(
  'please pls kindly again and or asap now today immediately thanks thank instead because as so then'.split(' '),
);

const SAID_WORDS = 4;
const said = ({ sentence: { tokens } }: Request, from: number): string =>
  tokens
    .slice(from, from + SAID_WORDS)
    .map((t) => t.text)
    .join(' ');
