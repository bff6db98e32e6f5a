import { layoutBreaches, tableBreaches } from './layout';
import { breaches, RULES } from './rules';
import { readPaths, readSources } from './source';

/** Every fence with what breaks it in the repository at `root`, a sentence each. */
export function fences(root: string): { readonly name: string; readonly breaches: readonly string[] }[] {
  const sources = readSources(root);
  const known = new Set(sources.map(({ path }) => path));
  const others = readPaths(root).filter((path) => !known.has(path));
  const files = [...sources, ...others.map((path) => ({ path, text: '' }))];
  return [
    ...RULES.map((rule) => ({ name: rule.name, breaches: breaches(rule, files) })),
    { name: 'topics and handlers agree, both ways', breaches: layoutBreaches(sources) },
    { name: 'topics, words, edges and permissions agree', breaches: tableBreaches() },
  ];
}
