import { groupId } from '@mandate/contracts';
import type { RunningService } from '@mandate/service-kit';
import { Client } from 'pg';
import { World } from '../../../infra/local/src/testing/world';
import { anIssue } from './an-issue';
import { EchoModule } from './echo';

jest.setTimeout(60_000);

const TOPIC = 'mandate.issues.v1';
const GROUP = groupId('validator', 'decide');

describe('what a service tells of itself', () => {
  let world: World;
  let service: RunningService;
  let blocker: Client;

  beforeAll(async () => {
    world = await World.open();
    await world.seed();
    service = await world.start('validator', EchoModule);
    blocker = new Client({ connectionString: (await world.database('validator')).ownerUrl });
    await blocker.connect();
  });
  afterAll(async () => {
    await blocker.end();
    await world.close();
  });

  const sayIssue = (): Promise<unknown> => world.say('ingestion', anIssue('measured'));
  const text = async (): Promise<string> => (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  /** Values of a metric's series that carry these labels, by partition. */
  const series = (page: string, name: string, ...labels: string[]): Map<string, number> =>
    new Map(
      page
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) && labels.every((l) => line.includes(l)))
        .map((line) => [/partition="(\d+)"/.exec(line)?.[1] ?? '', Number(line.slice(line.lastIndexOf(' ')))]),
    );
  const lag = async (): Promise<Map<string, number>> =>
    series(await text(), 'mandate_consumer_lag', `topic="${TOPIC}"`, `group="${GROUP}"`);
  const total = (of: Map<string, number>): number => [...of.values()].reduce((sum, n) => sum + n, 0);

  async function brokersLag(): Promise<Map<string, number>> {
    const admin = world.servers.kafka('validator').admin();
    await admin.connect();
    try {
      const ends = await admin.fetchTopicOffsets(TOPIC);
      const [committed] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
      return new Map(
        ends.map(({ partition, high, low }) => {
          const offset = Number(committed?.partitions.find((p) => p.partition === partition)?.offset ?? -1);
          return [String(partition), Number(high) - Math.max(offset, Number(low))];
        }),
      );
    } finally {
      await admin.disconnect();
    }
  }

  it('FLOW-005: a consumer that hangs on its database says the lag that the broker says, and the age of the oldest', async () => {
    await blocker.query('BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE');
    const startedAt = Date.now();
    for (let i = 0; i < 12; i++) await sayIssue();
    expect(total(await lag())).toBe(12);
    expect(await lag()).toEqual(await brokersLag());
    await new Promise((r) => setTimeout(r, 2_000));
    const ages = series(await text(), 'mandate_oldest_unprocessed_age_seconds', `topic="${TOPIC}"`, `group="${GROUP}"`);
    expect(Math.max(...ages.values())).toBeGreaterThanOrEqual(2);
    expect(Math.max(...ages.values())).toBeLessThanOrEqual((Date.now() - startedAt) / 1_000);

    await blocker.query('ROLLBACK');
    for (const until = Date.now() + 15_000; total(await lag()) > 0 && Date.now() < until; )
      await new Promise((r) => setTimeout(r, 100));
    expect(await lag()).toEqual(await brokersLag());
    const page = await text();
    expect(total(await lag())).toBe(0);
    expect(page).toMatch(new RegExp(`messaging_client_consumed_messages_total\\{[^}]*"${TOPIC}"[^}]*\\} 12`));
    expect(page).toMatch(/mandate_since_receipt_seconds_count\{[^}]*message="IssueReceived"[^}]*\} 12/);
    expect(page).not.toMatch(/code="METRICS"/);
  });

  it('a service that starts behind says how old the oldest message is that it has not read', async () => {
    await service.close();
    await sayIssue();
    await new Promise((r) => setTimeout(r, 4_000));
    await blocker.query('BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE');
    service = await world.start('validator', EchoModule);
    const ages = series(await text(), 'mandate_oldest_unprocessed_age_seconds', `topic="${TOPIC}"`, `group="${GROUP}"`);
    expect(Math.max(...ages.values())).toBeGreaterThanOrEqual(3.9);
    await blocker.query('ROLLBACK');
  });

  it('a database that does not answer is said, with everything else, and within two seconds', async () => {
    await blocker.query('BEGIN; LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE');
    const startedAt = performance.now();
    const page = await text();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(page).toMatch(/mandate_database_answers\{[^}]*\} 0/);
    expect(page).toMatch(/mandate_broker_answers\{[^}]*\} 1/);
    await blocker.query('ROLLBACK');
    expect(await text()).toMatch(/mandate_database_answers\{[^}]*\} 1/);
  });
});
