import { constants, Script } from 'node:vm';

/**
 * What is published as an ES module only. Built as CommonJS, `import()` is a `require`, which not every Node takes such a module
 * by: then Node's own loader does, before Node 20.19 and inside a test runner that brings a `require` of its own.
 */
export function esModule<M>(name: string, load: () => Promise<M>): () => Promise<M> {
  let loaded: Promise<M> | null = null;
  return () => {
    loaded ??= load().catch(() => loadByNode<M>(name));
    return loaded;
  };
}

function loadByNode<M>(name: string): Promise<M> {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return new Script(`import('${name}')`, { filename: __filename, importModuleDynamically }).runInThisContext();
}
