import { existsSync, renameSync } from 'node:fs';
import { connect } from 'node:net';
import type { Part } from './parts';
import { repositoryDir } from './paths';
import { type ServerProcess, startServer } from './server-process';
import type { StackFiles } from './stack-files';

const stopGraceMs = 10_000;
const logsKept = 3;

/** Starts one Node process of the stack; resolves when it runs, not when it is ready. */
export function launchPart(part: Part, files: StackFiles): Promise<ServerProcess> {
  // Ignored by the program; it tells this stack's processes from another stack's.
  const markArgs = ['--data', files.dataDir];
  const inherited = ['PATH', 'HOME', 'TZ', 'LANG', 'TMPDIR'].map((name) => [name, process.env[name]]);
  return startServer({
    title: part.name,
    command: process.execPath,
    args: [part.program, ...markArgs],
    dir: repositoryDir,
    mark: [part.program, ...markArgs].join(' '),
    logFile: files.logFile(part.name),
    pidFile: files.pidFile(part.name),
    stopSignal: 'SIGTERM',
    graceMs: stopGraceMs,
    env: {
      ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)),
      NODE_ENV: 'production',
      ...part.env,
    },
    isReady: async () => true,
  });
}

/** Moves the log of an earlier start aside: `x.log` → `x.log.1` → `x.log.2`. */
export function rotateLog(path: string): void {
  for (let number = logsKept - 1; number >= 1; number -= 1) {
    const older = number === 1 ? path : `${path}.${number - 1}`;
    if (existsSync(older)) renameSync(older, `${path}.${number}`);
  }
}

/** Whether a part is ready, and if not, why. Never throws. */
export async function probePart(probe: Part['probe'], port: number): Promise<{ isReady: boolean; reason: string }> {
  if (probe === 'tcp') {
    const isReady = await takesConnections(port);
    return { isReady, reason: isReady ? '' : 'its port takes no connections' };
  }
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    const text = await response.text();
    return response.ok ? { isReady: true, reason: pausedIn(text) } : { isReady: false, reason: reasonIn(text) };
  } catch (error) {
    return {
      isReady: false,
      reason: (error as Error).name === 'TimeoutError' ? 'does not answer' : 'does not listen yet',
    };
  }
}

/** What operators have paused of a service that is ready; empty if nothing. */
function pausedIn(text: string): string {
  try {
    const { paused } = JSON.parse(text) as { paused?: readonly string[] };
    return paused?.length ? `paused: ${paused.join(', ')}` : '';
  } catch {
    return '';
  }
}

/** The reason in a readiness answer: `reason`, or the list `reasons`, else the text itself. */
function reasonIn(text: string): string {
  try {
    const answer = JSON.parse(text) as { reason?: string; reasons?: string[] };
    const reason = answer.reason ?? answer.reasons?.join('; ');
    if (reason !== undefined) return reason;
  } catch {
    // Not JSON: the text is the reason.
  }
  return text.slice(0, 200);
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
