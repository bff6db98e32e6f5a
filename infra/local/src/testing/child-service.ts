import { type CrashPoint, startService } from '@mandate/service-kit';

/** What a test tells a service that it runs in a process of its own. */
export interface ChildOrder {
  readonly service: Parameters<typeof startService>[0];
  readonly modulePath: string;
  readonly exportName: string;
  /** The process kills itself (SIGKILL) the first time it reaches this point. */
  readonly crashAt: CrashPoint | null;
  /** It does so only once it has been told `arm`, so that its start is not what dies. */
  readonly waitsForArm?: boolean;
}

const order = JSON.parse(process.argv[2] as string) as ChildOrder;
const appModule = (require(order.modulePath) as Record<string, Parameters<typeof startService>[1]>)[order.exportName];
if (!appModule) throw new Error(`${order.modulePath} exports no ${order.exportName}`);
let isArmed = !order.waitsForArm;
process.on('message', (message) => {
  isArmed ||= message === 'arm';
});
startService(order.service, appModule, process.env, {
  crashAt: (point) => {
    if (isArmed && point === order.crashAt) process.kill(process.pid, 'SIGKILL');
    return Promise.resolve();
  },
}).then(
  ({ port, close }) => {
    process.send?.({ port });
    process.once('SIGTERM', () => void close().then(() => process.exit(0)));
  },
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
