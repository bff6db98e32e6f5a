// What the containers run once, and beside them: `prepare` (before the servers), `set-up` (once they run), `issuer`.
import { startIssuer } from '../issuer';
import { stackFiles } from '../stack-files';
import { type ContainerStack, containerIssuerPort, prepare } from './prepare';
import { setUp } from './set-up';

const report = (line: string) => console.log(line);

async function main(command: string | undefined): Promise<void> {
  const stack: ContainerStack = {
    dataDir: process.env.STACK_DIR ?? '/var/lib/mandate',
    handoutDir: process.env.HANDOUT_DIR ?? '/handout',
    brokerPort: Number(process.env.KAFKA_PORT ?? 17_400),
  };
  switch (command) {
    case 'prepare':
      prepare(stack, Date.now());
      return report('Secrets, keys and the manifest are there.');
    case 'set-up':
      return setUp(stack, { broker: 'kafka:9092', database: 'postgres:5432' }, report);
    case 'issuer': {
      const issuer = await startIssuer(stackFiles(stack.dataDir), containerIssuerPort);
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void issuer.stop());
      return report(`Issuing tokens as ${issuer.url}.`);
    }
    default:
      throw new Error('usage: main.js prepare|set-up|issuer');
  }
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
