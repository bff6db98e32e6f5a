import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerPidFile, startBroker } from '../kafka';
import { freePorts } from '../ports';
import { postgresPidFile, removePostgresData, startPostgres } from '../postgres';
import { type ProcessMark, readPidFile, stopByPidFile, writePidFile } from '../processes';
import { closeSharedDatabases } from '../service-database';
import { stackUsers } from '../users';
import {
  chooseProvider,
  type Provider,
  removeContainer,
  startContainerBroker,
  startContainerPostgres,
  stopContainer,
} from './container-servers';

/** One broker and one database server in a temporary folder, as plain data: it travels in an environment variable. */
export interface TestStack {
  readonly dir: string;
  readonly brokerPort: number;
  readonly controllerPort: number;
  readonly postgresPort: number;
  /** Containers where an engine answers (said when they are started), else the embedded servers. */
  readonly provider: Provider;
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
  const { provider } = await chooseProvider();
  const stack: TestStack = { dir, brokerPort, controllerPort, postgresPort, provider };
  // Both have come up or given up before anything is removed: a server that is still starting would write on.
  const starts = await Promise.allSettled([startTestBroker(stack), startTestPostgres(stack)]);
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed === undefined) return stack;
  await removeTestStack(stack.dir);
  throw failed.reason;
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
export async function startTestBroker({ dir, brokerPort, controllerPort, provider }: TestStack): Promise<void> {
  const users = [...stackUsers, ...spareUsers];
  if (provider === 'containers') await startContainerBroker(join(dir, 'kafka'), brokerPort, users);
  else await startBroker({ dir: join(dir, 'kafka'), brokerPort, controllerPort, users });
}

/** Starts (or, after a stop, starts again) the database server of a test stack. */
export async function startTestPostgres({ dir, postgresPort, provider }: TestStack): Promise<void> {
  const own = join(dir, 'postgres');
  mkdirSync(own, { recursive: true, mode: 0o711 });
  const url =
    provider === 'containers'
      ? await startContainerPostgres(own, postgresPort)
      : (await startPostgres({ dir: own, port: postgresPort })).superuserUrl;
  await closeSharedDatabases(url);
}

/** Stops the broker, whichever process started it. */
export async function stopTestBroker(
  { dir }: Pick<TestStack, 'dir'>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  await stopContainer(join(dir, 'kafka'), signal);
  await stopByPidFile(brokerPidFile(join(dir, 'kafka')), { signal });
}

/** Stops the database server, whichever process started it. */
export async function stopTestPostgres(
  { dir }: Pick<TestStack, 'dir'>,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<void> {
  await stopContainer(join(dir, 'postgres'), signal);
  await stopByPidFile(postgresPidFile(join(dir, 'postgres')), { signal });
}

/** Stops both servers, and the parts of a whole stack, at once, without ceremony, and removes the folder. */
export async function removeTestStack(dir: string): Promise<void> {
  const runDir = join(dir, 'run');
  const pidFiles = existsSync(runDir) ? readdirSync(runDir).filter((name) => name.endsWith('.pid')) : [];
  await Promise.all(pidFiles.map((name) => stopByPidFile(join(runDir, name), { signal: 'SIGKILL' })));
  await Promise.all([removeContainer(join(dir, 'kafka')), removeContainer(join(dir, 'postgres'))]);
  await Promise.all([
    stopByPidFile(brokerPidFile(join(dir, 'kafka')), { signal: 'SIGKILL' }),
    stopByPidFile(postgresPidFile(join(dir, 'postgres')), { signal: 'SIGQUIT' }),
  ]);
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
