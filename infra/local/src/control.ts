import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRunning, type ProcessMark } from './processes';
import { StackRefusal } from './refusal';
import { makePrivateDir } from './secrets';
import type { PartStatus } from './stack';
import type { StackFiles } from './stack-files';

/** What a supervisor answers about itself. */
export interface SupervisorReport {
  readonly phase: 'starting' | 'ready' | 'stopping';
  readonly parts: readonly PartStatus[];
}

/** A supervisor as its file names it; the token keeps other users of this machine out. */
export interface SupervisorAddress extends ProcessMark {
  readonly port: number;
  readonly token: string;
}

/**
 * Makes this process the one supervisor of a data folder and opens its control port (loopback, a token).
 *
 * @param mark  a part of this process's command line that names the data folder
 * @throws StackRefusal when the stack already runs
 */
export async function openControl(
  files: StackFiles,
  mark: string,
  handlers: { report: () => SupervisorReport; stop: () => void },
): Promise<{ close(): void }> {
  makePrivateDir(files.runDir);
  const token = randomBytes(24).toString('base64url');
  const server = await listen(token, handlers);
  const address: SupervisorAddress = { pid: process.pid, mark, port: (server.address() as AddressInfo).port, token };
  if (readAddress(files) === undefined) rmSync(files.supervisor, { force: true });
  try {
    writeFileSync(files.supervisor, JSON.stringify(address), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    server.close();
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new StackRefusal(
      `The stack in ${files.dataDir} is already running: \`npm run status\` shows it, \`npm stop\` stops it.`,
    );
  }
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
      rmSync(files.supervisor, { force: true });
    },
  };
}

/** The running supervisor of a data folder, if there is one. */
export function readAddress(files: StackFiles): SupervisorAddress | undefined {
  if (!existsSync(files.supervisor)) return undefined;
  try {
    const address = JSON.parse(readFileSync(files.supervisor, 'utf8')) as SupervisorAddress;
    return isRunning(address) ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Asks a supervisor what runs. */
export async function askReport(address: SupervisorAddress): Promise<SupervisorReport> {
  return (await (await call(address, 'GET', '/report')).json()) as SupervisorReport;
}

/** Tells a supervisor to stop everything and end; returns at once. */
export async function askStop(address: SupervisorAddress): Promise<void> {
  await call(address, 'POST', '/stop');
}

async function call(address: SupervisorAddress, method: string, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${address.token}` };
  const signal = AbortSignal.timeout(5_000);
  const response = await fetch(`http://127.0.0.1:${address.port}${path}`, { method, headers, signal });
  if (!response.ok) throw new Error(`The supervisor answered ${response.status}.`);
  return response;
}

function listen(token: string, handlers: { report: () => SupervisorReport; stop: () => void }): Promise<Server> {
  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url}`;
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    if (isAllowed && route === 'GET /report') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(handlers.report()));
    } else if (isAllowed && route === 'POST /stop') {
      response.writeHead(202).end();
      handlers.stop();
    } else {
      response.writeHead(404).end();
    }
  });
  return new Promise((done, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => done(server));
  });
}
