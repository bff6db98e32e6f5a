import type { CapabilityState } from '@mandate/contracts';
import { type Evident, flawed, type Resolution } from './atoms';
import { type Mention, stem } from './lexicon';
import { isAnaphor, unknownObject } from './names';
import { STATE_VERBS } from './request-mood';
import type { Request } from './requests';
import type { Known } from './resolve';
import { chooseKey } from './setting-key';
import { settle } from './setting-value';
import { type StatedValue, statedValuesIn } from './stated-values';
import type { Token } from './tokens';
import { unitOf } from './units';
import { numberAt } from './values';
import { AFTER_NAME, BEFORE_NAME } from './words';

type Set = Extract<Resolution['atoms'][number], { kind: 'set' }>;

/** Resolves a request that sets values: every value it states must find its capability and key. */
export function resolveSettings(
  request: Request,
  objects: readonly Mention[],
  keys: readonly Mention[],
  known: Known,
): Resolution {
  const values = statedValuesIn(request, [...objects, ...keys]);
  if (objects.length === 0 && keys.length === 0 && !isAnaphor(request)) {
    const unknown = values.length > 0 ? unknownObject(request) : null;
    return flawed(unknown === null ? 'it does not say what' : `"${unknown}" is not in the registry`, [], unknown);
  }
  if (values.length === 0) return flawed('it does not say which value', about(objects, keys, known), null, keys);
  const atoms: Set[] = [];
  for (const [n, value] of values.entries()) {
    const from = n === 0 ? request.from : (values[n - 1] as StatedValue).to;
    const to = n === values.length - 1 ? request.to : value.to;
    const atom = resolveValue(request, value, { objects, keys, from, to, last: atoms.at(-1) }, known);
    if (typeof atom === 'string') return flawed(atom, about(objects, keys, known));
    atoms.push(atom);
  }
  return { atoms, flaw: null, capabilities: [...new Set(atoms.map((a) => a.capability))], unknown: null };
}

interface Surroundings {
  readonly objects: readonly Mention[];
  readonly keys: readonly Mention[];
  readonly from: number;
  readonly to: number;
  /** The value before this one in the same request. */
  readonly last: Set | undefined;
}

/** One value of a request; a text says why it is not determined. */
function resolveValue(request: Request, value: StatedValue, around: Surroundings, known: Known): Set | string {
  if (value.flaw !== null) return value.flaw;
  const isNear = (m: Mention): boolean => m.from >= around.from && m.to <= around.to && m.from !== value.from;
  const objects = around.objects.filter(isNear);
  const keys = around.keys.filter(isNear);
  const named = [...new Set(objects.flatMap((m) => m.meanings.map((x) => x.capability)))];
  if (named.length > 1) return 'it is not clear which of the named capabilities is meant';
  const capability = named[0] ?? around.last?.capability ?? ownerOf(keys, known);
  if (capability === null) return 'it does not say of which capability';
  const state = known.registry.capabilities.get(capability) as CapabilityState;
  if (keys.length === 0 && leavesOut(request, value, around, objects, known))
    return 'something asked for was not understood';
  const spoken = objects.length === 0 && keys.length === 0 && around.last === undefined ? known.contextKey : null;
  const key = chooseKey(state, keys, objects, value, spoken);
  if (key === null) return `it does not say which setting of ${capability}`;
  const settled = settle(request.action, state, key.definition, value, key.namesUnit);
  if (typeof settled === 'string') return settled;
  return {
    kind: 'set',
    capability,
    key: key.definition.key,
    ...settled,
    places: places(request, capability, objects, value),
  };
}

/**
 * Words before a value that name something the registry does not know ("and *the interval* to 2000 ms"): the value is
 * theirs, and must not go to a key only because its unit fits.
 */
function leavesOut(
  request: Request,
  value: StatedValue,
  around: Surroundings,
  objects: readonly Mention[],
  { lexicon }: Known,
): boolean {
  const { tokens } = request.sentence;
  const names = objects.flatMap((m) => m.meanings.map((x) => x.capability));
  const owner = names[0] ?? around.last?.capability;
  for (let i = around.from; i < value.from; i++) {
    const { kind, text } = tokens[i] as Token;
    if (kind !== 'word' || (i >= request.verbFrom && i < request.verbTo) || BEFORE_NAME.has(text)) continue;
    if (objects.some((m) => i >= m.from && i < m.to) || AFTER_NAME.has(text)) continue;
    if (numberAt(tokens, i) !== null || unitOf(text) !== null || STATE_VERBS.has(text)) continue;
    if (owner !== undefined && lexicon.owned.get(owner)?.has(stem(text)) === true) continue;
    if (/^(?:the|our|its|their|and)$/.test(tokens[i - 1]?.text ?? '') || around.last !== undefined) return true;
  }
  return false;
}

/** The capability that a key's name points to: the one spoken of before, or the only one that has such a key. */
function ownerOf(keys: readonly Mention[], known: Known): string | null {
  if (known.context !== null) {
    const isOfContext = keys.some((m) => m.meanings.some((x) => x.capability === known.context));
    if (isOfContext || keys.length === 0) return known.context;
  }
  const owners = new Set(keys.filter((m) => m.to - m.from > 1).flatMap((m) => m.meanings.map((x) => x.capability)));
  return owners.size === 1 ? ([...owners][0] as string) : null;
}

function about(objects: readonly Mention[], keys: readonly Mention[], known: Known): readonly Mention[] {
  if (objects.length > 0) return objects;
  const owner = ownerOf(keys, known);
  return owner === null ? [] : [{ from: 0, to: 0, meanings: [{ capability: owner, key: null }] }];
}

function places(
  request: Request,
  capability: string,
  objects: readonly Mention[],
  value: StatedValue,
): readonly Evident[] {
  const { sentence, verbFrom, verbTo, action } = request;
  const list: Evident[] = [{ sentence, from: verbFrom, to: verbTo, countedFor: `action:${action}` }];
  for (const m of objects) list.push({ sentence, from: m.from, to: m.to, countedFor: `capability:${capability}` });
  if (value.old !== null)
    list.push({ sentence, from: value.old.from, to: value.old.to, countedFor: `old:${capability}` });
  list.push({ sentence, from: value.from, to: value.to, countedFor: `new:${capability}` });
  return list;
}
