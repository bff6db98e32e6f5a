import { join } from 'node:path';
import { World } from '../../../infra/local/src/testing/world';
import { post, tokensFile } from './tokens';

jest.setTimeout(120_000);
let world: World;
const order = (crashAt: 'committed' | 'published' | null) => ({
  service: 'ingestion' as const,
  modulePath: join(__dirname, '../src/app.module.ts'),
  exportName: 'AppModule',
  crashAt,
});

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.close());

/** Different messages about a reference; one that was published twice has one link. */
const said = (name: 'IssueReceived' | 'CrmUpdate', reference: string) => {
  const about = world
    .all(name)
    .filter((m) => ('origin' in m.value ? m.value.origin.reference : m.value.reference) === reference);
  return new Set(about.map((m) => m.link?.messageId)).size;
};

describe('ingestion, killed', () => {
  it.each(['committed', 'published'] as const)(
    'FLOW-001, FLOW-002: when %s, has lost nothing and repeats nothing, issues and refusals alike',
    async (point) => {
      const doomed = await world.spawn(order(point));
      doomed.arm();
      await world.issue({ reference: `killed when ${point}` });
      await world.issue({ reference: `refused when ${point}`, source: 'email' });
      await expect(doomed.ended()).resolves.toBe('SIGKILL');

      const next = await world.spawn(order(null));
      await world.issue({ reference: `after ${point}` });
      await world.next('CrmUpdate', (m) => m.value.reference === `after ${point}`);
      for (const reference of [`killed when ${point}`, `refused when ${point}`]) {
        await world.next('CrmUpdate', (m) => m.value.reference === reference);
        expect(said('CrmUpdate', reference)).toBe(1);
      }
      expect(said('IssueReceived', `killed when ${point}`)).toBe(1);
      expect(said('IssueReceived', `refused when ${point}`)).toBe(0);
      await next.end('SIGTERM');
    },
  );

  it('FLOW-001: an HTTP client that got no answer sends again and gets the one issue', async () => {
    const env = { INTAKE_TOKENS_FILE: tokensFile() };
    const doomed = await world.spawn(order('committed'), env);
    doomed.arm();
    const issue = { source: 'ops_alert', reference: 'cut off', idempotency_key: 'k', subject: 's' };
    await expect(post(Number(new URL(doomed.url).port), issue)).rejects.toThrow();

    const next = await world.spawn(order(null), env);
    const received = await world.next('IssueReceived', (m) => m.value.origin.reference === 'cut off');
    const answer = await post(Number(new URL(next.url).port), issue);
    expect(answer).toMatchObject({ status: 200, body: { state: 'DUPLICATE', issue_id: received.value.issue_id } });
    await next.end('SIGTERM');
  });
});
