// Transpiles every workspace package's src/**/*.ts to dist/**/*.js with swc; only what changed. Types are checked elsewhere.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal, repositoryDir, run, runMain, workspaceFolders } from './bootstrap.mjs';

const configPath = join(repositoryDir, '.swcrc');

function filesBelow(folder, extension) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Every source with the file that it becomes. */
function plan() {
  return workspaceFolders().flatMap((folder) => {
    const source = join(repositoryDir, folder, 'src');
    const target = join(repositoryDir, folder, 'dist');
    const files = filesBelow(source, '.ts').filter((path) => !path.endsWith('.spec.ts') && !path.endsWith('.d.ts'));
    return files.map((path) => ({ path, output: join(target, path.slice(source.length + 1).replace(/\.ts$/, '.js')) }));
  });
}

function removeStale(outputs) {
  const wanted = new Set(outputs);
  for (const folder of workspaceFolders()) {
    for (const path of filesBelow(join(repositoryDir, folder, 'dist'), '.js')) {
      if (!wanted.has(path)) rmSync(path);
    }
  }
}

const pageDir = join(repositoryDir, 'services/review/page');
const pageSources = ['index.html', 'build.mjs', 'src', 'public', '../package.json'];

function newestMs(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

/** The review page, by its own build in a process of its own; only when one of its sources changed. */
async function buildPage() {
  const builtAtMs = statSync(join(pageDir, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (pageSources.every((name) => newestMs(join(pageDir, name)) < builtAtMs)) return;
  const { code, output } = await run(process.execPath, [join(pageDir, 'build.mjs')]);
  if (code !== 0) throw new Refusal(`The review page could not be built:\n${output.trim()}`);
  console.log(output.trim());
}

/** Builds what changed; prints one line if anything did. */
export async function build() {
  await Promise.all([buildServices(), buildPage()]);
}

async function buildServices() {
  const startedAtMs = performance.now();
  const files = plan();
  removeStale(files.map((file) => file.output));
  const configAtMs = statSync(configPath).mtimeMs;
  const changed = files.filter(({ path, output }) => {
    const builtAtMs = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return builtAtMs <= Math.max(configAtMs, statSync(path).mtimeMs);
  });
  if (changed.length === 0) return;
  const swc = createRequire(join(repositoryDir, 'package.json'))('@swc/core');
  const { $schema: _, ...config } = JSON.parse(readFileSync(configPath, 'utf8'));
  const results = await Promise.allSettled(changed.map((file) => transpile(swc, config, file)));
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result) => result.reason.message ?? result.reason);
  if (failures.length > 0) throw new Refusal(`${failures.join('\n')}\nThe build failed in ${failures.length} file(s).`);
  console.log(`Built ${changed.length} files in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

async function transpile(swc, config, { path, output }) {
  const { code } = await swc.transform(readFileSync(path, 'utf8'), { ...config, filename: path, swcrc: false });
  mkdirSync(dirname(output), { recursive: true });
  // Renamed into place, so that a process that starts meanwhile never reads half a file.
  const temporary = `${output}.${process.pid}.new`;
  writeFileSync(temporary, code);
  renameSync(temporary, output);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void runMain(build);
