import type { RunningService } from '@mandate/service-kit';
import { Client } from 'pg';
import { World } from '../../../infra/local/src/testing/world';
import { anIssue } from './an-issue';
import { EchoModule } from './echo';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;

describe('what has been kept long enough', () => {
  let world: World;
  let service: RunningService;
  let owner: Client;

  beforeAll(async () => {
    world = await World.open();
    await world.seed();
    owner = new Client({ connectionString: (await world.database('validator')).ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await world.close();
  });

  const fill = (table: string, age: number, count: number) =>
    table === 'inbox'
      ? owner.query(
          `INSERT INTO inbox SELECT sha256(convert_to($1::text || ':' || n, 'UTF8')), 'test', $1::text::bigint FROM generate_series(1, $2::int) AS n`,
          [String(Date.now() - age), count],
        )
      : owner.query(
          `INSERT INTO parked (kind, topic, partition, "offset", key, value, headers, broker_time, code, reason, parked_at, reader)
           SELECT $3::text, 't', 0, n, 'k'::bytea, 'v'::bytea, '[]', 0, 'C', 'r', $1::text::bigint, $3::text || $1::text FROM generate_series(1, $2::int) AS n`,
          [String(Date.now() - age), count, table],
        );
  const count = async (sql: string): Promise<number> => Number((await owner.query(sql)).rows[0].count);
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 600 && !(await holds()); i++) await new Promise((r) => setTimeout(r, 50));
    expect(await holds()).toBe(true);
  };

  it('FLOW-002: is removed in small steps beside the hop; what is younger, and what holds a key, stays', async () => {
    await fill('inbox', 401 * DAY_MS, 5_500);
    await fill('inbox', 399 * DAY_MS, 300);
    await fill('SET_ASIDE', 91 * DAY_MS, 1_200);
    await fill('SET_ASIDE', 89 * DAY_MS, 200);
    await fill('PARKED', 500 * DAY_MS, 100);
    service = await world.start('validator', EchoModule, { TRIM_EVERY: '100ms' });

    await until(async () => (await count(`SELECT count(*) FROM inbox WHERE reader = 'test'`)) === 300);
    await until(async () => (await count(`SELECT count(*) FROM parked WHERE kind = 'SET_ASIDE'`)) === 200);
    expect(await count(`SELECT count(*) FROM parked WHERE kind = 'PARKED'`)).toBe(100);
    const page = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    expect(page).toMatch(/mandate_trimmed_rows_total\{[^}]*table="inbox"[^}]*\} 5500/);
  });

  it('FLOW-005: is no reason for the hop to wait, even while somebody holds rows that are to go', async () => {
    await fill('inbox', 402 * DAY_MS, 10);
    await owner.query(`BEGIN; SELECT 1 FROM inbox WHERE reader = 'test' FOR UPDATE`);
    const issue = anIssue('beside the trimming');
    await world.say('ingestion', issue);
    await world.next('ProposalMade', (m) => m.value.issue_id === issue.key);
    await owner.query('ROLLBACK');
    await until(async () => (await count(`SELECT count(*) FROM inbox WHERE reader = 'test'`)) === 300);
  });
});
