import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { CODE_CHECKS, type CodeCheckId } from './code-checks';

const ROOT = join(__dirname, '..', '..', '..');
const OFF = Symbol.for('mandate.test-build.off');
const swcrc = JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8')) as object;

/** Checks that are off now. Lives on this test's own global object: a process that runs services has no such thing. */
const off = new Set<string>();
(globalThis as unknown as Record<symbol, Set<string>>)[OFF] = off;

/**
 * The test build: the services' own sources, in which each named check can be left out while a test runs. The sources
 * have no switch; it is put into their text here, in memory, before they are compiled. Must be imported before them.
 */
export function installTestBuild(): void {
  for (const file of new Set(Object.values(CODE_CHECKS).map((check) => check.file))) {
    jest.doMock(join(ROOT, file), () => evaluated(join(ROOT, file), withSwitches(file)));
  }
}

/** Leaves some checks out while `work` runs. */
export async function without<T>(ids: readonly CodeCheckId[], work: () => Promise<T>): Promise<T> {
  for (const id of ids) off.add(id);
  try {
    return await work();
  } finally {
    for (const id of ids) off.delete(id);
  }
}

/** A source with a switch at each of its checks. @throws Error where a check is no longer there, or there twice */
export function withSwitches(file: string): string {
  let text = readFileSync(join(ROOT, file), 'utf8');
  for (const [id, check] of Object.entries(CODE_CHECKS)) {
    if (check.file !== file) continue;
    const found = text.split(check.find).length - 1;
    if (found !== 1) throw new Error(`${id}: "${check.find}" stands ${found} times in ${file}, not once`);
    const isOff = `(globalThis as any)[Symbol.for('${OFF.description}')].has('${id}')`;
    text = text.replace(check.find, () => check.put.replaceAll('OFF', isOff));
  }
  return text;
}

/** Runs a module's text as Jest would: the same registry of modules, the names of its own folder. */
function evaluated(path: string, text: string): unknown {
  const { code } = transformSync(text, { ...swcrc, filename: path, swcrc: false });
  const module = { exports: {} };
  const load = (name: string): unknown => {
    if (name.startsWith('.')) return require(join(dirname(path), name));
    return name.startsWith('@mandate/') ? require(name) : require(createRequire(path).resolve(name));
  };
  new Function('exports', 'require', 'module', '__filename', '__dirname', code)(
    module.exports,
    load,
    module,
    path,
    dirname(path),
  );
  return module.exports;
}
