import { type RunningService, startService } from '@mandate/service-kit';

/** One service of the measured chain in a process of its own: `service.js <name> <mandate: on | off>`. */
const [name, mandate] = process.argv.slice(2) as [Parameters<typeof startService>[0], 'on' | 'off'];
const { AppModule } = require(`@mandate/${name}/dist/app.module.js`) as {
  AppModule: Parameters<typeof startService>[1];
};

startService(name, AppModule, process.env, { mandate: mandate === 'on' }).then(
  ({ port, close }: RunningService) => {
    process.send?.({ port });
    process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
    process.once('SIGTERM', () => void close().then(() => process.exit(0)));
  },
  (error: Error) => {
    console.error(`${name}: ${error.message}`);
    process.exit(1);
  },
);
