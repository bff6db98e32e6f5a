import type { Registry } from '@mandate/contracts';
import type { Atom, Resolution } from './atoms';
import { cuesIn, cueTable } from './cue-patterns';
import { doubtsIn, WHY_DOUBTED } from './doubts';
import { frameIn, type Line } from './frames';
import { type Lexicon, lexiconOf, type Mention, mentionsIn } from './lexicon';
import { isPolite } from './nominal';
import { type Mail, readMail } from './own-words';
import { phrasesIn } from './phrases';
import { type Request, requestsIn, type SentenceRequests } from './requests';
import { resolve } from './resolve';
import { limitOf } from './scope';
import { isTitleOf, isTitleTask, opposes } from './title';
import { type Sentence, sentencesOf } from './tokens';
import { numberAt } from './values';
import { WITHDRAWALS } from './words';

/** A capability named in a sentence. */
export interface Named {
  readonly sentence: Sentence;
  readonly mention: Mention;
}

/** What a text asks for and speaks of. */
export interface Reading {
  readonly sentences: readonly Sentence[];
  readonly named: readonly Named[];
  readonly requests: readonly { readonly request: Request; readonly resolution: Resolution }[];
  /** Everything asked for, wholly determined; empty as soon as one thing is not. */
  readonly atoms: readonly Atom[];
  /** Why there is nothing, or not everything; in the order of the text. */
  readonly flaws: readonly string[];
  readonly unknown: readonly string[];
  /** How often it asks for something that is no change of a setting. */
  readonly tasks: number;
  readonly mail: Mail;
}

/** A request in the CRM's own words, or a mail; the subject is read first. Linear in the length of the texts. */
export function readIssue(subject: string, body: string, registry: Registry): Reading {
  const mail = readMail(body);
  const sentences = [...sentencesOf('subject', subject, [[0, subject.length]]), ...sentencesOf('body', body, mail.own)];
  return readSentences(sentences, registry, mail);
}

/** Nobody can approve more than this at once; what asks for it is left to a human. */
const REQUESTS_MAX = 50;

const NO_MAIL: Mail = { own: [], hasCode: false, hasErrorCode: false };

/** Reads sentences in their order. */
export function readSentences(sentences: readonly Sentence[], registry: Registry, mail = NO_MAIL): Reading {
  const lexicon = lexiconOf(registry);
  const named: Named[] = [];
  const requests: { request: Request; resolution: Resolution }[] = [];
  const spokenOf = new Set<string>();
  const keysOf = new Map<string, Set<string>>();
  const flaws: string[] = [];
  const tasks: Task[] = [];
  const lines: Line[] = [];
  let isListed = announcesList(sentences);
  for (const sentence of sentences) {
    const ownNames = mentionsIn(sentence.tokens, lexicon.capabilities);
    const ownKeys = mentionsIn(sentence.tokens, lexicon.keys);
    const found = requestsIn(sentence, [...ownNames, ...ownKeys], isListed);
    isListed ||= isPolite(sentence.tokens) || sentence.tokens.some((t) => ANNOUNCES.has(t.text));
    const first = requests.length;
    for (const request of found.requests.slice(0, REQUESTS_MAX - requests.length)) {
      const context = contextOf(request, ownNames, ownKeys, spokenOf, keysOf);
      requests.push({ request, resolution: resolve(request, { registry, lexicon, ...context }) });
    }
    if (found.requests.length > 0 && requests.length === REQUESTS_MAX) flaws.push('the text asks for too many things');
    for (const at of found.otherTasks) tasks.push({ sentence, at });
    for (const mention of ownNames) {
      named.push({ sentence, mention });
      for (const { capability } of mention.meanings) spokenOf.add(capability);
    }
    for (const mention of ownKeys) if (isTelling(mention, ownNames)) named.push({ sentence, mention });
    noteKeys(ownKeys, keysOf);
    const isLeft = isLeftOver(sentence, found, [...ownNames, ...ownKeys], requests.length > 0);
    if (isLeft) flaws.push(LEFT_OVER);
    if (phrasesIn(WITHDRAWALS, sentence.tokens).length > 0) flaws.push(WHY_DOUBTED.withdrawn);
    const own = requests.slice(first);
    lines.push({
      sentence,
      names: ownNames,
      keys: ownKeys,
      requests: own,
      tasks: found.otherTasks,
      isLeftOver: isLeft,
    });
  }
  const apart = together(requests, tasks, flaws, registry);
  const frame =
    apart.atoms.length === 0 && !flaws.some((f) => f !== LEFT_OVER) ? frameIn(lines, registry, lexicon) : null;
  if (frame !== null) requests.push(frame);
  const read = frame === null ? apart : { atoms: frame.resolution.atoms, flaws: [], unknown: [] };
  const doubts = read.atoms.length > 0 ? doubtsAbout(sentences, requests, lexicon) : [];
  const sure = doubts.length > 0 ? { ...read, atoms: [], flaws: doubts } : read;
  return { sentences, named, requests, ...sure, tasks: tasks.length, mail };
}

