import type { Registry } from '@mandate/contracts';
import type { Atom, Resolution } from './atoms';
import { isBesides, isValueAsked } from './frame-asks';
import { gap, leadsTo } from './frame-links';
import { type Heard, numbersIn } from './frame-numbers';
import { type Lexicon, type Mention, stem } from './lexicon';
import { standsIn } from './names';
import { phrasesIn } from './phrases';
import { blockersIn } from './request-blockers';
import type { Request } from './requests';
import { chooseKey, countsIn } from './setting-key';
import { settle } from './setting-value';
import type { StatedValue } from './stated-values';
import type { Sentence } from './tokens';
import { unitOfKey } from './units';
import { REASON_STARTS } from './words';

/** A sentence with what it names and what was heard in it as requests. */
export interface Line {
  readonly sentence: Sentence;
  readonly names: readonly Mention[];
  readonly keys: readonly Mention[];
  readonly requests: readonly { readonly request: Request; readonly resolution: Resolution }[];
  readonly tasks: readonly number[];
  /** It sounded like a request that was not understood. */
  readonly isLeftOver: boolean;
}

/** Longer texts tell stories; their values are not put together from several sentences. */
const TOKENS_MAX = 300;
const NUMBERS_MAX = 12;
/** Flaws that only say that a request's words do not stand together. */
const SCATTERED =
  /^it does not say (?:what|which value|of which|which setting|one exact)|is not a number$|^it is not clear which|^".*" is not a value of/;
const SOFT_TASKS = /^(?:give|allow|provide|grant|implement|send|introduce)$/;

/**
 * One value for one setting, put together from all sentences of a text: what a verb, a name and a value are together
 * in most requests, people also spread ("We keep running into the cap of 100 requests a minute. 250, please!"). Every
 * number of the text must be accounted for, exactly one may be the new value. Null: the text is not of that kind.
 */
export function frameIn(
  lines: readonly Line[],
  registry: Registry,
  lexicon: Lexicon,
): { request: Request; resolution: Resolution } | null {
  if (lines.reduce((sum, l) => sum + l.sentence.tokens.length, 0) > TOKENS_MAX) return null;
  const isHopeful = lines.every(
    (line) => line.requests.every(({ request, resolution }) => isScattered(request, resolution)) && areSoft(line),
  );
  if (!isHopeful) return null;
  const capability = oneCapability(lines);
  const state = capability === null ? undefined : registry.capabilities.get(capability);
  if (capability === null || state === undefined) return null;
  const heard: Spoken[] = [];
  for (const line of lines) {
    const named = new Uint8Array(line.sentence.tokens.length);
    for (const m of [...line.names, ...line.keys]) named.fill(1, m.from, m.to);
    const owned = lexicon.owned.get(capability);
    const found = numbersIn(line.sentence.tokens, named);
    line.sentence.tokens.forEach((t, i) => {
      if (owned?.has(stem(t.text)) === true) named[i] = 1;
    });
    for (const h of found) heard.push({ ...h, line, named });
  }
  if (heard.length === 0 || heard.length > NUMBERS_MAX) return null;
  const keys = lines.flatMap((l) =>
    l.keys.filter((k) => k.to - k.from > 1 || l.names.length > 0 || lines.length === 1),
  );
  const candidates = settledBy(heard, keys, lines, state, actionOf(lines));
  const settled = candidates.find(({ spoken }) => isValueAsked(lines, spoken.line, spoken));
  if (settled === undefined) return null;
  const { spoken, atom } = settled;
  const { line } = spoken;
  const { tokens } = line.sentence;
  if (lines.some((l) => l !== line && isBesides(l, lines, capability))) return null;
  const objects = [...line.names, ...line.keys];
  if (!objects.every((m) => standsIn(line.sentence, m, objects, lexicon.owned))) return null;
  if (!leadsTo(line, spoken, lexicon, capability)) return null;
  const reason = phrasesIn(REASON_STARTS, tokens, spoken.number.to)[0]?.from ?? tokens.length;
  for (const l of lines) {
    const isOwn = l === line;
    if (!isOwn && l.requests.length === 0) continue;
    if (blockersIn(l.sentence, 0, 0, isOwn ? reason : l.sentence.tokens.length, spoken.named) !== null) return null;
  }
  const request: Request = {
    sentence: line.sentence,
    action: 'set',
    verbFrom: 0,
    verbTo: 0,
    from: 0,
    to: reason,
    reasonFrom: tokens.length,
    isNegated: false,
    blocker: null,
  };
  return { request, resolution: { atoms: [atom], flaw: null, capabilities: [capability], unknown: null } };
}

/** A number of the text where it stands. */
export type Spoken = Heard & { readonly line: Line; readonly named: Uint8Array };
type State = NonNullable<ReturnType<Registry['capabilities']['get']>>;

/** A request that is only not complete in itself. */
const isScattered = (request: Request, { atoms, flaw, unknown }: Resolution): boolean =>
  !request.isNegated &&
  request.blocker === null &&
  atoms.length === 0 &&
  unknown === null &&
  flaw !== null &&
  SCATTERED.test(flaw);

const areSoft = ({ sentence, tasks }: Line): boolean =>
  tasks.every((at) => SOFT_TASKS.test(sentence.tokens[at]?.text ?? ''));

/** The only capability that the text names; null: none, or several, or an ambiguous name. */
function oneCapability(lines: readonly Line[]): string | null {
  const found = new Set<string>();
  for (const { names, keys } of lines) {
    for (const m of names) for (const { capability } of m.meanings) found.add(capability);
    for (const m of keys) if (m.to - m.from > 1) for (const { capability } of m.meanings) found.add(capability);
  }
  return found.size === 1 ? ([...found][0] as string) : null;
}

