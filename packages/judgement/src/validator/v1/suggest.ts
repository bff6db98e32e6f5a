import { byCodeUnits } from '../../json/same-json';
import type { Lexicon } from './lexicon';

/** The registry names whose spelling is close to an unknown phrase. A suggestion is never acted on. */
export function suggestionsFor(phrases: readonly string[], lexicon: Lexicon): readonly string[] {
  const found = new Set<string>();
  for (const unknown of phrases) {
    for (const { phrase, capability } of lexicon.phrases) {
      if (isClose(unknown, phrase)) found.add(capability);
    }
  }
  return [...found].sort(byCodeUnits).slice(0, 5);
}

function isClose(a: string, b: string): boolean {
  const allowed = b.length < 5 ? 0 : b.length < 8 ? 1 : 2;
  if (Math.abs(a.length - b.length) > allowed || a === b) return false;
  return distance(a, b) <= allowed;
}

/** Damerau–Levenshtein distance (neighbours swapped count once); both are names, at most some 60 characters. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j - 1] as number) + 1, (last[j] as number) + 1, (last[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] as number) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}
