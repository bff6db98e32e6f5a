import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GenericContainer } from 'testcontainers';
import { containerBrokerSettings } from '../containers/broker-settings';
import { brokerCredentials, kafkaClient } from '../kafka';
import { newClusterId, scramArgument } from '../kafka-files';
import { repositoryDir } from '../paths';
import { postgresSuperuserUrl } from '../postgres';
import { writePrivateFile } from '../secrets';

/** What the tests' servers run on. */
export type Provider = 'embedded' | 'containers';

const READY_LIMIT_MS = 120_000;
const idFile = (dir: string): string => join(dir, 'container.id');

/**
 * Containers (testcontainers) where an engine answers, else the embedded servers.
 * @returns the choice and the sentence that says so
 */
export async function chooseProvider(
  env = process.env,
): Promise<{ readonly provider: Provider; readonly sentence: string }> {
  if (env.MANDATE_TEST_SERVERS === 'embedded') {
    return { provider: 'embedded', sentence: 'Test servers: embedded, as MANDATE_TEST_SERVERS says.' };
  }
  if (env.DOCKER_HOST || existsSync('/var/run/docker.sock')) {
    try {
      const { getContainerRuntimeClient } = await import('testcontainers');
      await getContainerRuntimeClient();
      return { provider: 'containers', sentence: 'Test servers: containers, since a container engine answers.' };
    } catch (error) {
      const sentence = `Test servers: embedded, since the container engine does not answer (${(error as Error).message}).`;
      return { provider: 'embedded', sentence };
    }
  }
  return { provider: 'embedded', sentence: 'Test servers: embedded, since no container engine answers.' };
}

/** Starts (or, after a stop, starts again) a broker with the settings, users and passwords of the embedded one. */
export async function startContainerBroker(dir: string, port: number, users: readonly string[]): Promise<void> {
  const given = join(dir, 'given');
  if (!existsSync(idFile(dir))) {
    mkdirSync(given, { recursive: true });
    const passwordOf = (user: string): string => brokerCredentials(dir, user).password;
    const passwords = { broker: passwordOf('broker'), controller: passwordOf('controller') };
    const addresses = { inside: 'localhost:9092', outside: `127.0.0.1:${port}` };
    writePrivateFile(
      join(given, 'server.properties'),
      containerBrokerSettings('/tmp/kafka-data', passwords, addresses),
    );
    const scram = [...new Set([...users, 'admin', 'broker'])].map(
      (user) => `${scramArgument(user, passwordOf(user))}\n`,
    );
    writePrivateFile(join(given, 'scram.txt'), scram.join(''));
    writePrivateFile(join(given, 'cluster-id'), newClusterId());
  }
  await startContainer(dir, async () =>
    (await generic('apache/kafka:4.4.0'))
      .withEntrypoint(['/bin/bash', '/opt/mandate/kafka.sh'])
      .withEnvironment({ KAFKA_DATA: '/tmp/kafka-data', KAFKA_HEAP_OPTS: '-Xmx512m' })
      .withCopyFilesToContainer([
        { source: join(repositoryDir, 'infra/docker/kafka.sh'), target: '/opt/mandate/kafka.sh' },
      ])
      .withCopyContentToContainer(
        ['server.properties', 'scram.txt', 'cluster-id'].map((name) => ({
          content: readFileSync(join(given, name), 'utf8'),
          target: `/run/mandate/${name}`,
          mode: 0o644,
        })),
      )
      .withExposedPorts({ container: 9094, host: port }),
  );
  const admin = kafkaClient(`127.0.0.1:${port}`, brokerCredentials(dir, 'admin')).admin();
  await untilAnswered(async () => {
    await admin.connect();
    await admin.describeCluster();
  });
  await admin.disconnect();
}

/** Starts (or starts again) a database server with the superuser's password of the embedded one. */
export async function startContainerPostgres(dir: string, port: number): Promise<string> {
  const url = postgresSuperuserUrl(dir, port);
  await startContainer(dir, async () =>
    (await generic('postgres:17.10-bookworm'))
      .withEnvironment({ POSTGRES_PASSWORD: new URL(url).password, POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256' })
      .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'jit=off'])
      .withExposedPorts({ container: 5432, host: port }),
  );
  await untilAnswered(async () => {
    const { Client } = await import('pg');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
  });
  return url;
}

/** Stops a server's container with a signal, whichever process started it; its data stays for the next start. */
export async function stopContainer(dir: string, signal: NodeJS.Signals): Promise<void> {
  if (!existsSync(idFile(dir))) return;
  const container = await byId(dir);
  await container.kill({ signal });
  await container.wait();
}

/** Removes a server's container with its data. */
export async function removeContainer(dir: string): Promise<void> {
  if (existsSync(idFile(dir))) await (await byId(dir)).remove({ force: true, v: true });
}

async function startContainer(dir: string, make: () => Promise<GenericContainer>): Promise<void> {
  if (existsSync(idFile(dir))) return void (await (await byId(dir)).start());
  const started = await (await make()).start();
  writePrivateFile(idFile(dir), started.getId());
}

async function generic(image: string): Promise<GenericContainer> {
  const testcontainers = await import('testcontainers');
  return new testcontainers.GenericContainer(image);
}

async function byId(dir: string) {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return (await getContainerRuntimeClient()).container.getById(readFileSync(idFile(dir), 'utf8'));
}

async function untilAnswered(ask: () => Promise<void>): Promise<void> {
  for (const until = performance.now() + READY_LIMIT_MS; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((r) => setTimeout(r, 200));
    }
  }
}
