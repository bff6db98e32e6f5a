import type { Registry } from '@mandate/contracts';
import { byCodeUnits } from '../../json/same-json';
import { type Token, wordsOf } from './tokens';

/** What a name or an alias stands for: a capability, or one of its keys. */
export interface Meaning {
  readonly capability: string;
  readonly key: string | null;
}

interface Entry extends Meaning {
  readonly words: readonly string[];
}

/** Words that name something: tokens `from` to `to` (excluded). More than one meaning: ambiguous. */
export interface Mention {
  readonly from: number;
  readonly to: number;
  readonly meanings: readonly Meaning[];
}

/** The names of a registry, ready to be looked up. */
export interface Lexicon {
  readonly capabilities: ReadonlyMap<string, readonly Entry[]>;
  readonly keys: ReadonlyMap<string, readonly Entry[]>;
  /** The words of all names of a capability and its keys, as stems. */
  readonly owned: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every name and alias of a capability as one lower-case phrase, for suggestions. */
  readonly phrases: readonly { readonly phrase: string; readonly capability: string }[];
}

const lexicons = new WeakMap<object, { readonly version: number; readonly lexicon: Lexicon }>();

/** The lexicon of a registry; kept for as long as the same map stands at the same version. */
export function lexiconOf(registry: Registry): Lexicon {
  const known = lexicons.get(registry.capabilities);
  if (known?.version === registry.registry_version) return known.lexicon;
  const lexicon = build(registry);
  lexicons.set(registry.capabilities, { version: registry.registry_version, lexicon });
  return lexicon;
}

function build(registry: Registry): Lexicon {
  const capabilities = new Map<string, Entry[]>();
  const keys = new Map<string, Entry[]>();
  const phrases: { phrase: string; capability: string }[] = [];
  const owned = new Map<string, Set<string>>();
  for (const capability of [...registry.capabilities.keys()].sort(byCodeUnits)) {
    const definition = registry.capabilities.get(capability)?.definition;
    for (const name of [capability, ...(definition?.aliases ?? [])]) {
      const words = add(capabilities, name, { capability, key: null });
      if (words.length > 0) phrases.push({ phrase: words.join(' '), capability });
    }
    const names = [capability, ...(definition?.aliases ?? [])];
    const keyNames = (definition?.keys ?? []).flatMap(({ key, aliases }) => [key, ...aliases]);
    owned.set(capability, new Set([...names, ...keyNames].flatMap(wordsOf).map(stem)));
    for (const { key, aliases } of definition?.keys ?? []) {
      for (const name of [key, ...aliases]) add(keys, name, { capability, key });
    }
  }
  for (const entries of [...capabilities.values(), ...keys.values()]) {
    entries.sort((a, b) => b.words.length - a.words.length);
  }
  return { capabilities, keys, phrases, owned };
}

function add(entries: Map<string, Entry[]>, name: string, meaning: Meaning): readonly string[] {
  const words = wordsOf(name);
  if (words.length === 0) return words;
  const first = stem(words[0] as string);
  const list = entries.get(first) ?? [];
  list.push({ ...meaning, words });
  entries.set(first, list);
  return words;
}

/** Singular and plural, with or without a possessive, are one word. Only a name's last word is compared so. */
export function stem(word: string): string {
  const bare = word.endsWith("'s") ? word.slice(0, -2) : word;
  return bare.length > 3 && bare.endsWith('s') && !bare.endsWith('ss') ? bare.slice(0, -1) : bare;
}

/** All mentions in order; the longest match wins and mentions do not overlap. */
export function mentionsIn(
  tokens: readonly Token[],
  entries: Lexicon['capabilities'],
  start = 0,
  end = tokens.length,
): readonly Mention[] {
  const mentions: Mention[] = [];
  for (let i = start; i < end; ) {
    const mention = mentionAt(tokens, i, entries);
    if (mention !== null) mentions.push(mention);
    i = mention?.to ?? i + 1;
  }
  return mentions;
}

function mentionAt(tokens: readonly Token[], from: number, entries: Lexicon['capabilities']): Mention | null {
  const token = tokens[from] as Token;
  if (token.kind === 'mark') return null;
  const meanings: Meaning[] = [];
  let length = 0;
  for (const entry of entries.get(stem(token.text)) ?? []) {
    if (entry.words.length < length) break;
    if (!matches(tokens, from, entry.words)) continue;
    length = entry.words.length;
    if (!meanings.some((m) => m.capability === entry.capability && m.key === entry.key)) {
      meanings.push({ capability: entry.capability, key: entry.key });
    }
  }
  return meanings.length === 0 ? null : { from, to: from + length, meanings };
}

function matches(tokens: readonly Token[], from: number, words: readonly string[]): boolean {
  const last = words.length - 1;
  return words.every((word, i) => {
    const token = tokens[from + i];
    if (token === undefined || token.kind === 'mark') return false;
    return token.text === word || (i === last && stem(token.text) === stem(word));
  });
}
