import { restartDelayMs } from './backoff';
import type { ServerProcess } from './server-process';

/** What the supervisor knows of one process. */
export interface SupervisedState {
  /** `waiting`: it ended and will be started again. */
  readonly state: 'starting' | 'running' | 'waiting' | 'stopped';
  readonly pid: number | null;
  readonly restarts: number;
  /** Why it last ended, as a sentence. */
  readonly lastEnd: string | null;
  /** Epoch milliseconds. */
  readonly startedAtMs: number | null;
}

/** Keeps one process running: when it ends by itself it is started again, after a growing delay. */
export class Supervised {
  private process: ServerProcess | undefined;
  private isStopping = false;
  private delayMs: number | undefined;
  private wake: () => void = () => undefined;
  private current: SupervisedState = { state: 'stopped', pid: null, restarts: 0, lastEnd: null, startedAtMs: null };
  private keeping: Promise<void> = Promise.resolve();

  /**
   * @param launch  starts the process; called again for each restart
   * @param report  told in one line when the process ended by itself
   */
  constructor(
    readonly name: string,
    private readonly launch: () => Promise<ServerProcess>,
    private readonly report: (line: string) => void,
  ) {}

  /** Starts it; the first failure is the caller's, later ones lead to another try. */
  async start(): Promise<void> {
    this.isStopping = false;
    await this.launchOnce();
    this.keeping = this.keep();
  }

  /** Stops it, and no restart follows. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.process?.stop();
    // A launch that is under way is waited for: otherwise its process would be left behind.
    await this.keeping;
    await this.process?.stop();
    this.process = undefined;
    this.current = { ...this.current, state: 'stopped', pid: null };
  }

  state(): SupervisedState {
    return this.current;
  }

  private async launchOnce(): Promise<void> {
    const startedAtMs = Date.now();
    this.current = { ...this.current, state: 'starting', startedAtMs };
    this.process = await this.launch();
    this.current = { ...this.current, state: 'running', pid: this.process.pid };
  }

  private async keep(): Promise<void> {
    for (;;) {
      const startedAtMs = this.current.startedAtMs ?? Date.now();
      const code = await this.process?.exited;
      if (this.isStopping) return;
      const why =
        code === undefined ? 'could not be started' : `ended with ${code === null ? 'a signal' : `exit code ${code}`}`;
      await this.pause(why, Date.now() - startedAtMs);
      if (this.isStopping) return;
      try {
        this.process = undefined;
        await this.launchOnce();
      } catch (error) {
        this.report(`${this.name}: ${(error as Error).message}`);
      }
      this.current = { ...this.current, restarts: this.current.restarts + 1 };
      if (this.isStopping) return;
    }
  }

  private pause(why: string, upMs: number): Promise<void> {
    const delayMs = restartDelayMs(this.delayMs, upMs);
    this.delayMs = delayMs;
    this.current = { ...this.current, state: 'waiting', pid: null, lastEnd: why };
    this.report(`${this.name} ${why}; it is started again in ${delayMs / 1_000} s.`);
    return new Promise((done) => {
      const timer = setTimeout(done, delayMs);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
