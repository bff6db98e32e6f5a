import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { type AclPlan, kafkaClient, startOwnServers, type TestServers, testServers } from '../src';

const topic = 'test.local.refusals.v1';

const may = (principal: string, operation: string): AclPlan => ({
  principal,
  resourceType: 'TOPIC',
  name: topic,
  patternType: 'LITERAL',
  operation,
});

async function produce(servers: TestServers, username: string, value: string): Promise<void> {
  const producer = servers.kafka(username).producer();
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [{ key: 'k', value }] });
  } finally {
    await producer.disconnect();
  }
}

async function consume(servers: TestServers, username: string, count: number): Promise<string[]> {
  const consumer = servers.kafka(username).consumer({ groupId: `${username}-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: string[] = [];
  await new Promise<void>((done, reject) => {
    const limit = setTimeout(() => reject(new Error(`saw only ${JSON.stringify(seen)}`)), 20_000);
    void consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(String(message.value));
        if (seen.length >= count) {
          clearTimeout(limit);
          done();
        }
      },
    });
  }).finally(() => consumer.disconnect());
  return seen;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the broker that the run shares', () => {
  const servers = testServers();
  beforeAll(() =>
    servers.provision({
      topics: [{ name: topic, partitions: 2, config: { 'retention.ms': '-1' } }],
      acls: [may('spare-1', 'WRITE')],
    }),
  );

  it('lets a user write what its ACL names', async () => {
    await expect(produce(servers, 'spare-1', 'one')).resolves.toBeUndefined();
  });

  it('refuses a user without an ACL', async () => {
    await expect(produce(servers, 'spare-2', 'two')).rejects.toThrow(/[Nn]ot authorized/);
  });

  it('refuses a user with a wrong password', async () => {
    const admin = kafkaClient(servers.brokers, { username: 'admin', password: 'guessed', passwordFile: '' }).admin();
    await expect(admin.connect()).rejects.toThrow(/invalid credentials/);
  });

  it('creates no topic by itself', async () => {
    const producer = servers.kafka('admin').producer({ retry: { retries: 0 } });
    await producer.connect();
    await expect(producer.send({ topic: 'test.local.nowhere', messages: [{ value: 'x' }] })).rejects.toThrow();
    await producer.disconnect();
  });

  it('keeps what it has when the same plan is applied again', async () => {
    const plan = {
      topics: [{ name: topic, partitions: 3, config: { 'retention.ms': '-1' } }],
      acls: [may('spare-1', 'WRITE')],
    };
    await servers.provision(plan);
    await servers.provision(plan);
    const admin = servers.kafka('admin').admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
    expect(topics[0]?.partitions).toHaveLength(3);
  });
});

describe('the database server that the run shares', () => {
  const servers = testServers();

  it('refuses a role that connects to another service’s database', async () => {
    const [one, other] = await Promise.all([servers.createDatabase('one'), servers.createDatabase('other')]);
    const trespass = new URL(one.url);
    trespass.pathname = `/${other.name}`;
    await expect(query(trespass.href, 'SELECT 1')).rejects.toThrow(/permission denied for database/);
    trespass.pathname = '/postgres';
    await expect(query(trespass.href, 'SELECT 1')).rejects.toThrow(/permission denied for database/);
    await Promise.all([servers.dropDatabase(one.name), servers.dropDatabase(other.name)]);
  });

  it('gives the runtime role select and insert on what the owner creates, and nothing more', async () => {
    const database = await servers.createDatabase('rights');
    await query(database.ownerUrl, 'CREATE TABLE facts (id bigint GENERATED ALWAYS AS IDENTITY, what text)');
    await query(database.url, `INSERT INTO facts (what) VALUES ('a')`);
    await expect(query(database.url, 'SELECT what FROM facts')).resolves.toEqual([{ what: 'a' }]);
    await expect(query(database.url, `UPDATE facts SET what = 'b'`)).rejects.toThrow(/permission denied/);
    await expect(query(database.url, 'DELETE FROM facts')).rejects.toThrow(/permission denied/);
    await expect(query(database.url, 'CREATE TABLE own (id int)')).rejects.toThrow(/permission denied/);
    await servers.dropDatabase(database.name);
  });

  it('refuses a wrong password', async () => {
    const wrong = new URL(servers.superuserUrl);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });
});

describe('servers of one’s own', () => {
  it('keep acknowledged messages and committed rows through SIGKILL, and leave nothing when removed', async () => {
    const servers = await startOwnServers();
    const readers: AclPlan[] = [
      may('spare-1', 'READ'),
      { principal: 'spare-1', resourceType: 'GROUP', name: 'spare-1', patternType: 'PREFIXED', operation: 'READ' },
    ];
    try {
      await servers.provision({ topics: [{ name: topic, partitions: 1, config: {} }], acls: readers });
      const database = await servers.createDatabase('kept');
      await query(database.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
      await produce(servers, 'admin', 'kept');
      await Promise.all([servers.stopBroker('SIGKILL'), servers.stopPostgres('SIGKILL')]);
      await Promise.all([servers.startBroker(), servers.startPostgres()]);
      await expect(consume(servers, 'spare-1', 1)).resolves.toEqual(['kept']);
      await expect(query(database.url, 'SELECT one FROM kept')).resolves.toEqual([{ one: 1 }]);
    } finally {
      await servers.remove();
    }
    expect(existsSync(servers.dir)).toBe(false);
  }, 60_000);
});
