import type { Registry } from '@mandate/contracts';
import type { Atom, Resolution } from './atoms';
import { WITHDRAWALS } from './cues';
import { lexiconOf, type Mention, mentionsIn } from './lexicon';
import { ownSpans } from './own-words';
import { phrasesIn } from './phrases';
import { type Request, requestsIn } from './requests';
import { resolve } from './resolve';
import { isTitleOf, isTitleTask, opposes } from './title';
import { type Sentence, sentencesOf } from './tokens';

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
}

/** A request in the CRM's own words, or a mail; the subject is read first. Linear in the length of the texts. */
export function readIssue(subject: string, body: string, registry: Registry): Reading {
  const sentences = [
    ...sentencesOf('subject', subject, [[0, subject.length]]),
    ...sentencesOf('body', body, ownSpans(body)),
  ];
  return readSentences(sentences, registry);
}

/** Nobody can approve more than this at once; what asks for it is left to a human. */
const REQUESTS_MAX = 50;

/** Reads sentences in their order. */
export function readSentences(sentences: readonly Sentence[], registry: Registry): Reading {
  const lexicon = lexiconOf(registry);
  const named: Named[] = [];
  const requests: { request: Request; resolution: Resolution }[] = [];
  const spokenOf = new Set<string>();
  const keysOf = new Map<string, Set<string>>();
  const flaws: string[] = [];
  const tasks: Task[] = [];
  for (const sentence of sentences) {
    const context = only(spokenOf);
    const contextKey = context === null ? null : only(keysOf.get(context) ?? new Set());
    const found = requestsIn(sentence);
    for (const request of found.requests.slice(0, REQUESTS_MAX - requests.length)) {
      requests.push({ request, resolution: resolve(request, { registry, lexicon, context, contextKey }) });
    }
    if (found.requests.length > 0 && requests.length === REQUESTS_MAX) flaws.push('the text asks for too many things');
    for (const at of found.otherTasks) tasks.push({ sentence, at });
    for (const mention of mentionsIn(sentence.tokens, lexicon.capabilities)) {
      named.push({ sentence, mention });
      for (const { capability } of mention.meanings) spokenOf.add(capability);
    }
    noteKeys(mentionsIn(sentence.tokens, lexicon.keys), keysOf);
    if (phrasesIn(WITHDRAWALS, sentence.tokens).length > 0)
      flaws.push('the text takes something back or gives an example');
  }
  return { sentences, named, requests, ...together(requests, tasks, flaws, registry) };
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
  { flaw, capabilities }: Resolution,
  settled: readonly Atom[],
  registry: Registry,
): boolean {
  const isOnlyOpen = blocker === null && flaw !== null && flaw.startsWith('it does not say');
  const isSettled = (c: string): boolean =>
    settled.some((atom) => atom.capability === c && !opposes(action, atom, registry));
  return isOnlyOpen && capabilities.length > 0 && capabilities.every(isSettled);
}

/** "This should be easy": a wanted state of nothing the registry has. */
function isAboutNothing(request: Request, { capabilities, unknown }: Resolution): boolean {
  return request.from < request.verbFrom && capabilities.length === 0 && unknown === null;
}
