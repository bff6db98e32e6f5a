import type { Json, Lifecycle } from '@mandate/contracts';
import type { Mention } from './lexicon';
import type { Sentence } from './tokens';

/** A place in a sentence: tokens `from` to `to` (excluded). */
export interface Place {
  readonly sentence: Sentence;
  readonly from: number;
  readonly to: number;
}

/** One thing to be changed, fully determined by the text and the registry. */
export type Atom =
  | {
      readonly kind: 'enable';
      readonly capability: string;
      readonly lifecycle: Lifecycle;
      readonly places: readonly Evident[];
    }
  | {
      readonly kind: 'disable';
      readonly capability: string;
      readonly reason: string;
      readonly places: readonly Evident[];
    }
  | {
      readonly kind: 'set';
      readonly capability: string;
      readonly key: string;
      readonly value: Json;
      /** The old value the text states, in the key's unit; undefined: none. */
      readonly statedOld: Json | undefined;
      readonly places: readonly Evident[];
    };

/** A place and what it counted for. */
export interface Evident extends Place {
  readonly countedFor: string;
}

/** What became of a request. */
export interface Resolution {
  readonly atoms: readonly Atom[];
  /** Why it is not, or not wholly, determined; null: it is. */
  readonly flaw: string | null;
  /** What it is about, as far as the registry knows it. */
  readonly capabilities: readonly string[];
  /** The keys it names, as `capability#key`; only of a request that is not determined. */
  readonly keys?: readonly string[];
  /** The words for something the registry lacks; null: nothing of the kind. */
  readonly unknown: string | null;
}

/** What becomes of a request that is not determined. */
export function flawed(
  flaw: string,
  objects: readonly Mention[],
  unknown: string | null = null,
  keys: readonly Mention[] = [],
): Resolution {
  const capabilities = [...new Set(objects.flatMap((m) => m.meanings.map((meaning) => meaning.capability)))];
  const named = keys.flatMap((m) => m.meanings.map((meaning) => `${meaning.capability}#${meaning.key}`));
  return { atoms: [], flaw, capabilities, unknown, keys: named };
}
