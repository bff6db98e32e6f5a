// What the containers run once, and beside them: `prepare` (before the servers), `set-up` (once they run), `issuer`.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startIdentityProvider } from '../identity-provider';
import { ensureIssuerSecrets, keepFounderToken } from '../issuer';
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
    case 'issuer':
      return issue(stack);
    default:
      throw new Error('usage: main.js prepare|set-up|issuer');
  }
}

async function issue({ dataDir }: ContainerStack): Promise<void> {
  const files = stackFiles(dataDir);
  ensureIssuerSecrets(files);
  const provider = await startIdentityProvider({
    port: containerIssuerPort,
    // A container's own loopback cannot be published to the host's.
    host: '0.0.0.0',
    key: createPrivateKey(readFileSync(files.issuerKey)),
    client: {
      secret: readFileSync(files.reviewClientSecret, 'utf8'),
      pageUrls: [process.env.PUBLIC_URL ?? 'http://localhost:17414'],
    },
  });
  const stopToken = keepFounderToken(files, containerIssuerPort);
  const stop = () => {
    stopToken();
    void provider.stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  report(`Issuing tokens as ${provider.url}.`);
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
