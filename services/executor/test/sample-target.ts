import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../infra/local/src/ports';
import { FIRST_VALUES } from '../../../infra/sample-target/src/config';
import type { Settings } from '../../../infra/sample-target/src/settings';
import { SettingsFile } from '../../../infra/sample-target/src/settings.file';
import { type Stage, Target } from '../../../infra/sample-target/src/target';
import type { TargetOrder } from './target-child';

export type MessageType = 'apply' | 'undo' | 'observe';
export interface Reached {
  readonly stage: Stage;
  readonly type: MessageType;
  readonly cut: () => void;
}

/** The sample target of a test, with the executor's configuration for it. */
export class SampleTarget {
  /** What was received, in order. */
  readonly received: MessageType[] = [];
  /** What happens at a stage of a message; nothing unless a test says so. */
  at: (reached: Reached) => Promise<void> | void = () => undefined;
  private running: Target | null = null;
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly dir: string,
    private readonly secret: Buffer,
  ) {}

  static async make(): Promise<SampleTarget> {
    const [port] = (await freePorts(1)) as [number];
    const dir = mkdtempSync(join(tmpdir(), 'target-'));
    const secret = randomBytes(32);
    writeFileSync(join(dir, 'secret'), `whsec_${secret.toString('base64')}\n`);
    const target = {
      url: `http://127.0.0.1:${port}/hooks/mandate`,
      secret_file: 'secret',
      timeout_ms: 300,
      allow_http: true,
      allowed_addresses: ['127.0.0.1/32'],
    };
    writeFileSync(join(dir, 'targets.json'), JSON.stringify({ parcel_notices: target }));
    return new SampleTarget(port, dir, secret);
  }

  /** For the executor's environment. */
  get targetsFile(): string {
    return join(this.dir, 'targets.json');
  }

  get settings(): Settings {
    return this.file.read();
  }

  get notices(): unknown {
    return this.settings.values['parcel_notices#notices_per_parcel'];
  }

  /** As somebody with a hand on that system would. */
  setNotices(value: number): void {
    const { settings } = this;
    this.file.write({ ...settings, values: { ...settings.values, 'parcel_notices#notices_per_parcel': value } });
  }

  async start(): Promise<void> {
    this.running = await Target.start({
      port: this.port,
      settingsFile: this.settingsFile,
      firstValues: FIRST_VALUES,
      secret: this.secret,
      now: () => Date.now(),
      at: async (stage, name, cut) => {
        const type = name.slice('mandate.step.'.length) as MessageType;
        if (stage === 'received') this.received.push(type);
        await this.at({ stage, type, cut });
      },
    });
  }

  /** In a process of its own, which dies at a stage of a message. */
  async startDoomed(stage: Stage, type: MessageType): Promise<void> {
    const order: TargetOrder = {
      port: this.port,
      settingsFile: this.settingsFile,
      secretFile: join(this.dir, 'secret'),
      firstValues: FIRST_VALUES,
      diesAt: { stage, type: `mandate.step.${type}` },
    };
    const hook = join(__dirname, '../../../infra/local/src/testing/typescript-hook.cjs');
    this.child = fork(join(__dirname, 'target-child.ts'), [JSON.stringify(order)], { execArgv: ['--require', hook] });
    await new Promise((resolve) => this.child?.once('message', resolve));
  }

  /** Resolves when the process that was to die has died. */
  async died(): Promise<void> {
    const { child } = this;
    if (!child || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  async stop(): Promise<void> {
    this.at = () => undefined;
    this.received.length = 0;
    await this.running?.close();
    this.running = null;
    this.child?.kill('SIGKILL');
    await this.died();
    this.child = null;
  }

  private get settingsFile(): string {
    return join(this.dir, 'settings.json');
  }

  private get file(): SettingsFile {
    return new SettingsFile(this.settingsFile, FIRST_VALUES);
  }
}
