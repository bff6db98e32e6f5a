import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArguments, type StackArguments, usage } from './arguments';
import { openStack } from './connection';
import { askStop, readAddress } from './control';
import { rotateLog } from './part-process';
import { pageUrl } from './parts';
import { repositoryDir } from './paths';
import { removePostgresData } from './postgres';
import { waitForExit } from './processes';
import { StackRefusal } from './refusal';
import { makePrivateDir } from './secrets';
import { stopLeftovers } from './stack';
import { stackFiles } from './stack-files';
import { formatStatus, formatTable, readStatus, statusOf } from './status';
import type { SuperviseMessage, SuperviseRequest } from './supervise';

const stopWithinMs = 120_000;

/**
 * Runs one command of `mandate-stack.mjs`.
 *
 * @param startedAtMs  when the command began (epoch milliseconds), for the time that `start` prints
 * @returns the exit code
 * @throws StackRefusal with the sentence to print
 */
export async function runCommand(argv: readonly string[], startedAtMs: number): Promise<number> {
  const parsed = parseArguments(argv, process.env.INIT_CWD ?? process.cwd());
  if (parsed.isHelp && parsed.command !== 'mandate') {
    console.log(usage(parsed.command));
    return 0;
  }
  switch (parsed.command) {
    case 'start':
      return start(parsed, startedAtMs);
    case 'stop':
      return stop(parsed);
    case 'status':
      return status(parsed);
    case 'reset':
      return reset(parsed);
    case 'demo':
      openStack(parsed.dataDir); // refuses where there is none
      return runProgram(parsed, 'infra/local/dist/demo.js');
    case 'mandate':
      return runProgram(parsed, 'packages/cli/dist/main.js');
    case 'bench':
      return runProgram(parsed, 'bench/dist/main.js');
  }
}

async function start(parsed: StackArguments, startedAtMs: number): Promise<number> {
  const { dataDir, isDetached } = parsed;
  const child = spawnSupervisor(parsed);
  const ended = new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1)));
  // Ctrl-C reaches only us (the supervisor has a session of its own); we pass it on and wait for the orderly end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  const isReady = await new Promise<boolean>((done) => {
    child.on('message', (message: SuperviseMessage) => {
      if (message.kind === 'line') console.log(message.text);
      else if (message.kind === 'failed') console.error(message.text);
      else void printReady(dataDir, message, startedAtMs, isDetached).finally(() => done(true));
    });
    void ended.then(() => done(false));
  });
  if (!isReady || !isDetached) return ended;
  child.disconnect();
  child.unref();
  return 0;
}

function spawnSupervisor(parsed: StackArguments): ChildProcess {
  const files = stackFiles(parsed.dataDir);
  mkdirSync(files.dataDir, { recursive: true, mode: 0o711 });
  makePrivateDir(files.logsDir);
  const logFile = files.logFile('supervisor');
  if (readAddress(files) === undefined) rotateLog(logFile);
  const { portBase, partitions, isEmpty, isDetached } = parsed;
  const request: SuperviseRequest = { portBase, partitions, isEmpty, isDetached };
  const log = openSync(logFile, 'a', 0o600);
  const args = [join(__dirname, 'supervise.js'), '--data', files.dataDir, JSON.stringify(request)];
  const child = spawn(process.execPath, args, {
    detached: true,
    cwd: repositoryDir,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return child;
}

async function printReady(
  dataDir: string,
  message: Extract<SuperviseMessage, { kind: 'ready' }>,
  startedAtMs: number,
  isDetached: boolean,
): Promise<void> {
  const stack = openStack(dataDir);
  const lines = await Promise.all(message.report.parts.map(statusOf));
  const seconds = (ms: number | null) => (ms === null ? '–' : (ms / 1_000).toFixed(1));
  const rows = lines.map((line) => [
    line.name,
    stack.urls[line.name] ?? `127.0.0.1:${line.port}`,
    seconds(line.readyAfterMs),
    String(line.memoryMb ?? '–'),
  ]);
  const data = dataDir === parseArguments(['status'], '/').dataDir ? '' : ` -- --data ${dataDir}`;
  console.log(`
${formatTable([['', 'address', 'ready after s', 'MB'], ...rows])}

Review      ${pageUrl(stack.ports.review)}/   (sign in as founder@local)
Founder     curl -H "Authorization: Bearer $(cat ${stack.founder.tokenFile})" ${stack.urls.review}/api/v1/contracts
            signing key: ${stack.founder.keyFile}
Kafka       ${stack.brokers}, SASL_PLAINTEXT, SCRAM-SHA-512, user crm, password in ${stack.users.crm}
Logs        ${stack.files.logsDir}
${isDetached ? `Stop        npm stop${data}` : 'Stop        Ctrl-C'}

Ready in ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s.`);
}

async function stop({ dataDir }: StackArguments): Promise<number> {
  const files = stackFiles(dataDir);
  const address = readAddress(files);
  if (address !== undefined) {
    console.log('Stopping …');
    await askStop(address);
    if (!(await waitForExit(address, stopWithinMs))) {
      throw new StackRefusal(
        `The supervisor (process ${address.pid}) has not ended after 120 s: see ${files.logFile('supervisor')}.`,
      );
    }
    console.log('Stopped.');
    return 0;
  }
  const hadLeftovers = await stopLeftovers(files);
  console.log(
    hadLeftovers ? 'Stopped what a killed supervisor had left running.' : `No stack is running in ${dataDir}.`,
  );
  return 0;
}

async function status({ dataDir, isJson }: StackArguments): Promise<number> {
  const found = await readStatus(stackFiles(dataDir));
  if (isJson)
    console.log(
      JSON.stringify({ dataDir, ...(found ?? { phase: 'stopped', supervisorPid: null, parts: [] }) }, null, 2),
    );
  else if (found === undefined) console.log(`No stack is running in ${dataDir}.`);
  else console.log(formatStatus(found.parts));
  return found === undefined ? 1 : 0;
}

async function reset(parsed: StackArguments): Promise<number> {
  const { dataDir } = parsed;
  const files = stackFiles(dataDir);
  if (!existsSync(dataDir)) {
    console.log(`There is nothing in ${dataDir}.`);
    return 0;
  }
  const isStack = existsSync(files.state) || readdirSync(dataDir).every((name) => ['logs', 'run'].includes(name));
  if (!isStack) throw new StackRefusal(`${dataDir} does not look like a stack's folder: nothing was removed.`);
  if (!parsed.isYes && !(await isConfirmed(dataDir))) {
    console.log('Nothing was removed.');
    return 1;
  }
  await stop(parsed);
  removePostgresData(files.postgresDir);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  console.log(`Removed ${dataDir}.`);
  return 0;
}

async function isConfirmed(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new StackRefusal('Nobody can be asked here: add --yes to remove all data of this stack.');
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await prompt.question(`Remove all messages, tables and keys in ${dataDir}? (y/N) `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

/** Runs a program of ours against the stack; it finds the stack by MANDATE_STACK. */
async function runProgram({ dataDir, rest }: StackArguments, path: string): Promise<number> {
  const program = join(repositoryDir, path);
  if (!existsSync(program)) throw new StackRefusal(`${path} is missing: run \`npm run build\`.`);
  const env = { ...process.env, MANDATE_STACK: dataDir };
  const child = spawn(process.execPath, [program, ...rest], {
    env,
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? process.cwd(),
  });
  // The terminal sends Ctrl-C to the program as well: it decides, and its exit code is ours.
  process.on('SIGINT', () => undefined);
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}
