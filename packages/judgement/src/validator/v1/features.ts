import type { Evident } from './atoms';
import { type CueHit, cuesIn, cueTable } from './cue-patterns';
import { WHY_DOUBTED } from './doubts';
import { ESCALATION_CUES } from './escalation-cues';
import { type Denial, denialsIn } from './negation';
import { isNegated } from './phrases';
import type { Reading } from './read';
import { DENIABLE, SEVERITY_CUES } from './severity-cues';
import type { Sentence, Token } from './tokens';
import { TYPE_CUES as OTHER_CUES } from './type-cues';
import { numberAt } from './values';

/** What a text shows, by name: each feature is there or not. The places are the words that show it. */
export type Features = ReadonlyMap<string, readonly Evident[]>;

const TYPE_CUES = { ...OTHER_CUES, ...ESCALATION_CUES };
type Group = keyof typeof TYPE_CUES | keyof typeof SEVERITY_CUES;
const CUES = cueTable<Group>({ ...TYPE_CUES, ...SEVERITY_CUES });
const OF_TYPE: ReadonlySet<string> = new Set(Object.keys(TYPE_CUES));

/** Cues that a name's own words do not give. */
const NAME_BLIND: ReadonlySet<Group> = new Set<Group>([
  ...(Object.keys(ESCALATION_CUES) as Group[]),
  ...(['exposure', 'loss', 'money', 'down', 'outage', 'failure', 'weak_failure', 'urgent', 'blocked'] as const),
]);

/** A sentence's cues and denials; looked for once, weighed for type and for severity. */
interface Heard {
  readonly sentence: Sentence;
  readonly ofType: readonly CueHit<Group>[];
  readonly ofSeverity: readonly CueHit<Group>[];
  readonly denials: readonly Denial[];
}

/** What the sentences of a reading say, ready to be weighed. */
export function hear({ sentences, named }: Reading): readonly Heard[] {
  return sentences.map((sentence) => {
    const { tokens } = sentence;
    // "Fraud screening" is a name and tells of no fraud.
    const names = named.filter((n) => n.sentence === sentence).map((n) => n.mention);
    const isInName = (h: CueHit<Group>): boolean =>
      NAME_BLIND.has(h.group) && names.some((m) => h.from >= m.from && h.to <= m.to);
    const hits = cuesIn(CUES, tokens).filter((h) => (h.isNegative || !isNegated(tokens, h.from)) && !isInName(h));
    const ofType = hits.filter((h) => OF_TYPE.has(h.group));
    return { sentence, ofType, ofSeverity: hits.filter((h) => !OF_TYPE.has(h.group)), denials: denialsIn(tokens) };
  });
}
/** A text shorter than this says little. */
const FEW_WORDS = 6;
const MANY_WORDS = 80;
/** Sentences with a name in which a value is looked for. */
const NAMES_MAX = 10;
const PEOPLE =
  /^(?:users?|agents?|people|customers?|employees|drivers|devices|clients|visitors|records|orders|stores)$/;
const MANY_PEOPLE = 20;

class Collected {
  readonly features = new Map<string, Evident[]>();

  note(name: string, place: Evident | null): void {
    const places = this.features.get(name);
    if (places === undefined) this.features.set(name, place === null ? [] : [place]);
    else if (place !== null) places.push(place);
  }

  has(name: string): boolean {
    return this.features.has(name);
  }
}

/** What tells the type. */
export function typeFeatures(reading: Reading, heard = hear(reading)): Features {
  const seen = new Collected();
  for (const { sentence, ofType, denials } of heard) {
    noteCues(seen, sentence, ofType);
    for (const { kind, from, to } of denials) seen.note(kind, place(sentence, from, to));
  }
  noteForm(seen, reading);
  noteRequests(seen, reading);
  return withCounts(seen);
}

/** What tells the severity, with the type that was found. */
export function severityFeatures(reading: Reading, type: string, typeSeen: Features, heard = hear(reading)): Features {
  const seen = new Collected();
  for (const { sentence, ofSeverity, denials } of heard) {
    const { tokens } = sentence;
    const isDenied = isHarmless(tokens) || tokens.some((token, i) => DENIABLE.has(token.text) && isNegated(tokens, i));
    const counted = noneOfCounted(tokens);
    const telling = ofSeverity.filter((c) => c.group !== 'everybody' || c.from !== counted);
    const cues = isDenied ? telling.filter((c) => c.group === 'low' || c.group === 'bearable') : telling;
    noteCues(seen, sentence, cues);
    if (counted >= 0) seen.note('many', place(sentence, counted, counted + 2));
    for (const { kind, from, to } of denials) {
      if (kind === 'nobody_can' && !isDenied && from !== counted) seen.note('everybody', place(sentence, from, to));
      else if (kind === 'cannot') seen.note('cannot', place(sentence, from, to));
    }
    noteCounts(seen, sentence);
  }
  seen.note(`is:${type}`, null);
  if (typeSeen.has('anger')) seen.note('anger', null);
  const isFailure = type === 'bug_report';
  for (const name of [
    'urgent',
    'everybody',
    'down',
    'outage',
    'low',
    'blocked',
    'loss',
    'many',
    'bearable',
    'exposure',
    'money',
  ]) {
    if (seen.has(name) && isFailure) seen.note(`bug+${name}`, null);
  }
  if (
    seen.has('everybody') &&
    (seen.has('down') || seen.has('outage') || seen.has('cannot') || typeSeen.has('failure')) &&
    isFailure
  )
    seen.note('bug+everybody+down', null);
  const isAsk = type === 'configuration_change' || type === 'capability_request';
  for (const name of ['urgent', 'low', 'blocked']) if (seen.has(name) && isAsk) seen.note(`ask+${name}`, null);
  // "Urgent" itself says more than "asap" or "today", which many write out of habit.
  const urgent = seen.features.get('urgent') ?? [];
  if (isAsk && urgent.some(({ sentence, from }) => /^urgent/.test(sentence.tokens[from]?.text ?? '')))
    seen.note('ask+said_urgent', null);
  if (seen.has('exposure') && type === 'escalation') seen.note('escalation+exposure', null);
  return withCounts(seen);
}

