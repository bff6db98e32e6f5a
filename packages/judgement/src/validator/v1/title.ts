import type { CapabilityState, Registry } from '@mandate/contracts';
import type { Atom, Resolution } from './atoms';
import { stem } from './lexicon';
import type { Request } from './requests';
import { type Sentence, wordsOf } from './tokens';
import { type Action, BASE_VERBS, PARTICIPLE_VERBS } from './verbs';
import { AFTER_NAME, BEFORE_NAME } from './words';

/** What a title adds to a name without asking for anything more. */
const TITLE_WORDS = new Set('request requesting re fw fwd hi hello needed required help question quick'.split(' '));

/** Tasks that, said of a capability in a title, are the toggle that the body asks for in the registry's terms. */
const TASK_ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['add', 'enable'],
  ['allow', 'enable'],
  ['provide', 'enable'],
  ['unlock', 'enable'],
  ['introduce', 'enable'],
  ['offer', 'enable'],
  ['remove', 'disable'],
  ['stop', 'disable'],
]);

/**
 * Whether a subject's incomplete request only repeats what the body determines: every word of the subject is a small
 * word, a verb, or one of the names of what the body changes, and the verb does not ask for something else. What is
 * complete, blocked or wrong in itself is no title.
 */
export function isTitleOf(
  { sentence, action, blocker }: Request,
  { atoms, flaw }: Resolution,
  body: readonly Atom[],
  registry: Registry,
): boolean {
  if (sentence.field !== 'subject' || atoms.length > 0 || blocker !== null || flaw === null) return false;
  if (!/^it does not say|is not in the registry$|stands for more than one/.test(flaw)) return false;
  return repeats(sentence, body, registry, (atom) => isPossibly(action, atom, registry));
}

/** The same for a word of a subject that could be a task ("Export"): a name of the capability, or its toggle. */
export function isTitleTask(sentence: Sentence, at: number, body: readonly Atom[], registry: Registry): boolean {
  if (sentence.field !== 'subject') return false;
  const word = sentence.tokens[at]?.text ?? '';
  const action = TASK_ACTIONS.get(word);
  if (action === undefined) return repeats(sentence, body, registry, () => true);
  return repeats(sentence, body, registry, (atom) => isPossibly(action, atom, registry), word);
}

/** Whether an atom does the opposite of what a verb asks for. */
export function opposes(action: Action, atom: Atom, registry: Registry): boolean {
  if (atom.kind === 'enable') return action === 'disable';
  if (atom.kind === 'disable') return action === 'enable' || action === 'launch';
  const present = registry.capabilities.get(atom.capability)?.values[atom.key];
  if (typeof present !== 'number' || typeof atom.value !== 'number') return false;
  return (action === 'raise' && atom.value < present) || (action === 'lower' && atom.value > present);
}

function isPossibly(action: Action, atom: Atom, registry: Registry): boolean {
  if (action === 'set') return true;
  if (action === 'raise' || action === 'lower') return atom.kind === 'set' && !opposes(action, atom, registry);
  if (action === 'launch') return atom.kind === 'enable' && atom.lifecycle === 'LAUNCHED';
  return atom.kind === action;
}

/** One change of the body has all the subject's words, or all changes together have them. */
function repeats(
  { tokens }: Sentence,
  body: readonly Atom[],
  registry: Registry,
  isMeant: (atom: Atom) => boolean,
  task = '',
): boolean {
  const asked = tokens.filter((t) => t.kind !== 'mark' && t.text !== task && !isSmall(t.text));
  const hasAll = (names: ReadonlySet<string>): boolean => asked.every((t) => names.has(stem(t.text)));
  const named = body.map((atom) => ({ atom, names: namesOf(atom, registry) }));
  if (named.some(({ atom, names }) => isMeant(atom) && hasAll(names))) return true;
  return body.length > 1 && body.every(isMeant) && hasAll(new Set(named.flatMap(({ names }) => [...names])));
}

const isSmall = (word: string): boolean =>
  TITLE_WORDS.has(word) ||
  AFTER_NAME.has(word) ||
  BEFORE_NAME.has(word) ||
  BASE_VERBS.has(word) ||
  PARTICIPLE_VERBS.has(word);

/** The words that name what an atom changes, and the value it sets. */
function namesOf(atom: Atom, registry: Registry): ReadonlySet<string> {
  const before = namesOfAtom.get(atom);
  if (before !== undefined) return before;
  const { definition } = registry.capabilities.get(atom.capability) as CapabilityState;
  const names = [definition.name, ...definition.aliases];
  if (atom.kind === 'set') {
    const key = definition.keys.find((k) => k.key === atom.key);
    names.push(atom.key, ...(key?.aliases ?? []), String(atom.value));
  }
  const words = new Set(names.flatMap(wordsOf).map(stem));
  namesOfAtom.set(atom, words);
  return words;
}

/** An atom belongs to one reading of one registry; a subject of many sentences asks for its names often. */
const namesOfAtom = new WeakMap<Atom, ReadonlySet<string>>();
