import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaAcls, kafkaTopics } from '@mandate/contracts';
import { Client } from 'pg';
import { type ContainerStack, prepare } from '../src/containers/prepare';
import { setUp } from '../src/containers/set-up';
import { brokerCredentials, kafkaClient } from '../src/kafka';
import { javaCommand, javaFlags } from '../src/kafka-files';
import { repositoryDir } from '../src/paths';
import { freePorts } from '../src/ports';
import { type Postgres, removePostgresData, startPostgres } from '../src/postgres';
import { type ServerProcess, startServer } from '../src/server-process';
import { stackFiles } from '../src/stack-files';
import { serviceNames } from '../src/users';

/** Stands for the image's scripts: the same Java programs, from the jars of this checkout. */
function kafkaHome(dir: string): string {
  mkdirSync(join(dir, 'home/bin'), { recursive: true });
  const programs = { 'kafka-storage.sh': 'kafka.tools.StorageTool', 'kafka-server-start.sh': 'kafka.Kafka' };
  for (const [script, program] of Object.entries(programs)) {
    const java = [javaCommand(), ...javaFlags({}), program].map((word) => `'${word}'`).join(' ');
    writeFileSync(join(dir, 'home/bin', script), `#!/bin/sh\nexec ${java} "$@"\n`, { mode: 0o755 });
  }
  return join(dir, 'home');
}

/** The handed-out settings with this test's ports and folder for the container's. */
function moveHere(file: string, here: Readonly<Record<string, string>>): void {
  const text = Object.entries(here).reduce(
    (all, [there, own]) => all.replaceAll(there, own),
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
}

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the jobs of the containers', () => {
  let dir: string;
  let stack: ContainerStack;
  let inside: string;
  let database: string;
  let broker: ServerProcess;
  let postgres: Postgres;
  const files = () => stackFiles(stack.dataDir);
  const handedOut = (...path: string[]) => join(stack.handoutDir, ...path);
  const client = (brokers: string, user: string) => kafkaClient(brokers, brokerCredentials(files().kafkaDir, user));

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mandate-containers-'));
    const [inner, controller, outer, databasePort] = (await freePorts(4)) as [number, number, number, number];
    stack = { dataDir: join(dir, 'stack'), handoutDir: join(dir, 'handout'), brokerPort: outer };
    inside = `127.0.0.1:${inner}`;
    database = `127.0.0.1:${databasePort}`;
    prepare(stack, Date.now());
    moveHere(handedOut('kafka/server.properties'), {
      'kafka:9092': inside,
      ':9092': `:${inner}`,
      ':9093': `:${controller}`,
      ':9094': `:${outer}`,
      '/var/lib/kafka/data': join(dir, 'data'),
    });
    const env = { KAFKA_HOME: kafkaHome(dir), HANDED_OUT: handedOut('kafka'), KAFKA_DATA: join(dir, 'data') };
    broker = await startServer({
      title: 'Kafka',
      command: 'bash',
      // The script takes no argument; this one makes its process known before it becomes the broker's.
      args: [join(repositoryDir, 'infra/docker/kafka.sh'), handedOut('kafka/server.properties')],
      dir,
      mark: handedOut('kafka/server.properties'),
      logFile: join(dir, 'broker.log'),
      pidFile: join(dir, 'broker.pid'),
      stopSignal: 'SIGTERM',
      env: { ...process.env, ...env },
      isReady: async () => answers(client(inside, 'admin')),
    });
    postgres = await startPostgres({ dir: files().postgresDir, port: databasePort });
    await setUp(stack, { broker: inside, database }, () => undefined);
  }, 120_000);

  afterAll(async () => {
    await broker?.stop();
    await postgres?.stop();
    removePostgresData(files().postgresDir);
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it('CHAIN-001: make the topics and exactly the permissions of the tables', async () => {
    const admin = client(inside, 'admin').admin();
    await admin.connect();
    const topics = await admin.listTopics();
    const wanted = kafkaTopics(3).map(({ name }) => name);
    expect(wanted.filter((name) => !topics.includes(name))).toEqual([]);
    const any = { resourceType: 1, resourcePatternType: 1, operation: 1, permissionType: 1 };
    const { resources } = await admin.describeAcls(any);
    expect(resources.flatMap((resource) => resource.acls)).toHaveLength(kafkaAcls().length);
    await admin.disconnect();
  });

  it('let a customer publish from this machine, and nobody without a password', async () => {
    const outside = `127.0.0.1:${stack.brokerPort}`;
    const producer = client(outside, 'crm').producer();
    await producer.connect();
    const record = { topic: 'crm.issues.v1', messages: [{ key: 'k', value: 'v' }] };
    await expect(producer.send(record)).resolves.toHaveLength(1);
    await expect(producer.send({ ...record, topic: 'mandate.reviews.v1' })).rejects.toThrow(/authorized/i);
    await producer.disconnect();
    const stranger = kafkaClient(outside, { username: 'crm', password: 'crm', passwordFile: '' }).admin();
    await expect(stranger.connect()).rejects.toThrow(/[Aa]uthentication/);
  });

  it('give each service its own database, with tables, and no other', async () => {
    for (const service of serviceNames) {
      const url = readFileSync(handedOut(service, 'database.url'), 'utf8');
      expect(await rows(url, 'SELECT count(*)::int AS waiting FROM outbox')).toEqual([{ waiting: 0 }]);
      const other = new URL(url);
      other.pathname = service === 'review' ? '/mandate_contract' : '/mandate_review';
      await expect(rows(other.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
    }
  });

  it('PART2-002: give no service a key but its own, nor the owner of its tables', () => {
    const secrets = new Map(serviceNames.map((s) => [s, readFileSync(handedOut(s, 'key.pem'), 'utf8')]));
    expect(new Set(secrets.values()).size).toBe(serviceNames.length);
    const kept = [files().founderKey, files().rootKey, files().operatorToken, files().intakeToken];
    const owners = serviceNames.map((s) => join(files().databaseSecretsDir, `mandate_${s}_owner.url`));
    const forbidden = [...kept, ...owners].map((file) => readFileSync(file, 'utf8').trim());
    for (const service of serviceNames) {
      for (const file of readdirSync(handedOut(service))) {
        const text = readFileSync(handedOut(service, file), 'utf8');
        expect(forbidden.filter((secret) => text.includes(secret))).toEqual([]);
        const foreign = [...secrets].filter(([owner, key]) => owner !== service && text.includes(key));
        expect(foreign).toEqual([]);
      }
    }
  });

  it('change nothing when they run again', async () => {
    const read = () => {
      const paths = readdirSync(stack.handoutDir, { recursive: true, withFileTypes: true });
      const given = paths.filter((entry) => entry.isFile() && entry.name !== 'server.properties');
      return given.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]);
    };
    const before = read();
    prepare(stack, Date.now());
    await setUp(stack, { broker: inside, database }, () => undefined);
    expect(read()).toEqual(before);
  }, 60_000);
});

async function answers(kafka: ReturnType<typeof kafkaClient>): Promise<boolean> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