/** What stands against acting on a wholly determined text. */
function doubtsAbout(
  sentences: readonly Sentence[],
  requests: Reading['requests'],
  lexicon: Lexicon,
): readonly string[] {
  const asked = requests.filter(({ resolution }) => resolution.atoms.length > 0);
  const limits = asked.flatMap(({ request, resolution }) => limitOf(request, resolution.capabilities, lexicon) ?? []);
  const doubts = doubtsIn(
    sentences,
    asked.map(({ request }) => request),
  );
  return [...doubts, ...new Set(limits)];
}

const LEFT_OVER = 'it may ask for more than is understood';

/** "Please process", "please confirm when done": what is listed above is asked for. */
const announcesList = (sentences: readonly Sentence[]): boolean =>
  sentences.some(({ tokens }) =>
    tokens.some((t, i) => /^(?:please|kindly)$/.test(t.text) && PROCESSED.test(tokens[i + 1]?.text ?? '')),
  );

const PROCESSED = /^(?:process|confirm|adjust|change|update|implement|apply|set|make|do|arrange|action|proceed)$/;

const GOES_ON = new Set(['and', 'plus', 'same', 'second', 'secondly']);
const BESIDES = new Set(['also', 'additionally', 'furthermore', 'besides', 'moreover']);
/** What a person may be asked besides without a change of anything. */
const HARMLESS =
  /^(?:escalate|let|confirm|advise|note|find|see|tell|inform|reply|respond|answer|call|contact|bear|feel|excuse|accept|keep|do|don't|thank|thanks|have|be|make|go|help|ask|forward|pass|treat|consider|remember|understand|say|write|come|get|close|acknowledge|process|proceed|action|implement|apply|and|to|as|asap|if|when|on|for|immediately|now|today)$/;

/** A sentence without an understood request that still sounds like one: "And the burst to 80, please". */
function isLeftOver(
  { tokens, isQuestion, field }: Sentence,
  { requests, otherTasks }: SentenceRequests,
  mentions: readonly Mention[],
  hasRequests: boolean,
): boolean {
  if (requests.length > 0 || otherTasks.length > 0 || field === 'subject') return false;
  const first = tokens[0]?.text ?? '';
  const please = tokens.findIndex((t) => t.text === 'please' || t.text === 'kindly');
  if (please >= 0) {
    const next = tokens[please + 1];
    if (next !== undefined && next.kind === 'word' && !HARMLESS.test(next.text)) return true;
    if (mentions.length > 0) return true;
  }
  if (!hasRequests || isQuestion) return false;
  if (BESIDES.has(first)) return true;
  const hasValue = tokens.some((_, i) => numberAt(tokens, i) !== null);
  if (GOES_ON.has(first) && (mentions.length > 0 || hasValue)) return true;
  return cuesIn(MORE_ASKED, tokens).length > 0;
}

/** "We would also like …", "another thing": something else is wanted. */
const MORE_ASKED = cueTable({
  more: `
    also need|want|like|love|require|please|noticed|have
    also|additionally we|i|could|can|would|please|the|there|our
    another|second|one|other thing|request|issue|problem|question|more
    would|we'd|i'd love|like a|an|some|more|better|the|our
    feature request
    need|want a|an new|better|other|different`,
});

/** A key's name of several words that only one capability has, and that is not part of a capability's own name. */
const isTelling = ({ from, to, meanings }: Mention, names: readonly Mention[]): boolean =>
  to - from > 1 &&
  new Set(meanings.map((m) => m.capability)).size === 1 &&
  !names.some((n) => n.from <= from && to <= n.to);

/** Words that announce a list of changes. */
const ANNOUNCES = new Set(['change', 'changes', 'following', 'adjust', 'update', 'set', 'need', 'request']);

/** What "it" stands for: what the same sentence names before the request, else the one thing spoken of before. */
function contextOf(
  { verbFrom }: Request,
  names: readonly Mention[],
  keys: readonly Mention[],
  spokenOf: ReadonlySet<string>,
  keysOf: ReadonlyMap<string, ReadonlySet<string>>,
): { context: string | null; contextKey: string | null } {
  const capabilities = new Set<string>();
  const keysHere = new Map<string, Set<string>>();
  for (const m of [...names, ...keys.filter((k) => k.to - k.from > 1)]) {
    if (m.to <= verbFrom) for (const { capability } of m.meanings) capabilities.add(capability);
  }
  noteKeys(
    keys.filter((k) => k.to <= verbFrom),
    keysHere,
  );
  const here = capabilities.size > 0 ? only(capabilities) : only(spokenOf);
  if (here === null) return { context: null, contextKey: null };
  const said = keysHere.get(here) ?? keysOf.get(here) ?? new Set<string>();
  return { context: here, contextKey: only(said) };
}

const only = (names: ReadonlySet<string>): string | null => (names.size === 1 ? ([...names][0] as string) : null);

function noteKeys(mentions: readonly Mention[], keysOf: Map<string, Set<string>>): void {
  for (const { meanings } of mentions) {
    for (const { capability, key } of meanings) {
      if (key !== null) keysOf.set(capability, (keysOf.get(capability) ?? new Set()).add(key));
    }
  }
}

/** A verb of something that is no change of a setting. */
interface Task {
  readonly sentence: Sentence;
  readonly at: number;
}

/** All requests together: what one says again is one, what contradicts or stays open leaves nothing. */
function together(
  requests: Reading['requests'],
  tasks: readonly Task[],
  others: readonly string[],
  registry: Registry,
): Pick<Reading, 'atoms' | 'flaws' | 'unknown'> {
  const flaws = [...others];
  const atoms = new Map<string, Atom>();
  const unknown = new Set<string>();
  const wanted = requests.filter(({ request }) => !request.isNegated);
  for (const { resolution } of wanted) {
    for (const atom of resolution.atoms) {
      const target = targetOf(atom);
      const before = atoms.get(target);
      if (before === undefined) atoms.set(target, atom);
      else if (!isSame(before, atom)) flaws.push(`the text asks for two different things of ${target}`);
    }
  }
  const settled = [...atoms.values()];
  const body = wanted.flatMap((r) => (r.request.sentence.field === 'subject' ? [] : r.resolution.atoms));
  for (const { request, resolution } of wanted) {
    if (isTitleOf(request, resolution, body, registry)) continue;
    if (resolution.unknown !== null) unknown.add(resolution.unknown);
    if (resolution.flaw === null || isSaidElsewhere(request, resolution, settled, registry)) continue;
    if (isAboutNothing(request, resolution)) continue;
    flaws.push(resolution.flaw);
  }
  for (const { sentence, at } of tasks) {
    if (!isTitleTask(sentence, at, body, registry))
      flaws.push(`"${sentence.tokens[at]?.text}" is not a change of a setting`);
  }
  for (const { request, resolution } of requests) {
    const isRefused = request.isNegated && settled.some((a) => resolution.capabilities.includes(a.capability));
    if (isRefused) flaws.push('the text asks for something and against it');
  }
  return { atoms: flaws.length > 0 ? [] : settled, flaws, unknown: [...unknown].sort() };
}

const targetOf = (atom: Atom): string => (atom.kind === 'set' ? `${atom.capability}#${atom.key}` : atom.capability);

function isSame(a: Atom, b: Atom): boolean {
  if (a.kind === 'set' && b.kind === 'set') return a.value === b.value;
  if (a.kind === 'enable' && b.kind === 'enable') return a.lifecycle === b.lifecycle;
  return a.kind === b.kind;
}

/** "Raise the API rate limit" says no value; another sentence does, for the same capability and not the other way. */
function isSaidElsewhere(
  { blocker, action }: Request,
  { flaw, capabilities, keys = [] }: Resolution,
  settled: readonly Atom[],
  registry: Registry,
): boolean {
  const isOnlyOpen = blocker === null && flaw !== null && flaw.startsWith('it does not say');
  const isSettled = (c: string): boolean =>
    settled.some((atom) => atom.capability === c && !opposes(action, atom, registry));
  const isKeySettled = keys.length === 0 || keys.some((key) => settled.some((atom) => targetOf(atom) === key));
  return isOnlyOpen && capabilities.length > 0 && capabilities.every(isSettled) && isKeySettled;
}

/** "This should be easy": a wanted state of nothing the registry has. */
function isAboutNothing(request: Request, { capabilities, unknown }: Resolution): boolean {
  return request.from < request.verbFrom && capabilities.length === 0 && unknown === null;
}
