import { Reference, type RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { healthHeard, propose } from './saying';

jest.setTimeout(60_000);
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.close());

const at = (path: string) => fetch(`http://127.0.0.1:${service.port}${path}`);

/** The gate's own gauges, by the end of their names. */
async function gauges(): Promise<Record<string, number>> {
  const lines = (await (await at('/metrics')).text()).split('\n').filter((l) => l.startsWith('mandate_gate_'));
  return Object.fromEntries(lines.map((l) => [/^mandate_gate_(\w+)/.exec(l)?.[1], Number(l.split(' ').at(-1))]));
}

it('FLOW-006, ELIG-001: judges nothing before registry, health and contracts have caught up, and says what it waits for', async () => {
  const proposed = await propose(world);
  service = await world.start('eligibility', AppModule, { WAITING_POLL: '100ms' }, {}, false);
  await new Promise((r) => setTimeout(r, 2_000));
  const ready = await at('/health/ready');
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining('waiting for reference data: the registry has not been seeded'),
  ]);
  expect(await gauges()).toMatchObject({ caught_up: 0, waiting_proposals: 0 });
  expect(world.all('EligibilityJudged')).toHaveLength(0);

  await world.seed();
  const { value } = await world.next('EligibilityJudged', (m) => m.value.issue_id === proposed.issueId);
  expect(value).toMatchObject({
    verdict: 'MAY',
    registry_version: (await service.app.get(Reference).versions()).registryVersion,
  });
  expect(await gauges()).toEqual({ caught_up: 1, holding: 0, waiting_proposals: 0, waiting_oldest_age_ms: 0 });
});

it('ELIG-004: says in its metrics that it holds proposals while SYSTEM is not HEALTHY, how many and how long', async () => {
  await world.sayHealth('SYSTEM', 'DEGRADED', 2, 60_000);
  await healthHeard(service, 2);
  await propose(world);
  for (let i = 0; i < 300 && (await gauges())['waiting_proposals'] !== 1; i++)
    await new Promise((r) => setTimeout(r, 30));
  expect(await gauges()).toMatchObject({ caught_up: 1, holding: 1, waiting_proposals: 1 });
  await new Promise((r) => setTimeout(r, 50));
  expect((await gauges())['waiting_oldest_age_ms']).toBeGreaterThan(0);
});

it('E-006: two proposals for one target that come in one batch: the second sees the first', async () => {
  // Both wait for a healthy system, so that they are judged together.
  const other = await propose(world);
  for (let i = 0; i < 300 && (await gauges())['waiting_proposals'] !== 2; i++)
    await new Promise((r) => setTimeout(r, 30));
  const before = world.all('EligibilityJudged').length;
  await world.sayHealth('SYSTEM', 'HEALTHY', 3, 600_000);
  const { value } = await world.next('EligibilityJudged', (m) => m.value.issue_id === other.issueId);
  expect(world.all('EligibilityJudged')).toHaveLength(before + 2);
  expect(value).toMatchObject({ verdict: 'MAY_NOT', first_failing_rule: 'E-006' });
});
