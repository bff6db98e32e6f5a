import type { CapabilityState, Lifecycle, Registry } from '@mandate/contracts';
import { type Atom, type Evident, flawed, type Resolution } from './atoms';
import { type Lexicon, type Mention, mentionsIn } from './lexicon';
import { isAnaphor, isJoinedToUnknown, keysIn, objectsIn, unknownObject } from './names';
import type { Request } from './requests';
import { resolveSettings } from './settings';
import type { Sentence, Token } from './tokens';

/** What a request is resolved with. */
export interface Known {
  readonly registry: Registry;
  readonly lexicon: Lexicon;
  /** The one capability named before this sentence, for "it" and "the limit"; null: none, or several. */
  readonly context: string | null;
  /** The one key of it named so far, for "it"; null: none, or several. */
  readonly contextKey: string | null;
}

const REASON_MAX = 500;
/** More names in one request are no request; every pair of them is looked at. */
const NAMES_MAX = 40;

/**
 * What a request comes to: the changes it determines wholly, or why it does not. Half a request is none: one flaw
 * leaves no atom. Never throws for a registry that keeps to its types.
 */
export function resolve(request: Request, known: Known): Resolution {
  const { tokens } = request.sentence;
  const allKeys = mentionsIn(tokens, known.lexicon.keys, request.from, request.to);
  const named = mentionsIn(tokens, known.lexicon.capabilities, request.from, request.to);
  if (named.length + allKeys.length > NAMES_MAX) return flawed('it names too many things at once', []);
  const objects = objectsIn(request, named, allKeys, known.lexicon.owned);
  if (objects.some((m) => m.meanings.length > 1))
    return flawed('the name stands for more than one capability', objects);
  if (request.blocker !== null) return flawed(request.blocker, objects);
  const keys = keysIn(request, allKeys, objects, known.lexicon.owned);
  if (isJoinedToUnknown(request, [...objects, ...keys])) return flawed('it also asks for something unknown', objects);
  if (request.action === 'enable' || request.action === 'disable' || request.action === 'launch') {
    return toggledKey(request, objects, keys, known) ?? resolveToggle(request, objects, known);
  }
  return resolveSettings(request, objects, keys, known);
}

/** "Disable virus scanning": the thing itself is a key that is true or false. */
function toggledKey(
  request: Request,
  objects: readonly Mention[],
  keys: readonly Mention[],
  known: Known,
): Resolution | null {
  const [key] = keys;
  if (key === undefined || keys.length > 1 || key.meanings.length > 1) return null;
  const isInName = objects.some((o) => o.from <= key.from && key.to <= o.to);
  if (isInName || objects.some((o) => o.from < key.from && o.from >= request.verbTo)) return null;
  const [meaning] = key.meanings;
  const state = known.registry.capabilities.get(meaning?.capability ?? '');
  const definition = state?.definition.keys.find((k) => k.key === meaning?.key);
  if (state === undefined || definition?.schema.type !== 'boolean') return null;
  const value = request.action !== 'disable';
  const capabilities = [state.capability];
  if (state.values[definition.key] === value) {
    return { atoms: [], flaw: `${definition.key} is already ${value}`, capabilities, unknown: null };
  }
  const place = { sentence: request.sentence, from: key.from, to: key.to, countedFor: `new:${state.capability}` };
  const places = [...evidence(request, state.capability, null), place];
  const atom: Atom = {
    kind: 'set',
    capability: state.capability,
    key: definition.key,
    value,
    statedOld: undefined,
    places,
  };
  return { atoms: [atom], flaw: null, capabilities, unknown: null };
}

function resolveToggle(request: Request, objects: readonly Mention[], known: Known): Resolution {
  const places = objects.length > 0 ? objects : [];
  if (places.length === 0) {
    if (known.context !== null && isAnaphor(request)) {
      return toggles(request, [{ capability: known.context, mention: null }], known);
    }
    const unknown = unknownObject(request);
    return flawed(unknown === null ? 'it does not say what' : `"${unknown}" is not in the registry`, [], unknown);
  }
  const list = listed(request, places);
  if (list === null) return flawed('it is not clear which of the named capabilities is meant', places);
  return toggles(
    request,
    list.map((mention) => ({ capability: nameOf(mention), mention })),
    known,
  );
}

const nameOf = (mention: Mention): string => mention.meanings[0]?.capability ?? '';

/**
 * The first mention, and those joined to it by "and" or a comma: "turn on A and B". Null when "or" joins them, or when
 * the first stands too far from the verb to be its object.
 */
function listed(request: Request, mentions: readonly Mention[]): readonly Mention[] | null {
  const { tokens } = request.sentence;
  const first = mentions[0] as Mention;
  if (first.from >= request.verbTo && !isBare(tokens, request.verbTo, first.from)) return null;
  const list = [first];
  for (const next of mentions.slice(1)) {
    const last = list.at(-1) as Mention;
    const between = tokens.slice(last.to, next.from).map((t) => t.text);
    if (between.includes('or')) return null;
    if (!between.every((word) => /^(?:and|,|&|the|our|also|both)$/.test(word))) break;
    list.push(next);
  }
  return list;
}

/** Nothing but small words between the verb and its object: "disable caching in search depth" is about caching. */
function isBare(tokens: readonly Token[], from: number, to: number): boolean {
  return tokens
    .slice(from, to)
    .every(
      (t) =>
        t.kind === 'mark' ||
        /^(?:the|our|your|a|an|this|that|my|on|off|back|again|for|us|please|capability|feature|both|called|all|of|option|new|current|existing)$/.test(
          t.text,
        ),
    );
}

interface Target {
  readonly capability: string;
  readonly mention: Mention | null;
}

function toggles(request: Request, targets: readonly Target[], known: Known): Resolution {
  const atoms: Atom[] = [];
  const flaws: string[] = [];
  for (const { capability, mention } of targets) {
    const state = known.registry.capabilities.get(capability) as CapabilityState;
    const places = evidence(request, capability, mention);
    if (request.action === 'disable') {
      if (!state.enabled) flaws.push(`${capability} is already off`);
      else atoms.push({ kind: 'disable', capability, reason: reasonOf(request), places });
      continue;
    }
    const lifecycle: Lifecycle = request.action === 'launch' ? 'LAUNCHED' : state.lifecycle;
    if (state.enabled && state.lifecycle === lifecycle) flaws.push(`${capability} is already on`);
    else atoms.push({ kind: 'enable', capability, lifecycle, places });
  }
  const capabilities = targets.map((t) => t.capability);
  if (flaws.length > 0) return { atoms: [], flaw: flaws.join('; '), capabilities, unknown: null };
  return { atoms, flaw: null, capabilities, unknown: null };
}

function evidence(request: Request, capability: string, mention: Mention | null): readonly Evident[] {
  const { sentence, verbFrom, verbTo, action } = request;
  const verb = { sentence, from: verbFrom, to: verbTo, countedFor: `action:${action}` };
  if (mention === null) return [verb];
  return [verb, { sentence, from: mention.from, to: mention.to, countedFor: `capability:${capability}` }];
}

/** The words after "because", or the sentence that asks when it gives no reason. */
function reasonOf({ sentence, reasonFrom }: Request): string {
  const stated = wordsFrom(sentence, reasonFrom);
  return (stated === '' ? `requested: ${wordsFrom(sentence, 0)}` : stated).slice(0, REASON_MAX);
}

function wordsFrom({ source, tokens }: Sentence, from: number): string {
  const first = tokens[from];
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return '';
  return source.slice(first.start, last.end).replace(/\s+/g, ' ');
}