/** The direction that the verbs of the text state; several, or none: no direction. */
function actionOf(lines: readonly Line[]): Request['action'] {
  const said = new Set(lines.flatMap((l) => l.requests.map((r) => r.request.action)));
  const [only] = said;
  return said.size === 1 && (only === 'raise' || only === 'lower') ? only : 'set';
}

const statedAs = ({ number }: Heard, old: Heard | null): StatedValue => ({
  from: number.from,
  to: number.to,
  number,
  words: [],
  written: '',
  old: old?.number ?? null,
  isRelative: false,
  flaw: null,
});

/** A number that may be the new value, and what it comes to. */
interface Candidate {
  readonly spoken: Spoken;
  readonly atom: Extract<Atom, { kind: 'set' }>;
}

/**
 * Where the text says the one value that is another than the present one, the nearest to a name first; empty: nowhere,
 * or it says several, or one is not understood.
 */
function settledBy(
  heard: readonly Spoken[],
  keys: readonly Mention[],
  lines: readonly Line[],
  state: State,
  action: Request['action'],
): readonly Candidate[] {
  const names = lines.flatMap((l) => l.names);
  const olds = heard.filter((h) => h.role === 'old');
  const found: Candidate[] = [];
  for (const spoken of heard) {
    if (spoken.role !== 'new' && spoken.role !== 'plain') continue;
    const old = olds.find((o) => o.line === spoken.line) ?? olds[0] ?? null;
    const value = statedAs(spoken, old);
    const ownKeys = spoken.line.keys.length > 0 ? spoken.line.keys : keys;
    const key =
      chooseKey(state, ownKeys, names, value, null) ??
      chooseKey(state, keys, names, value, null) ??
      onlyKey(state, spoken);
    if (key === null) {
      if (spoken.number.counted !== null || spoken.number.unit !== null) continue;
      return [];
    }
    const { definition, namesUnit } = key;
    const result = settle(action, state, definition, value, namesUnit);
    if (typeof result === 'string') {
      if (/is already| does not count /.test(result) || isOfOtherKind(spoken, definition)) continue;
      return [];
    }
    const atom = atomOf(spoken, state.capability, definition.key, result, old);
    const [first] = found;
    if (isUncertain(spoken) || (first !== undefined && !isSameSetting(first.atom, atom))) return [];
    found.push({ spoken, atom });
  }
  const isStepped = heard.every(
    (h) => h.role !== 'step' || found[0] === undefined || isSameStep(h, found[0], olds, state),
  );
  return isStepped ? found.sort((a, b) => distance(a.spoken) - distance(b.spoken)) : [];
}

const isSameSetting = (a: Candidate['atom'], b: Candidate['atom']): boolean => a.key === b.key && a.value === b.value;

/** A capability with one key only needs no name for it, when the number has no unit that says otherwise. */
function onlyKey({ definition: { keys } }: State, { number }: Heard): ReturnType<typeof chooseKey> {
  const [only] = keys;
  if (only === undefined || keys.length > 1 || number.counted !== null || number.unit !== null) return null;
  return only.schema.type === 'integer' || only.schema.type === 'number'
    ? { definition: only, namesUnit: false }
    : null;
}

/** How far the nearest name stands from a number in its sentence. */
const distance = ({ line, number }: Spoken): number =>
  Math.min(1000, ...[...line.names, ...line.keys].map((m) => gap(m, number)));

/** "By 24 hours from 24 to 48" says one thing twice; "20 more shops" tells of something else. */
function isSameStep(step: Spoken, { spoken }: Candidate, olds: readonly Spoken[], { definition }: State): boolean {
  const { counted, value, unit } = step.number;
  if (counted !== null && unit === null && !definition.keys.some((k) => countsIn(k, counted))) return true;
  const old = olds[0]?.number;
  return old !== undefined && Math.abs(spoken.number.value - old.value) === value;
}

/** "2 hours" for a key that counts rows. */
function isOfOtherKind({ number }: Spoken, definition: Parameters<typeof unitOfKey>[0]): boolean {
  return number.unit !== null && unitOfKey(definition)?.family !== number.unit.family;
}

/** A vague number, but not the upper bound in "must not last longer than 15 minutes". */
function isUncertain({ number: { from, isVague }, line }: Spoken): boolean {
  if (!isVague) return false;
  const { tokens } = line.sentence;
  return !(
    /^(?:longer|more)$/.test(tokens[from - 2]?.text ?? '') &&
    tokens[from - 1]?.text === 'than' &&
    tokens.slice(Math.max(0, from - 6), from).some((t) => /^(?:not|never|no)$/.test(t.text)) &&
    tokens.slice(0, from).some((t) => /^(?:must|should|shall)$/.test(t.text))
  );
}

function atomOf(
  { line: { sentence, names, keys }, number }: Spoken,
  capability: string,
  key: string,
  { value, statedOld }: Exclude<ReturnType<typeof settle>, string>,
  old: Spoken | null,
): Extract<Atom, { kind: 'set' }> {
  const places = [...names, ...keys].map((m) => ({
    sentence,
    from: m.from,
    to: m.to,
    countedFor: `capability:${capability}`,
  }));
  if (old !== null)
    places.push({
      sentence: old.line.sentence,
      from: old.number.from,
      to: old.number.to,
      countedFor: `old:${capability}`,
    });
  places.push({ sentence, from: number.from, to: number.to, countedFor: `new:${capability}` });
  return { kind: 'set', capability, key, value, statedOld, places };
}
