import { type Change, targetsOf } from '@mandate/contracts';
import { decode, type Messages } from '@mandate/schemas';
import { Database, Reference, type RunningService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import type { ReceivedProposal } from '../src/adapters/proposal-made.wire';
import { AppModule } from '../src/app.module';
import { Gate } from '../src/handlers/gate';
import { propose, received } from './saying';

type Judged = Messages['EligibilityJudged'];

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
/** Changes of four targets. */
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

/** Judges each list in a transaction of its own, all at the same time; what they say, or what went wrong. */
async function judgeAtOnce(lists: readonly (readonly ReceivedProposal[])[], holdMs = 0): Promise<readonly Judged[]> {
  const app = (services[0] as RunningService).app;
  const health = await app.get(Reference).health(Date.now());
  const said = await Promise.all(
    lists.map((list) =>
      app.get(Database).transaction(async (tx) => {
        const outgoing = await app.get(Gate).judge(tx, list, health, Date.now());
        await new Promise((r) => setTimeout(r, holdMs));
        return outgoing;
      }),
    ),
  );
  return said.flat().map((o) => decode('EligibilityJudged', o.value));
}

it('E-006: who judges while another has not yet committed waits for it, and sees what it took', async () => {
  const change = setting('search_depth', 'max_hops', 3, 5);
  const two = [[await received(world, { changes: [change] })], [await received(world, { changes: [change] })]];
  const judged = await judgeAtOnce(two, 300);
  expect(judged.map((j) => j.verdict).sort()).toEqual(['MAY', 'MAY_NOT']);
});

it('E-006: proposals for several targets, in any order, never share one and never block each other for good', async () => {
  const changesOf = (n: number): readonly Change[] =>
    Array.from({ length: 1 + (n % 3) }, (_, i) => (SOME[(n + i * 3) % SOME.length] as (n: number) => Change)(n));
  for (let round = 0; round < 8; round++) {
    const lists = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((l) =>
        Promise.all([0, 1].map((i) => received(world, { changes: changesOf(l * 5 + i * 7 + round) }))),
      ),
    );
    const judged = await judgeAtOnce(lists, 5);
    const all = lists.flat();
    const granted = judged
      .filter((j) => j.verdict === 'MAY')
      .flatMap(
        (j) => all.find((p) => p.value.issue_id === j.issue_id)?.proposal.suggested_changes.flatMap(targetsOf) ?? [],
      );
    expect(granted.length).toBeGreaterThan(0);
    expect(new Set(granted).size).toBe(granted.length);
    await (services[0] as RunningService).app.get(Database).rows('DELETE FROM reservations');
  }
});