/** "Nobody is harmed." */
const isHarmless = (tokens: readonly Token[]): boolean =>
  tokens.some((t, i) => HARM.test(t.text) && tokens.slice(Math.max(0, i - 4), i).some((b) => NO_ONE.test(b.text)));

const HARM = /^(?:harmed|hurt|affected|impacted|hit|harm|damage|lost)$/;
const NO_ONE = /^(?:nobody|none|no|not)$/;

/** "None of our 60 managers": many, but not everybody. Where it stands; -1: nowhere. */
const noneOfCounted = (tokens: readonly Token[]): number =>
  tokens.findIndex((t, i) => t.text === 'none' && tokens[i + 1]?.text === 'of' && tokens[i + 3]?.kind === 'number');

const place = (sentence: Sentence, from: number, to: number): Evident => ({ sentence, from, to, countedFor: '' });

function noteCues(seen: Collected, sentence: Sentence, hits: readonly CueHit<string>[]): void {
  for (const { group, from, to } of hits) {
    seen.note(group, place(sentence, from, to));
    if (sentence.field === 'subject') seen.note(`${group}@subject`, null);
  }
}

/** Many people or things: "about 200 agents". */
function noteCounts(seen: Collected, sentence: Sentence): void {
  const { tokens } = sentence;
  for (let i = 0; i + 1 < tokens.length; i++) {
    if (tokens[i]?.kind !== 'number') continue;
    const value = Number(tokens[i]?.text.replaceAll(',', ''));
    const isPeople = PEOPLE.test(tokens[i + 1]?.text ?? '') || PEOPLE.test(tokens[i + 2]?.text ?? '');
    if (value >= MANY_PEOPLE && isPeople) seen.note('many', place(sentence, i, i + 2));
  }
}

function noteForm(seen: Collected, { sentences, mail }: Reading): void {
  const body = sentences.filter((s) => s.field !== 'subject');
  const own = body.length > 0 ? body : sentences;
  const words = own.reduce((sum, s) => sum + s.tokens.length, 0);
  if (words < FEW_WORDS) seen.note('few_words', null);
  if (words > MANY_WORDS) seen.note('many_words', null);
  const questions = own.filter((s) => s.isQuestion);
  for (const q of questions) seen.note('asks', place(q, 0, q.tokens.length));
  if (questions.length > 0 && questions.length === own.length) seen.note('only_asks', null);
  if (own[0]?.isQuestion) seen.note('asks_first', null);
  if (own.at(-1)?.isQuestion) seen.note('asks_last', null);
  if (mail.hasCode) seen.note('has_code', null);
  if (mail.hasErrorCode) seen.note('has_error_code', null);
}

function noteRequests(seen: Collected, reading: Reading): void {
  const { requests, named, atoms, tasks, flaws } = reading;
  if (flaws.includes(WHY_DOUBTED.withdrawn)) seen.note('withdrawn', null);
  if (flaws.includes(WHY_DOUBTED.failing)) seen.note('failing_besides', null);
  if (requests.length === 0 && tasks === 0 && named.length > 0) noteTold(seen, reading);
  if (named.length > 0) seen.note('named', null);
  if (atoms.length > 0) seen.note('determined', null);
  for (const { sentence } of named.slice(0, NAMES_MAX)) {
    if (sentence.tokens.some((_, i) => numberAt(sentence.tokens, i) !== null)) {
      seen.note('named_with_value', null);
      break;
    }
  }
  if (tasks > 0) seen.note('asks_task', null);
  for (const { request, resolution } of requests) {
    const { sentence, verbFrom, verbTo, action } = request;
    const where = place(sentence, verbFrom, verbTo);
    const isToggle = action === 'enable' || action === 'disable' || action === 'launch';
    const known = resolution.capabilities.length > 0 ? 'known' : resolution.unknown === null ? 'nothing' : 'unknown';
    seen.note(`${isToggle ? 'toggle' : 'set'}:${known}`, where);
  }
}

/** A name without a request: asked about, or told of that it does not do what it is set to. */
function noteTold(seen: Collected, { named, sentences }: Reading): void {
  seen.note('named_only', null);
  if (seen.has('asks')) seen.note('named_only+asks', null);
  if (seen.has('asks_last')) seen.note('named_only+asks_last', null);
  const isBroken = seen.has('failure') || seen.has('weak_failure') || seen.has('cannot') || seen.has('does_not');
  if (!isBroken) seen.note('named_only+sound', null);
  const contrast = sentences.find(
    (s) => named.some((n) => n.sentence === s) && s.tokens.some((t) => CONTRASTS.has(t.text)),
  );
  const hasValue = contrast?.tokens.some((_, i) => numberAt(contrast.tokens, i) !== null) === true;
  if (hasValue && !seen.has('asks_first')) seen.note('set_but', null);
}

const CONTRASTS = new Set(['but', 'though', 'although', 'yet', 'still', 'however', 'nevertheless', 'while']);

/** A second and a third hint of one kind count for themselves. */
function withCounts(seen: Collected): Features {
  for (const [name, places] of [...seen.features]) {
    if (places.length >= 2) seen.note(`${name}#2`, null);
    if (places.length >= 3) seen.note(`${name}#3`, null);
  }
  return seen.features;
}
