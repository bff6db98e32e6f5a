// Runs every generator of the workspace: the `gen` script of a package, and docs/generators/*.mjs.
// --check fails when a generated file was not what its generator writes now.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap, Refusal, repositoryDir, run, runMain, workspaceFolders } from './bootstrap.mjs';

const skippedFolders = new Set(['node_modules', 'dist', '.git', '.mandate', 'coverage']);

/** In the order of the dependency rule: services are generated from the packages. */
function generators() {
  const inOrder = ['packages/schemas', 'packages/contracts'];
  const folders = [...inOrder, ...workspaceFolders().filter((folder) => !inOrder.includes(folder))];
  const scripts = folders.flatMap((folder) => {
    const script = JSON.parse(readFileSync(join(repositoryDir, folder, 'package.json'), 'utf8')).scripts?.gen;
    return script === undefined ? [] : [{ folder, script }];
  });
  const docs = join(repositoryDir, 'docs/generators');
  const names = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.mjs')) : [];
  return [...scripts, ...names.sort().map((name) => ({ folder: 'docs', script: `node generators/${name}` }))];
}

/** Runs all generators. */
export async function generate() {
  for (const { folder, script } of generators()) {
    const cwd = join(repositoryDir, folder);
    const PATH = [join(cwd, 'node_modules/.bin'), join(repositoryDir, 'node_modules/.bin'), process.env.PATH].join(
      delimiter,
    );
    const { code, output } = await run(script, [], { cwd, shell: true, env: { ...process.env, PATH } });
    if (code !== 0)
      throw new Refusal(`${folder}: the generator \`${script}\` failed with exit code ${code}.\n${output.trim()}`);
    console.log(`${folder}: generated`);
  }
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) yield* files(path);
    else if (entry.isFile() && statSync(path).size < 2_000_000) yield path;
  }
}

/** Path → content of every generated file: it lies in `generated/`, or says GENERATED in its first lines. */
function generatedFiles() {
  const found = new Map();
  for (const path of files(repositoryDir)) {
    const content = readFileSync(path, 'utf8');
    const isGenerated = path.includes('/generated/') || /\bGENERATED\b/.test(content.slice(0, 300));
    if (isGenerated) found.set(relative(repositoryDir, path), content);
  }
  return found;
}

/** The generated files that a run of all generators changed, added or removed. */
export async function staleFiles() {
  const before = generatedFiles();
  await generate();
  const after = generatedFiles();
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.filter((path) => before.get(path) !== after.get(path));
}

async function main() {
  await bootstrap({ needsServers: false });
  if (!process.argv.includes('--check')) return generate();
  const stale = await staleFiles();
  if (stale.length > 0) throw new Refusal(`Out of date, now regenerated: ${stale.join(', ')}. Commit them.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void runMain(main);
