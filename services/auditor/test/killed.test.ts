import { join } from 'node:path';
import { Database } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { Books } from './books';
import { Chain } from './chain';

jest.setTimeout(120_000);

describe('an auditor that is killed', () => {
  let world: World;
  let books: Books;

  beforeAll(async () => {
    world = await World.open();
    books = await Books.open(world);
  });
  afterAll(() => world.close());

  const order = (crashAt: 'committed' | 'published' | null) => ({
    service: 'auditor' as const,
    modulePath: join(__dirname, '../src/app.module.ts'),
    exportName: 'AppModule',
    crashAt,
  });
  const verdicts = (chain: Chain) =>
    world.all('AuditConcluded').filter((m) => m.value.contract_id === chain.contractId);

  it.each(['committed', 'published'] as const)(
    'FLOW-001, FLOW-002, AUDIT-001: when %s, has one verdict, and has recorded everything once',
    async (crashAt) => {
      const doomed = await world.spawn(order(crashAt));
      const chain = new Chain(world, books, books.limit + 1);
      await chain.evaluate(await chain.run(await chain.untilActive()));
      await expect(doomed.ended()).resolves.toBe('SIGKILL');
      const next = await world.spawn(order(null));
      await world.next('AuditConcluded', (m) => m.value.contract_id === chain.contractId);
      await new Promise((r) => setTimeout(r, 1_000));
      expect(new Set(verdicts(chain).map((m) => m.value.audit_id)).size).toBe(1); // a second copy is the same message
      expect(verdicts(chain)[0]?.value.verdict).toBe('PASS');
      const database = await Database.open((await world.database('auditor')).url, 'auditor-test');
      const recorded = await database.rows<{ says: string }>(
        `SELECT message_type || ' ' || says AS says FROM evidence WHERE contract_id = $1 AND message_type <> 'CapabilityChanged' ORDER BY says`,
        [chain.contractId],
      );
      expect(recorded.map((r) => r.says)).toEqual([
        'AuditConcluded PASS',
        'ContractChanged ACTIVE',
        'ContractChanged APPROVED',
        'ContractChanged ELIGIBLE',
        'JobChanged JOB_DONE',
        'JobEvaluated EVALUATED',
        'ReviewDecided APPROVE',
      ]);
      await database.close();
      await next.end('SIGTERM');
    },
  );

  it('FLOW-004, CHAIN-003: is not stopped by bytes that are nothing, nor by a message that may not be said', async () => {
    const running = await world.spawn(order(null));
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    for (const topic of ['mandate.evaluations.v1', 'mandate.health.v1']) {
      await world.send('health', topic, chain.contractId, Buffer.from('not avro'));
    }
    await world.send('health', ended.topic.replace('jobs', 'evaluations'), ended.key, ended.value, {
      mandate: ended.mandate,
    });
    await world.next('DeadLetter', (m) => m.value.service === 'auditor' && m.value.code === 'WRONG_TOPIC');
    await chain.evaluate(ended);
    const heard = await world.next('AuditConcluded', (m) => m.value.contract_id === chain.contractId);
    expect(heard.value.verdict).toBe('PASS');
    await running.end('SIGTERM');
  });
});
