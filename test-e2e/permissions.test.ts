import { deadLetterTopic, groupId, kafkaTopics, readingsOf, SERVICES, TOPICS } from '@mandate/contracts';
import { Client } from 'pg';
import { World } from '../infra/local/src/testing/world';

jest.setTimeout(180_000);

/** What the topic table allows a service; written here from the table's two facts, not from the ACLs made of it. */
const mayWrite = (service: string, topic: string): boolean =>
  TOPICS.some((t) => t.name === topic && t.writer === service) || topic === `mandate.dead-letters.${service}.v1`;
const mayRead = (service: (typeof SERVICES)[number], topic: string): boolean =>
  readingsOf(service).some((r) => r.topic.name === topic);

describe('what broker and database refuse', () => {
  let world: World;
  const topics = kafkaTopics(1).map((t) => t.name);

  beforeAll(async () => {
    world = await World.open({ observes: false });
  });
  afterAll(() => world.close());

  it.each(SERVICES)('CHAIN-001: %s may write and read exactly what the topic table says', async (service) => {
    const kafka = world.servers.kafka(service);
    const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    const written: string[] = [];
    for (const topic of topics) {
      const isWritten = await producer.send({ topic, acks: -1, messages: [{ key: 'probe', value: 'probe' }] }).then(
        () => true,
        () => false,
      );
      if (isWritten) written.push(topic);
    }
    await producer.disconnect();
    expect(written).toEqual(topics.filter((t) => mayWrite(service, t)));

    const read: string[] = [];
    for (const topic of topics) if (await canRead(kafka, groupId(service, 'decide'), topic)) read.push(topic);
    expect(read).toEqual(topics.filter((t) => mayRead(service, t)));
  });

  it('CHAIN-001: a CRM may publish issues and read updates, nothing else', async () => {
    const producer = world.servers.kafka('crm').producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    for (const topic of topics) {
      const sent = producer.send({ topic, acks: -1, messages: [{ key: 'probe', value: 'probe' }] });
      if (topic === 'crm.issues.v1') await expect(sent).resolves.toBeDefined();
      else await expect(sent).rejects.toThrow();
    }
    await producer.disconnect();
    expect(await canRead(world.servers.kafka('crm'), 'crm.probe', 'crm.updates.v1')).toBe(true);
    expect(await canRead(world.servers.kafka('crm'), 'crm.probe', 'mandate.verdicts.v1')).toBe(false);
  });

  it("CHAIN-001: no service may read another's consumer group", async () => {
    await expect(
      canRead(world.servers.kafka('review'), groupId('contract', 'decide'), 'mandate.contracts.v1'),
    ).resolves.toBe(false);
    expect(deadLetterTopic('review')).toBe('mandate.dead-letters.review.v1');
  });

  it.each(SERVICES)("PART2-001: the role of %s cannot enter another service's database", async (service) => {
    const own = new URL((await world.database(service)).url);
    for (const other of SERVICES) {
      const url = new URL(own);
      url.pathname = `/${(await world.database(other)).name}`;
      const entered = await entersDatabase(url.href);
      expect([other, entered]).toEqual([other, other === service]);
    }
  });

  it.each(SERVICES)('EVID-001: the role of %s can neither change the schema nor the migrations', async (service) => {
    const client = new Client({ connectionString: (await world.database(service)).url });
    await client.connect();
    await expect(client.query('CREATE TABLE mine (a int)')).rejects.toThrow(/permission denied/);
    await expect(client.query('DELETE FROM migrations')).rejects.toThrow(/permission denied/);
    const skip = `INSERT INTO migrations (timestamp, name) VALUES (1, 'never_to_run')`;
    await expect(client.query(skip)).rejects.toThrow(/permission denied/);
    await expect(client.query('DELETE FROM operator_actions')).rejects.toThrow(/permission denied/);
    await client.end();
  });
});

async function entersDatabase(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Whether a user may fetch from a topic in a group. A missing right to the group looks as a missing coordinator does, and
 * a broker that has just started has no coordinator yet: only what stays so when asked again is a refusal.
 */
async function canRead(kafka: ReturnType<World['servers']['kafka']>, group: string, topic: string): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await firstFetch(kafka, group, topic);
    if (answer !== 'no coordinator') return answer === 'fetched';
    await new Promise((r) => setTimeout(r, 200));
  }
  return false;
}

type FirstFetch = 'fetched' | 'refused' | 'no coordinator';

async function firstFetch(
  kafka: ReturnType<World['servers']['kafka']>,
  group: string,
  topic: string,
): Promise<FirstFetch> {
  const consumer = kafka.consumer({
    groupId: group,
    maxWaitTimeInMs: 50,
    retry: { retries: 0 },
    allowAutoTopicCreation: false,
  });
  const meaning = (error: Error): FirstFetch =>
    /authoriz/i.test(`${error.message} ${(error as { type?: string }).type}`) ? 'refused' : 'no coordinator';
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const outcome = new Promise<FirstFetch>((resolve) => {
      consumer.on(consumer.events.FETCH, () => resolve('fetched'));
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(meaning(payload.error)));
    });
    await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
    return await outcome;
  } catch (error) {
    return meaning(error as Error);
  } finally {
    await consumer.disconnect().catch(() => undefined);
  }
}
