import { join } from 'node:path';
import type { CrashPoint } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { anIssue } from './an-issue';

jest.setTimeout(180_000);

describe('a service that is killed, and servers that go away', () => {
  let world: World;
  const order = (crashAt: CrashPoint | null) => ({
    service: 'validator' as const,
    modulePath: join(__dirname, 'echo.ts'),
    exportName: 'EchoModule',
    crashAt,
  });

  beforeAll(async () => {
    world = await World.open();
    await world.seed();
  });
  afterAll(() => world.close());

  /** Different messages that were said about an issue; a message that was published twice has one link. */
  const saidAbout = (key: string) =>
    new Set(
      world
        .all('ProposalMade')
        .filter((m) => m.key === key)
        .map((m) => m.link?.messageId),
    ).size;

  it.each(['committed', 'published'] as const)(
    'FLOW-001, FLOW-002: killed when %s, it has lost nothing and repeats nothing',
    async (point) => {
      const doomed = await world.spawn(order(point));
      const said = await world.say('ingestion', anIssue(`killed when ${point}`));
      await expect(doomed.ended()).resolves.toBe('SIGKILL');

      const next = await world.spawn(order(null));
      await world.next('ProposalMade', (m) => m.key === said.key);
      const after = await world.say('ingestion', anIssue(`after ${point}`));
      await world.next('ProposalMade', (m) => m.key === after.key);
      expect(saidAbout(said.key)).toBe(1);
      await next.end('SIGTERM');
    },
  );

  it.each(['broker', 'database'] as const)(
    'FLOW-005: with the %s gone for 20 s in the middle of load everything goes on by itself, nothing lost, nothing doubled',
    async (server) => {
      const service = await world.spawn(order(null));
      const before = Array.from({ length: 50 }, (_, i) => anIssue(`before ${server} ${i}`));
      await Promise.all(before.map((m) => world.say('ingestion', m)));
      if (server === 'broker') await world.servers.stopBroker();
      else await world.servers.stopPostgres();
      await new Promise((r) => setTimeout(r, 20_000)); // the outage itself, not a wait for something
      if (server === 'broker') await world.servers.startBroker();
      else await world.servers.startPostgres();
      const after = Array.from({ length: 50 }, (_, i) => anIssue(`after ${server} ${i}`));
      for (const m of after) await world.say('ingestion', m);
      for (const m of [...before, ...after]) await world.next('ProposalMade', (p) => p.key === m.key, 60_000);
      for (const m of [...before, ...after]) expect(saidAbout(m.key)).toBe(1);
      await service.end('SIGTERM');
    },
  );
});
