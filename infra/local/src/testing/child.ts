import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ChildOrder } from './child-service';

const READY_LIMIT_MS = 30_000;

/** A service that a test runs in a process of its own. */
export class ChildService {
  private readonly process: ChildProcess;
  private readonly exit: Promise<NodeJS.Signals | number | null>;
  private port: number | null = null;
  private output = '';
  private hasEnded = false;

  constructor(order: ChildOrder, env: NodeJS.ProcessEnv) {
    this.process = fork(join(__dirname, 'child-service.ts'), [JSON.stringify(order)], {
      env,
      execArgv: ['--require', join(__dirname, 'typescript-hook.cjs')],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-4_000);
    };
    this.process.stdout?.on('data', keep);
    this.process.stderr?.on('data', keep);
    this.process.on('message', (message: { port: number }) => {
      this.port = message.port;
    });
    this.exit = new Promise((resolve) =>
      this.process.once('exit', (code, signal) => {
        this.hasEnded = true;
        resolve(signal ?? code);
      }),
    );
  }

  /** Its base URL once it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Resolves when it is ready or has ended. @throws Error with its last output after the limit */
  async ready(): Promise<void> {
    const until = performance.now() + READY_LIMIT_MS;
    while (!this.hasEnded) {
      const isReady =
        this.port !== null &&
        (await fetch(`${this.url}/health/ready`).then(
          (r) => r.ok,
          () => false,
        ));
      if (isReady) return;
      if (performance.now() > until)
        throw new Error(`the child is not ready after ${READY_LIMIT_MS} ms:\n${this.output}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  /** From now on it crashes at the point it was ordered to. */
  arm(): void {
    this.process.send('arm');
  }

  /** How it ended: a signal's name or an exit code. */
  ended(): Promise<NodeJS.Signals | number | null> {
    return this.exit;
  }

  /** Ends it and waits until it has. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.hasEnded) this.process.kill(signal);
    await this.exit;
  }
}
