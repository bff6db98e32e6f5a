import type { Change } from '@mandate/contracts';
import { Database, type RunningService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { healthHeard, type Proposed, propose } from './saying';

jest.setTimeout(60_000);
const DAY_MS = 86_400_000;
const VALID_MS = 90 * DAY_MS;
const MINUTE_MS = 60_000;
/** Runs on, since the queue is looked at again and again, and can be set forward. */
const clock = {
  aheadMs: 0,
  now: () => Date.now() + clock.aheadMs,
  advance: (ms: number) => {
    clock.aheadMs += ms;
  },
};
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
  await world.seed({ isHealthy: false, validForMs: VALID_MS });
  service = await world.start('eligibility', AppModule, { WAITING_POLL: '100ms' }, { clock });
});
afterAll(() => world?.close());

const verdictOn = ({ issueId }: Proposed) => world.next('EligibilityJudged', (m) => m.value.issue_id === issueId);
const burst = (value: number): Change => ({
  kind: 'configuration_update',
  capability: 'api_rate_limit',
  setting: { key: 'burst', old: 20, new: value },
});

/** Issues that wait, in the order of the queue. */
async function waiting(): Promise<readonly string[]> {
  const rows = await service.app
    .get(Database)
    .rows<{ issue_id: string }>('SELECT issue_id FROM waiting_proposals ORDER BY seq');
  return rows.map((r) => r.issue_id);
}

/** Publishes a proposal and waits until it waits. */
async function proposeAndWait(more: Parameters<typeof propose>[1] = {}): Promise<Proposed> {
  const proposed = await propose(world, more);
  for (let i = 0; !(await waiting()).includes(proposed.issueId); i++) {
    if (i > 300) throw new Error(`${proposed.issueId} does not wait, but ${await waiting()}`);
    await new Promise((r) => setTimeout(r, 30));
  }
  return proposed;
}

it('ELIG-004: proposals wait while SYSTEM is not HEALTHY and are judged in the order in which they came', async () => {
  const first = await proposeAndWait();
  const rival = await proposeAndWait();
  const other = await proposeAndWait({ changes: [burst(30)] });
  expect(await waiting()).toEqual([first.issueId, rival.issueId, other.issueId]);
  expect(world.all('EligibilityJudged')).toHaveLength(0);

  clock.advance(3_600_000);
  await world.sayHealth('SYSTEM', 'HEALTHY', 2, VALID_MS);
  const verdicts = [await verdictOn(first), await verdictOn(rival), await verdictOn(other)];
  expect(verdicts.map((v) => v.value.first_failing_rule)).toEqual([null, 'E-006', null]);
  expect(verdicts.map((v) => v.value.proposal)).toEqual([first, rival, other].map((p) => p.said.value));
  const facts = JSON.parse(verdicts[0]?.value.facts as string);
  expect(facts.system_health).toBe('HEALTHY');
  expect(facts.now - facts.waiting_since).toBeGreaterThanOrEqual(3_600_000);
  expect(facts.now - facts.waiting_since).toBeLessThan(3_600_000 + MINUTE_MS);
  expect(await waiting()).toEqual([]);
});

it('E-104: whoever has waited for 24 hours is refused, who came later waits on', async () => {
  await world.sayHealth('SYSTEM', 'DEGRADED', 3, VALID_MS);
  await healthHeard(service, 3);
  const early = await proposeAndWait({ changes: [rateLimitChange(300)] });
  clock.advance(DAY_MS / 2);
  const late = await proposeAndWait({ changes: [burst(40)] });
  clock.advance(DAY_MS / 2 - MINUTE_MS);
  await new Promise((r) => setTimeout(r, 500));
  expect(await waiting()).toEqual([early.issueId, late.issueId]);

  clock.advance(MINUTE_MS);
  const { value } = await verdictOn(early);
  expect(value).toMatchObject({ verdict: 'MAY_NOT', first_failing_rule: 'E-104', retry_helps: true });
  expect(await waiting()).toEqual([late.issueId]);
});

it('HEALTH-001: a HEALTHY that is no longer valid is no reason to judge', async () => {
  await world.sayHealth('SYSTEM', 'HEALTHY', 4, 1);
  await healthHeard(service, 4);
  const proposed = await proposeAndWait({ changes: [rateLimitChange(400)] });
  await new Promise((r) => setTimeout(r, 500));
  expect(await waiting()).toContain(proposed.issueId);
});
