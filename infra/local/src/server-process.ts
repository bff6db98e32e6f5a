import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import {
  isRunning,
  type ProcessMark,
  sendSignal,
  stopByPidFile,
  stopProcess,
  waitForExit,
  writePidFile,
} from './processes';

/** A server of ours: how to start it, how it is known, how it is asked to stop. */
export interface ServerPlan {
  /** In sentences: `Kafka`. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  /** A part of the command line that no other process has. */
  readonly mark: string;
  readonly logFile: string;
  readonly pidFile: string;
  readonly stopSignal: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL; 30 s unless told. */
  readonly graceMs?: number;
  /** The whole environment; the parent's unless told. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whose rights it runs with, when not ours. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether it answers as it should; asked again and again until it does. */
  readonly isReady: () => Promise<boolean>;
}

/** A running server. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves with the exit code (null after SIGKILL) when the process ends. */
  readonly exited: Promise<number | null>;
  /** Orderly stop; resolves when the process has gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process has gone. */
  kill(): Promise<void>;
}

const readyWithinMs = 60_000;
const graceMsDefault = 30_000;

/**
 * Starts a server, after stopping one that its pid file still names, and resolves once it is ready. The process
 * outlives its parent unless stopped.
 *
 * @throws Error with the server's own last lines when it ends before it is ready, or is not ready within 60 s
 */
export async function startServer(plan: ServerPlan): Promise<ServerProcess> {
  const stopping = { signal: plan.stopSignal, graceMs: plan.graceMs ?? graceMsDefault };
  await stopByPidFile(plan.pidFile, stopping);
  const log = openSync(plan.logFile, 'a', 0o600);
  // Detached: a Ctrl-C in the terminal must reach the supervisor only, which stops things in order.
  const options = { ...plan.user, cwd: plan.dir, env: plan.env ?? process.env, detached: true };
  const child = spawn(plan.command, plan.args, { ...options, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const exited = exitOf(child);
  const target: ProcessMark = { pid: await pidOf(child, plan.title), mark: plan.mark };
  writePidFile(plan.pidFile, target);
  await untilReady(plan, target);
  const end = async (work: Promise<unknown>) => {
    child.ref();
    await work;
    await exited;
    rmSync(plan.pidFile, { force: true });
  };
  return {
    pid: target.pid,
    exited,
    stop: () => end(stopProcess(target, stopping)),
    kill: () => {
      sendSignal(target, 'SIGKILL');
      return end(waitForExit(target, 5_000));
    },
  };
}

/**
 * Runs a tool to its end; its output is kept nowhere.
 *
 * @throws Error with the tool's last lines on stderr when its exit code is not 0
 */
export async function runTool(
  title: string,
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; user?: ServerPlan['user'] },
): Promise<void> {
  const { user, cwd, env = process.env } = options;
  const child = spawn(command, args, { ...user, cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint = (complaint + chunk).slice(-4_000);
  });
  const exited = exitOf(child);
  await pidOf(child, title);
  const code = await exited;
  if (code !== 0) throw new Error(`${title} failed with exit code ${code}: ${lastLines(complaint)}`);
}

async function untilReady(plan: ServerPlan, target: ProcessMark): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs;
  for (;;) {
    if (!isRunning(target)) {
      throw new Error(`${plan.title} ended before it was ready: ${lastLines(readFileSync(plan.logFile, 'utf8'))}`);
    }
    if (await plan.isReady()) return;
    if (performance.now() > deadlineMs) {
      await stopProcess(target, { signal: plan.stopSignal });
      const said = lastLines(readFileSync(plan.logFile, 'utf8'));
      throw new Error(`${plan.title} was not ready within ${readyWithinMs / 1_000} s: ${said}`);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once('close', (code) => done(code)));
}

function pidOf(child: ChildProcess, title: string): Promise<number> {
  return new Promise((done, reject) => {
    child.once('error', (cause) => reject(new Error(`${title} could not be started: ${cause.message}`, { cause })));
    child.once('spawn', () => done(child.pid as number));
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join('\n') || 'it said nothing.';
}
