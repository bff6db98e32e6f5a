import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, brokerPidFile, startBroker } from '../kafka';
import { freePorts } from '../ports';
import { type Postgres, postgresPidFile, removePostgresData, startPostgres } from '../postgres';
import { type ProcessMark, readPidFile, stopByPidFile, writePidFile } from '../processes';
import { closeSharedDatabases } from '../service-database';
import { stackUsers } from '../users';

/** One broker and one database server in a temporary folder, as plain data: it travels in an environment variable. */
export interface TestStack {
  readonly dir: string;
  readonly brokerPort: number;
  readonly controllerPort: number;
  readonly postgresPort: number;
}

/** Users without any right, for tests that grant them some. */
export const spareUsers = [
  'spare-1',
  'spare-2',
  'spare-3',
  'spare-4',
  'spare-5',
  'spare-6',
  'spare-7',
  'spare-8',
] as const;

const folderPrefix = 'mandate-test-';
const ownerFile = 'owner.pid';

/** Starts both servers, each in about a second. The owner (this process) is remembered for `sweepTestStacks`. */
export async function startTestStack(): Promise<TestStack> {
  const dir = makeTestDir();
  const [brokerPort, controllerPort, postgresPort] = (await freePorts(3)) as [number, number, number];
  const stack: TestStack = { dir, brokerPort, controllerPort, postgresPort };
  try {
    await Promise.all([startTestBroker(stack), startTestPostgres(stack)]);
  } catch (error) {
    await removeTestStack(stack.dir);
    throw error;
  }
  return stack;
}

/** A temporary folder whose owner (this process) is remembered for `sweepTestStacks`. */
export function makeTestDir(): string {
  const dir = mkdtempSync(join(tmpdir(), folderPrefix));
  // PostgreSQL runs as another user when we are root, and must be able to pass.
  chmodSync(dir, 0o711);
  writePidFile(join(dir, ownerFile), thisProcess());
  return dir;
}

/** Starts (or, after a stop, starts again) the broker of a test stack. */
export function startTestBroker({ dir, brokerPort, controllerPort }: TestStack): Promise<Broker> {
  const users = [...stackUsers, ...spareUsers];
  return startBroker({ dir: join(dir, 'kafka'), brokerPort, controllerPort, users });
}

/** Starts (or, after a stop, starts again) the database server of a test stack. */
export async function startTestPostgres({ dir, postgresPort }: TestStack): Promise<Postgres> {
  mkdirSync(join(dir, 'postgres'), { recursive: true, mode: 0o711 });
  const postgres = await startPostgres({ dir: join(dir, 'postgres'), port: postgresPort });
  await closeSharedDatabases(postgres.superuserUrl);
  return postgres;
}

/** Stops the broker, whichever process started it. */
export function stopTestBroker({ dir }: Pick<TestStack, 'dir'>, signal: NodeJS.Signals = 'SIGTERM'): Promise<boolean> {
  return stopByPidFile(brokerPidFile(join(dir, 'kafka')), { signal });
}

/** Stops the database server, whichever process started it. */
export function stopTestPostgres({ dir }: Pick<TestStack, 'dir'>, signal: NodeJS.Signals = 'SIGINT'): Promise<boolean> {
  return stopByPidFile(postgresPidFile(join(dir, 'postgres')), { signal });
}

/** Stops both servers, and the parts of a whole stack, at once, without ceremony, and removes the folder. */
export async function removeTestStack(dir: string): Promise<void> {
  const runDir = join(dir, 'run');
  const pidFiles = existsSync(runDir) ? readdirSync(runDir).filter((name) => name.endsWith('.pid')) : [];
  await Promise.all(pidFiles.map((name) => stopByPidFile(join(runDir, name), { signal: 'SIGKILL' })));
  await Promise.all([stopTestBroker({ dir }, 'SIGKILL'), stopTestPostgres({ dir }, 'SIGQUIT')]);
  if (existsSync(join(dir, 'postgres'))) removePostgresData(join(dir, 'postgres'));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Removes test stacks whose owner was killed before it could. */
export async function sweepTestStacks(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const dir = join(tmpdir(), name);
    if (!name.startsWith(folderPrefix) || !existsSync(join(dir, ownerFile))) continue;
    if (readPidFile(join(dir, ownerFile)) === undefined) await removeTestStack(dir);
  }
}

function thisProcess(): ProcessMark {
  return { pid: process.pid, mark: process.argv0 };
}
