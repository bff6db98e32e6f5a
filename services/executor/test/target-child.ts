import { readFileSync } from 'node:fs';
import { type Stage, Target, type TargetOptions } from '../../../infra/sample-target/src/target';

/** What a test tells a sample target that it runs in a process of its own. */
export interface TargetOrder {
  readonly port: number;
  readonly settingsFile: string;
  readonly secretFile: string;
  readonly firstValues: TargetOptions['firstValues'];
  /** It kills itself (SIGKILL) the first time it reaches this stage of a message of this type. */
  readonly diesAt: { readonly stage: Stage; readonly type: string } | null;
}

const order = JSON.parse(process.argv[2] as string) as TargetOrder;
void Target.start({
  ...order,
  secret: Buffer.from(readFileSync(order.secretFile, 'utf8').trim().slice('whsec_'.length), 'base64'),
  now: () => Date.now(),
  at: (stage, type) => {
    if (stage === order.diesAt?.stage && type === order.diesAt.type) process.kill(process.pid, 'SIGKILL');
    return Promise.resolve();
  },
}).then(() => process.send?.('ready'));
