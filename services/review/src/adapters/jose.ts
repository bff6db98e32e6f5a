import { constants, Script } from 'node:vm';

export type Jose = typeof import('jose', { with: { 'resolution-mode': 'import' }});

let loaded: Promise<Jose> | null = null;

/** jose is published as an ES module only; built as CommonJS, `import()` is a `require`, which not every Node takes it by. */
export function loadJose(): Promise<Jose> {
  loaded ??= import('jose').catch(() => loadByNode());
  return loaded;
}

/** Node's own loader: before Node 20.19, and inside a test runner that brings a `require` of its own. */
function loadByNode(): Promise<Jose> {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return new Script("import('jose')", { filename: __filename, importModuleDynamically }).runInThisContext();
}
