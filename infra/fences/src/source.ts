import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** A hand-written source file, by its path from the repository's root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A breach of a fence: where it is and what stands there. */
export interface Finding {
  readonly path: string;
  /** Counted from 1; 0 where the whole file is meant. */
  readonly line: number;
  readonly what: string;
}

const FOLDERS = ['packages', 'services', 'infra', 'bench', 'test-e2e', 'docs'];
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'coverage']);
const CODE = /\.(ts|tsx|mjs|cjs|js)$/;

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/** Every file of the project's own folders, by its path from the root; generated ones left out. */
export function readPaths(root: string): string[] {
  return FOLDERS.flatMap((folder) => [...walk(join(root, folder))]).map((path) => relative(root, path));
}

/** Every hand-written code file. */
export function readSources(root: string): Source[] {
  const paths = readPaths(root).filter((path) => CODE.test(path));
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const parsed = new WeakMap<Source, ts.SourceFile>();

/** The syntax tree of a file; parsed once. */
export function treeOf(source: Source): ts.SourceFile {
  let tree = parsed.get(source);
  if (!tree) {
    tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true);
    parsed.set(source, tree);
  }
  return tree;
}

/** What `look` says about every node of a file, as findings at the node's line. */
export function findIn(source: Source, look: (node: ts.Node) => string | undefined): Finding[] {
  const tree = treeOf(source);
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const what = look(node);
    if (what !== undefined) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      found.push({ path: source.path, line: line + 1, what });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
