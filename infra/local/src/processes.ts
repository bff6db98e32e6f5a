import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePrivateFile } from './secrets';

/** A process as its pid file keeps it. `mark` is a part of its command line that no other process has. */
export interface ProcessMark {
  readonly pid: number;
  readonly mark: string;
}

/** Keeps a process in a pid file. */
export function writePidFile(path: string, process: ProcessMark): void {
  writePrivateFile(path, JSON.stringify(process));
}

/** The process of a pid file if it still runs and is still the same one; a reused pid has another command line. */
export function readPidFile(path: string): ProcessMark | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as ProcessMark;
    return isRunning(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process with this pid runs and has the mark in its command line. */
export function isRunning({ pid, mark }: ProcessMark): boolean {
  return commandLine(pid).includes(mark);
}

function commandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      // Empty for a zombie, which is as good as gone.
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

/** Waits until the process has gone; false when it has not within the time. */
export async function waitForExit(target: ProcessMark, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (isRunning(target)) {
    if (performance.now() > deadlineMs) return false;
    await sleep(20);
  }
  return true;
}

/** Asks a process to stop, and kills it when it has not stopped within the time. */
export async function stopProcess(
  target: ProcessMark,
  { signal = 'SIGTERM', graceMs = 10_000 }: { signal?: NodeJS.Signals; graceMs?: number } = {},
): Promise<void> {
  sendSignal(target, signal);
  if (await waitForExit(target, graceMs)) return;
  sendSignal(target, 'SIGKILL');
  await waitForExit(target, 5_000);
}

/** Sends a signal to a process unless it has gone or its pid now belongs to another. */
export function sendSignal(target: ProcessMark, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Stops the process of a pid file, if it runs, and removes the file. @returns whether it ran */
export async function stopByPidFile(
  path: string,
  options?: { signal?: NodeJS.Signals; graceMs?: number },
): Promise<boolean> {
  const running = readPidFile(path);
  if (running !== undefined) await stopProcess(running, options);
  rmSync(path, { force: true });
  return running !== undefined;
}
