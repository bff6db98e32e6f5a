// Makes a fresh clone runnable with nothing but Node, Java and Maven: pnpm, the workspace, Kafka's jars, the build.
// No dependencies: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export const repositoryDir = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const mandateDir = join(repositoryDir, '.mandate');
const pnpmVersion = '10.34.9';
const pnpmDir = join(mandateDir, 'tools');
const pnpmBin = join(pnpmDir, 'node_modules/pnpm/bin/pnpm.cjs');
const kafkaPom = join(repositoryDir, 'infra/local/kafka/pom.xml');

/** An expected "no": its message is one sentence and what to do; it is printed without a stack trace. */
export class Refusal extends Error {}

/** Runs `main`, prints a refusal as its sentence, and turns any failure into exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  }
}

/** Says what is being done, and how long it took. */
export async function step(label, work) {
  console.log(`${label} …`);
  const startedAtMs = performance.now();
  const result = await work();
  console.log(`${label}: done in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
  return result;
}

/** Refuses an old Node; everything else needs at least this. */
export function checkNode() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Refusal(`Node 20 or newer is needed, this is ${process.version}: install it from https://nodejs.org.`);
  }
}

/** Refuses a machine without Java 17 or Maven. */
export function checkJavaAndMaven() {
  const java = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(`${java.stderr ?? ''}${java.stdout ?? ''}`)?.[1];
  if (java.error || version === undefined) {
    throw new Refusal(
      'Java 17 or newer is needed to run Kafka and was not found: install a JRE (for example openjdk-17-jre-headless) or set JAVA_HOME.',
    );
  }
  if (Number(version) < 17) {
    throw new Refusal(
      `Java 17 or newer is needed to run Kafka, this is Java ${version}: install a newer JRE or set JAVA_HOME.`,
    );
  }
  if (!existsSync(kafkaLibDir()) && spawnSync('mvn', ['-v']).error) {
    throw new Refusal(
      "Maven is needed once to fetch Kafka's jars and was not found: install it so that `mvn` is on the PATH.",
    );
  }
}

function javaCommand() {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
}

function kafkaLibDir() {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(kafkaPom, 'utf8'))[1];
  return join(mandateDir, `kafka-${version}`, 'lib');
}

