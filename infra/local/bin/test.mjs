// test.mjs all|unit|check: runs the checks and the tests and closes with one line, `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap, Refusal, repositoryDir, run, runMain } from './bootstrap.mjs';
import { ensureChromium } from './chromium.mjs';
import { staleFiles } from './gen.mjs';
import { ensurePrometheus } from './prometheus.mjs';

const hangingMsMax = 20_000;
const bin = (name) => join(repositoryDir, 'node_modules/.bin', name);

function checkDependencies() {
  const folders = ['packages', 'services', 'infra', 'bench', 'test-e2e'];
  return runCheck('depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...folders]);
}

/** Each is one test of the closing line: undefined when it passes, else what is wrong. */
const checks = {
  'types (tsc)': () => runCheck('tsc', ['-p', '.']),
  'types of the page (tsc)': () => runCheck('tsc', ['-p', 'services/review/page']),
  'format and lint (biome)': () => runCheck('biome', ['check', '.']),
  'dependency rule (dependency-cruiser)': checkDependencies,
  'generated files (gen)': async () => {
    const stale = await staleFiles();
    return stale.length === 0 ? undefined : `Out of date, now regenerated: ${stale.join(', ')}. Commit them.`;
  },
};

/** The text, name and layout fences; loaded late, since they need what the bootstrap installs. */
function fenceChecks() {
  const { fences } = createRequire(import.meta.url)('../../fences/fences.cjs');
  const complaintOf = (breaches) => (breaches.length === 0 ? undefined : breaches.join('\n'));
  return fences().map(({ name, breaches }) => [name, () => complaintOf(breaches)]);
}

async function runCheck(command, args) {
  const { code, output } = await run(bin(command), args);
  return code === 0 ? undefined : output.trim();
}

async function runChecks(counts) {
  for (const [name, check] of [...Object.entries(checks), ...fenceChecks()]) {
    let complaint;
    try {
      complaint = await check();
    } catch (error) {
      complaint = error.message;
    }
    console.log(`${complaint === undefined ? '✓' : '✗'} check: ${name}`);
    if (complaint !== undefined) console.log(complaint);
    counts[complaint === undefined ? 'passed' : 'failed'] += 1;
  }
}

/** Runs Jest on some projects and adds what it counted. */
async function runJest(counts, projects, args) {
  const folder = mkdtempSync(join(tmpdir(), 'mandate-results-'));
  const resultFile = join(folder, 'results.json');
  try {
    const jestArgs = [
      '--selectProjects',
      ...projects,
      '--passWithNoTests',
      '--json',
      `--outputFile=${resultFile}`,
      ...args,
    ];
    const code = await runJestProcess(jestArgs, resultFile);
    if (!existsSync(resultFile)) throw new Refusal(`Jest ended with exit code ${code} before it could report.`);
    addResults(counts, JSON.parse(readFileSync(resultFile, 'utf8')), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Jest prints its report on stderr; its JSON on stdout also goes to the file, and is not shown. The file is written when
 * everything is over: a process that stays longer is held by something that a test left open.
 */
function runJestProcess(args, resultFile) {
  return new Promise((done) => {
    const env = { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' };
    const child = spawn(bin('jest'), args, { cwd: repositoryDir, env, stdio: ['ignore', 'ignore', 'inherit'] });
    let finishedAtMs;
    const watch = setInterval(() => {
      if (finishedAtMs === undefined && existsSync(resultFile)) finishedAtMs = Date.now();
      if (finishedAtMs === undefined || Date.now() - finishedAtMs < hangingMsMax) return;
      clearInterval(watch);
      console.error('Jest did not end by itself: a test left a connection, a timer or a process open.');
      child.kill('SIGKILL');
    }, 500);
    const end = (code) => {
      clearInterval(watch);
      done(code ?? 1);
    };
    child.on('close', end);
    child.on('error', () => end(127));
  });
}

function addResults(counts, results, code) {
  counts.passed += results.numPassedTests;
  counts.failed += results.numFailedTests;
  for (const file of results.testResults) {
    // A file that could not even be loaded has no failed test of its own: it counts as one.
    const hasFailure = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !hasFailure) counts.failed += 1;
    for (const test of file.assertionResults) {
      if (['pending', 'todo', 'skipped', 'disabled'].includes(test.status)) counts.skipped.push(test.fullName);
    }
  }
  // For example an error in the global teardown, which no test carries.
  if (code !== 0 && counts.failed === 0) counts.failed += 1;
}

function close(counts) {
  for (const name of counts.skipped) console.log(`skipped: ${name}`);
  const skipped = counts.skipped.length > 0 ? `, ${counts.skipped.length} skipped` : '';
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function main() {
  const [scope = 'all', ...jestArgs] = process.argv.slice(2);
  if (!['all', 'unit', 'check'].includes(scope)) throw new Refusal(`"${scope}" is not one of: all, unit, check.`);
  await bootstrap({ needsServers: scope === 'all' });
  const counts = { passed: 0, failed: 0, skipped: [] };
  if (scope !== 'unit') await runChecks(counts);
  if (scope !== 'check') await runJest(counts, ['unit'], ['--maxWorkers=2', ...jestArgs]);
  if (scope === 'all') {
    await ensureChromium();
    await ensurePrometheus();
    // One at a time: they share one broker and one database server, and some stop them.
    await runJest(counts, ['local'], ['--runInBand', ...jestArgs]);
    // Each file has its own servers; most of their time is spent waiting.
    await runJest(counts, ['integration', 'e2e'], ['--maxWorkers=2', ...jestArgs]);
  }
  return close(counts);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void runMain(main);
