import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Service } from '@mandate/contracts';
import type { World } from '@mandate/local';

/** The four services from a CRM's issue to the review queue. */
export const MEASURED: readonly Service[] = ['ingestion', 'validator', 'eligibility', 'contract'];

export interface Mode {
  readonly name: string;
  readonly mandate: 'on' | 'off';
  readonly batchSizeMax: number;
  readonly isTraced?: boolean;
}

const READY_LIMIT_MS = 60_000;

/** The measured services as separate processes. */
export class Chain {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async start(world: World, mode: Mode, spansTo: string): Promise<Chain> {
    const children: ChildProcess[] = [];
    for (const service of MEASURED) {
      const env = await world.env(service, {
        BATCH_SIZE_MAX: String(mode.batchSizeMax),
        RULES_FILE: join(__dirname, '../rules.yaml'),
        LOG_LEVEL: 'error',
        ...(mode.isTraced ? { OTEL_EXPORTER_OTLP_ENDPOINT: spansTo, OTEL_TRACES_SAMPLER_ARG: '1' } : {}),
      });
      const child = fork(join(__dirname, 'service.js'), [service, mode.mandate], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      children.push(child);
      await ready(child, service);
    }
    return new Chain(children);
  }

  /** CPU seconds that the processes have used so far, user and system. */
  async cpuSeconds(): Promise<number> {
    const all = await Promise.all(this.children.map(cpuOf));
    return all.reduce((sum, s) => sum + s, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map((c) => {
        if (c.exitCode !== null || c.signalCode !== null) return undefined;
        const ended = new Promise((r) => c.once('exit', r));
        c.kill('SIGTERM');
        return ended;
      }),
    );
  }
}

function cpuOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    const listen = (m: { cpu?: NodeJS.CpuUsage }): void => {
      if (!m.cpu) return;
      child.off('message', listen);
      resolve((m.cpu.user + m.cpu.system) / 1e6);
    };
    child.on('message', listen);
    child.send('cpu');
  });
}

async function ready(child: ChildProcess, service: string): Promise<void> {
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (m: { port: number }) => resolve(m.port));
    child.once('exit', () => reject(new Error(`${service} ended before it was ready`)));
  });
  const until = performance.now() + READY_LIMIT_MS;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    if (response?.ok) return;
    if (performance.now() > until) throw new Error(`${service} is not ready: ${await response?.text()}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}
