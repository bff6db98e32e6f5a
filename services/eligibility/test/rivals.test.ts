import { type Change, targetsOf } from '@mandate/contracts';
import { Database, type RunningService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { propose } from './saying';

jest.setTimeout(90_000);
let world: World;
const services: RunningService[] = [];

beforeAll(async () => {
  world = await World.open();
  await world.seed();
});
afterAll(() => world?.close());

const setting = (capability: string, key: string, old: number, value: number): Change => ({
  kind: 'configuration_update',
  capability,
  setting: { key, old, new: value },
});
/** Changes of six targets, in another order each time. */
const SOME: readonly ((n: number) => Change)[] = [
  (n) => setting('api_rate_limit', 'burst', 20, 21 + n),
  (n) => setting('search_depth', 'max_hops', 3, 4 + (n % 9)),
  (n) => setting('session_lifetime', 'lifetime_minutes', 60, 61 + n),
  (n) => setting('bulk_export', 'rows_max', 10_000, 10_001 + n),
];

const verdicts = (issueIds: readonly string[]) =>
  Promise.all(issueIds.map((id) => world.next('EligibilityJudged', (m) => m.value.issue_id === id, 60_000)));

it('E-006: of 100 proposals for one target, judged by three processes at once, exactly one may', async () => {
  const proposed = await Promise.all(
    Array.from({ length: 100 }, (_, n) => propose(world, { changes: [rateLimitChange(101 + n)] })),
  );
  for (let i = 0; i < 3; i++) services.push(await world.start('eligibility', AppModule, {}, {}, false));
  await Promise.all(services.map((s) => world.ready(s)));

  const judged = await verdicts(proposed.map((p) => p.issueId));
  const may = judged.filter((j) => j.value.verdict === 'MAY');
  expect(may).toHaveLength(1);
  const winner = may[0]?.value.issue_id;
  for (const { value } of judged) {
    if (value.verdict === 'MAY') continue;
    expect(value.first_failing_rule).toBe('E-006');
    expect(JSON.parse(value.facts).rivals).toEqual([expect.objectContaining({ issue_id: winner, contract_id: null })]);
  }
});

it('E-006: proposals for several targets, in any order, never share one and never block each other for good', async () => {
  const proposed = await Promise.all(
    Array.from({ length: 90 }, (_, n) => {
      const from = n % SOME.length;
      const count = 1 + (n % 3);
      const changes = Array.from({ length: count }, (_, i) =>
        (SOME[(from + i * 3) % SOME.length] as (n: number) => Change)(n),
      );
      return propose(world, { changes }).then(({ issueId }) => ({ issueId, targets: changes.flatMap(targetsOf) }));
    }),
  );
  const judged = await verdicts(proposed.map((p) => p.issueId));
  const granted = judged
    .filter((j) => j.value.verdict === 'MAY')
    .flatMap((j) => proposed.find((p) => p.issueId === j.value.issue_id)?.targets ?? []);
  expect(new Set(granted).size).toBe(granted.length);
  expect(granted.length).toBeGreaterThan(0);
  const [row] = await (services[0] as RunningService).app
    .get(Database)
    .rows<{ n: string }>(`SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()`);
  expect(Number(row?.n)).toBe(0);
});