/** Resolves with the exit code and the last output of a command; shows the output as it comes if `show`. */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const { show = false, env = process.env, ...spawnOptions } = options;
    // `npm --silent` would otherwise keep the installers from saying what is wrong.
    const shownEnv = { ...env, npm_config_loglevel: 'error' };
    const child = spawn(command, args, {
      cwd: repositoryDir,
      ...spawnOptions,
      env: shownEnv,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-4_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => done({ code: 127, output: error.message }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** Fills a new folder beside `target` and renames it into place, so that a broken download leaves nothing half-installed. */
async function installFolder(target, fill) {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = mkdtempSync(`${target}.new-`);
  try {
    await fill(temporary);
    rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The line of a tool's output that says best what went wrong, without colours. */
function lastLine(output) {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.replace(/^\[ERROR\]|^npm (error|ERR!)( code)?/, '').trim())
    .filter(Boolean);
  return (
    lines.find((line) => /ERR_|\berror\b|ECONN|ENOTFOUND|could not|No plugin/i.test(line)) ??
    lines.at(-1) ??
    'it said nothing'
  ).slice(0, 300);
}

async function ensurePnpm() {
  const manifest = join(pnpmDir, 'node_modules/pnpm/package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === pnpmVersion) return;
  await step(`Installing pnpm ${pnpmVersion}`, () =>
    installFolder(pnpmDir, async (folder) => {
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
      const args = [
        'install',
        `pnpm@${pnpmVersion}`,
        '--prefix',
        folder,
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        '--save-exact',
      ];
      const { code, output } = await run('npm', args);
      if (code !== 0) {
        throw new Refusal(
          `pnpm could not be downloaded through npm (${lastLine(output)}): check the network or npm's registry setting, then run the same command again.`,
        );
      }
    }),
  );
}

function manifestPaths() {
  const found = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'];
  for (const folder of workspaceFolders()) found.push(join(folder, 'package.json'));
  return found.filter((path) => existsSync(join(repositoryDir, path)));
}

/** The folders of all workspace packages, relative to the repository, as pnpm-workspace.yaml names them. */
export function workspaceFolders() {
  const text = readFileSync(join(repositoryDir, 'pnpm-workspace.yaml'), 'utf8');
  const patterns = [...text.split(/^\w+:.*$/m)[1].matchAll(/^\s+-\s+['"]?([^'"\s]+)/gm)].map((match) => match[1]);
  return patterns
    .flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const parent = pattern.slice(0, -2);
      if (!existsSync(join(repositoryDir, parent))) return [];
      return readdirSync(join(repositoryDir, parent))
        .sort()
        .map((name) => `${parent}/${name}`);
    })
    .filter((folder) => existsSync(join(repositoryDir, folder, 'package.json')));
}

async function ensureInstalled() {
  const hash = createHash('sha256').update(process.version);
  for (const path of manifestPaths()) hash.update(path).update(readFileSync(join(repositoryDir, path)));
  const wanted = hash.digest('hex');
  const stamp = join(mandateDir, 'installed');
  const isCurrent =
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted &&
    existsSync(join(repositoryDir, 'node_modules/.pnpm'));
  if (isCurrent) return;
  await ensurePnpm();
  await step('Installing the workspace', async () => {
    rmSync(stamp, { force: true });
    const { code, output } = await run(process.execPath, [pnpmBin, 'install', '--frozen-lockfile'], {
      env: { ...process.env, CI: 'true' },
    });
    if (code !== 0) {
      throw new Refusal(
        `The workspace could not be installed (${lastLine(output)}): check the network, then run the same command again.`,
      );
    }
    writeFileSync(stamp, wanted);
  });
}

async function ensureKafkaJars() {
  const target = kafkaLibDir();
  if (existsSync(target)) return;
  await step("Fetching Kafka's jars with Maven", () =>
    installFolder(target, async (folder) => {
      const args = ['-q', '-B', '-C', '-f', kafkaPom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
      const { code, output } = await run('mvn', args);
      if (code !== 0) {
        throw new Refusal(
          `Kafka's jars could not be fetched with Maven (${lastLine(output)}): check the network or Maven's mirror setting, then run the same command again.`,
        );
      }
    }),
  );
}

/** Two commands started at the same time must not install over each other: the second waits for the first. */
async function withLock(work) {
  const lock = join(mandateDir, 'bootstrap.lock');
  mkdirSync(mandateDir, { recursive: true });
  for (let waitedMs = 0; ; waitedMs += 200) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (waitedMs === 1_000) console.log('Waiting for another command that installs or builds …');
      if (!isAlive(readOwner(lock))) rmSync(lock, { force: true });
      else await new Promise((wake) => setTimeout(wake, 200));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function readOwner(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  // An empty file is an owner between creating and writing it: it is taken as alive for this round.
  if (pid === undefined) return existsSync(join(mandateDir, 'bootstrap.lock'));
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Brings the checkout to the point where everything can run.
 *
 * @param needsServers  also checks Java and Maven and fetches Kafka's jars
 */
export async function bootstrap({ needsServers }) {
  checkNode();
  if (needsServers) checkJavaAndMaven();
  await withLock(async () => {
    await ensureInstalled();
    if (needsServers) await ensureKafkaJars();
    const { build } = await import(pathToFileURL(join(repositoryDir, 'infra/local/bin/build.mjs')).href);
    await build();
  });
}

// Not awaited: build.mjs imports this module, and would wait for it for ever.
if (process.argv[1] === fileURLToPath(import.meta.url)) void runMain(() => bootstrap({ needsServers: true }));
