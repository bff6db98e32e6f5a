import {
  decodeMandate,
  encodeLink,
  encodeMandate,
  LINKED,
  type LinkedName,
  readingsOf,
  SERVICES,
  type Service,
  sha256,
  TOPICS,
  topicOf,
} from '@mandate/contracts';
import { encode, type MessageName, schemaId } from '@mandate/schemas';
import { completes } from './src/attested';
import { FullChain } from './src/full-chain';

jest.setTimeout(600_000);

describe('every consumer of the chain', () => {
  let chain: FullChain;
  let wanted = 100;

  beforeAll(async () => {
    chain = await FullChain.open();
    await chain.startAll();
  });
  afterAll(() => chain.close());

  /** One issue from its receipt to COMPLETED, through all eight services. */
  const complete = async (reference: string): Promise<string> => {
    const from = wanted;
    wanted += 10;
    await chain.world.issue({
      reference,
      subject: 'API rate limit',
      body: `Please raise the API rate limit from ${from} to ${wanted} per minute.`,
    });
    const contract = await chain.eligible(reference, 60_000);
    await chain.approveWhenHealthy(contract.value);
    await completes(chain, contract.value.contract_id, 120_000);
    await chain.world.next(
      'CapabilityChanged',
      (m) => m.value.contract_id === contract.value.contract_id && m.value.cause === 'FINAL',
      30_000,
    );
    return contract.value.contract_id;
  };

  /** Different links of one (type, subject, version): more than one is an equivocation. */
  const equivocations = (): string[] => {
    const links = new Map<string, Set<string>>();
    for (const name of LINKED) {
      for (const m of chain.world.all(name)) {
        const of = `${name} ${m.key} v${m.link?.version}`;
        links.set(of, (links.get(of) ?? new Set()).add(m.link?.messageId ?? ''));
      }
    }
    return [...links].filter(([, ids]) => ids.size > 1).map(([of]) => of);
  };
  const distinct = (name: MessageName): number => new Set(chain.world.all(name).map((m) => m.link?.messageId)).size;

  it('FLOW-002: has the effect of a message once, when every message of every topic comes again', async () => {
    await complete('TWICE-1');
    const counted = LINKED.filter((n) => n !== 'HealthChanged');
    const before = counted.map(distinct);
    for (const name of counted) {
      for (const m of chain.world.all(name)) {
        await chain.world.send(m.link?.writer as Service, m.topic, m.key, m.bytes, { mandate: m.mandate });
      }
    }
    const contractId = await complete('TWICE-2'); // each topic has gone past the repeated messages now
    const about = (name: MessageName): number =>
      new Set(
        chain.world
          .all(name)
          .filter((m) => m.key !== contractId)
          .map((m) => m.link?.messageId),
      ).size;
    expect(about('JobChanged')).toBe(before[counted.indexOf('JobChanged')]);
    expect(about('ReviewDecided')).toBe(before[counted.indexOf('ReviewDecided')]);
    expect(about('AuditConcluded')).toBe(before[counted.indexOf('AuditConcluded')]);
    expect(about('ContractChanged')).toBe(before[counted.indexOf('ContractChanged')]);
    expect(equivocations()).toEqual([]);
  });

  it('FLOW-003, FLOW-004: goes on past bytes that are no message, are cut, claim 2^53 items or belong to another topic', async () => {
    const foreign = chain.world.all('IssueReceived')[0]!;
    for (const topic of TOPICS) {
      if (topic.writer === 'crm') continue;
      const name = topic.messages[0] as LinkedName;
      const genuine = chain.world.all(name)[0];
      const good = genuine ?? foreign;
      const send = (bytes: Buffer): Promise<void> => signed(chain, topic.writer as Service, name, bytes);
      await send(Buffer.from('not avro'));
      await send(hugeArray(name));
      await send(foreign.bytes);
      for (let length = 0; length < good.bytes.length; length += 97) await send(good.bytes.subarray(0, length));
      await chain.world.send(topic.writer, topic.name, 'no mandate', good.bytes);
      // What follows on the poisoned key waits behind it (a repeat of a genuine message will do).
      if (genuine) await chain.world.send(topic.writer, topic.name, good.key, good.bytes, { mandate: good.mandate });
    }
    await complete('POISONED-1');
    const letters = (code: string): string[] =>
      chain.world
        .all('DeadLetter')
        .flatMap((m) => (m.value.code === code ? [`${m.value.service} ${m.value.topic}`] : []));
    const deciding = SERVICES.flatMap((service) =>
      readingsOf(service)
        .filter(({ topic, reader }) => reader.mode === 'decide' && topic.writer !== 'crm')
        .filter(({ topic }) => topic.messages.some((name) => chain.world.all(name).length > 0))
        .map(({ topic }) => `${service} ${topic.name}`),
    );
    expect(letters('UNDECODABLE')).toEqual(expect.arrayContaining(deciding));
    expect(letters('HELD')).toEqual(expect.arrayContaining(deciding));
    const codes = new Set(chain.world.all('DeadLetter').map((m) => m.value.code));
    expect(codes).toContain('UNDECODABLE');
    expect(codes).toContain('NO_MANDATE');
  });

  it.each(['broker', 'database'] as const)(
    'FLOW-005: with the %s gone for 20 s in the middle of load all eight go on by themselves',
    async (server) => {
      const references = Array.from({ length: 30 }, (_, i) => `LOAD-${server}-${i}`);
      for (const reference of references)
        await chain.world.issue({ reference, subject: 'Thanks', body: 'Thank you for the new search.' });
      await (server === 'broker' ? chain.world.servers.stopBroker() : chain.world.servers.stopPostgres());
      await new Promise((r) => setTimeout(r, 20_000)); // the outage itself
      await (server === 'broker' ? chain.world.servers.startBroker() : chain.world.servers.startPostgres());
      for (const reference of references) {
        await chain.world.next('EligibilityJudged', (m) => m.value.origin.reference === reference, 90_000);
      }
      await complete(`AFTER-${server}`);
      expect(equivocations()).toEqual([]);
    },
  );

  it.each(
    SERVICES.flatMap((service) => (['committed', 'published'] as const).map((point) => [service, point] as const)),
  )('FLOW-001: %s, killed when %s, loses nothing and repeats nothing', async (service, point) => {
    await chain.kill(service, 'SIGTERM');
    const doomed = await chain.startDoomed(service, point);
    const story = complete(`KILLED-${service}-${point}`);
    const died = Promise.race([doomed.ended(), story.then(() => 'the story ended without a crash')]);
    await expect(died).resolves.toBe('SIGKILL');
    await chain.start(service);
    await expect(story).resolves.toEqual(expect.any(String));
    expect(equivocations()).toEqual([]);
  });
});

/**
 * Bytes under a genuine signature of the topic's writer, citing what a genuine message cited: only decoding can find out
 * that they are no message. They are about an aggregate that has ended, whose key may be held.
 */
async function signed(chain: FullChain, writer: Service, name: LinkedName, value: Buffer): Promise<void> {
  const genuine = chain.world.all(name)[0];
  const cited = genuine && decodeMandate(genuine.mandate);
  if (!genuine?.link || !cited) return; // this chain has no such message: nothing to imitate
  const version = genuine.link.version + 1_000;
  const link = encodeLink({ ...genuine.link, version, time: Date.now(), valueDigest: sha256(value) });
  const mandate = await chain.world.prove(writer, encodeMandate({ ...cited, own: { link, proof: null } }));
  await chain.world.send(writer, topicOf(name).name, genuine.key, value, { mandate });
}

/** A frame whose first array claims 2^53 items. */
function hugeArray(name: MessageName): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(schemaId(name), 1);
  return Buffer.concat([frame, Buffer.from('8080808080808020', 'hex'), encode('DeadLetter', DEAD).subarray(5)]);
}
const DEAD = {
  service: 'x',
  topic: 'x',
  partition: 0,
  offset: '0',
  key: null,
  kind: 'PARKED' as const,
  code: 'X',
  reason: '',
  value_digest: Buffer.alloc(32),
  at: 0,
};
