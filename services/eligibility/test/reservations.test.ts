import { type Change, changeToWire, newId } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { Database, Metrics, type RunningService, TestClock } from '@mandate/service-kit';
import { rateLimitChange, type Said, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { contractOf, decide, type Proposed, planOf, propose, proposeOn, sayContract } from './saying';

jest.setTimeout(60_000);
const DAY_MS = 86_400_000;
const clock = new TestClock(Date.now());
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
  await world.seed({ validForMs: 90 * DAY_MS });
  service = await world.start('eligibility', AppModule, {}, { clock });
});
afterAll(() => world?.close());

const verdictOn = ({ issueId, value }: Proposed) =>
  world.next('EligibilityJudged', (m) => m.value.issue_id === issueId && m.value.revision === value.revision);
const burst = (value: number): Change => ({
  kind: 'configuration_update',
  capability: 'api_rate_limit',
  setting: { key: 'burst', old: 20, new: value },
});

/** Who holds what: target by issue and contract. */
const held = () =>
  service.app
    .get(Database)
    .rows<{ target: string; issue_id: string; contract_id: string | null }>(
      'SELECT target, issue_id, contract_id, since FROM reservations ORDER BY target',
    );

async function holds(expected: readonly [string, string, string | null][]): Promise<void> {
  const wanted = JSON.stringify(expected);
  let seen = '';
  for (let i = 0; i < 300; i++) {
    seen = JSON.stringify((await held()).map((h) => [h.target, h.issue_id, h.contract_id]));
    if (seen === wanted) return;
    await new Promise((r) => setTimeout(r, 30));
  }
  throw new Error(`reservations are ${seen} instead of ${wanted}`);
}

/** A proposal that may, and its contract. */
async function contracted(changes: readonly Change[]) {
  const proposed = await propose(world, { changes });
  const verdict = await verdictOn(proposed);
  expect(verdict.value.verdict).toBe('MAY');
  const contract = contractOf(proposed, verdict);
  const eligible = await sayContract(world, contract, 'ELIGIBLE', verdict.mandate, changes);
  return { proposed, contract, eligible, changes };
}

async function reject(
  contract: Messages['ContractChanged'],
  eligible: Said,
  changes: readonly Change[],
): Promise<void> {
  const rejection = await decide(world, contract, 'REJECT', eligible.mandate, changes);
  const rejected = { ...contract, from_version: 3, version: 4, status: 'REJECTED' } as const;
  await sayContract(world, rejected, 'REJECTED', rejection.mandate, changes);
}

const LIMIT = 'api_rate_limit#requests_per_minute';
const BURST = 'api_rate_limit#burst';

it('E-006: a reservation is bound to its contract and ends with it', async () => {
  const { proposed, contract, eligible, changes } = await contracted([rateLimitChange()]);
  await holds([[LIMIT, proposed.issueId, contract.contract_id]]);
  expect((await verdictOn(await propose(world))).value.first_failing_rule).toBe('E-006');

  await reject(contract, eligible, changes);
  await holds([]);
  const next = await contracted([rateLimitChange(300)]);
  await reject(next.contract, next.eligible, next.changes);
  await holds([]);
});

it('E-006: passes to the successor, whose own line is no rival; a MAY for other targets frees the old ones', async () => {
  const { proposed, contract, eligible, changes } = await contracted([rateLimitChange()]);
  const { issueId } = proposed;
  const modify = await decide(world, contract, 'MODIFY', eligible.mandate, changes);
  const draft: Messages['ContractChanged'] = {
    ...contract,
    contract_id: newId(Date.now()),
    version: 1,
    status: 'DRAFT',
    revision: 1,
    verdict: null,
    parent_contract_id: contract.contract_id,
    proposed_changes: [changeToWire(burst(25))],
  };
  const superseded = {
    ...contract,
    from_version: 3,
    version: 4,
    status: 'SUPERSEDED',
    successor_contract_id: draft.contract_id,
  } as const;
  await sayContract(world, superseded, 'SUPERSEDED', modify.mandate, changes);
  await holds([[LIMIT, issueId, draft.contract_id]]);
  const drafted = await sayContract(world, draft, 'DRAFT', modify.mandate, [burst(25)]);
  await holds([
    [BURST, issueId, draft.contract_id],
    [LIMIT, issueId, draft.contract_id],
  ]);

  const revised = await proposeOn(
    world,
    drafted.mandate,
    { ...proposed.value, contract_id: draft.contract_id, revision: 1, suggested_changes: draft.proposed_changes },
    planOf([burst(25)]),
  );
  const verdict = await verdictOn(revised);
  expect(verdict.value).toMatchObject({ verdict: 'MAY', contract_id: draft.contract_id, revision: 1 });
  const judged = { ...draft, from_version: 1, version: 3, status: 'ELIGIBLE', verdict: verdict.bytes } as const;
  const again = await sayContract(world, judged, 'ELIGIBLE', verdict.mandate, [burst(25)]);
  await holds([[BURST, issueId, draft.contract_id]]);
  await reject(judged, again, [burst(25)]);
  await holds([]);
});

it('E-006: lapses a day after the MAY if no contract appeared, is counted, and a contract that comes late has it back', async () => {
  const proposed = await propose(world);
  const verdict = await verdictOn(proposed);
  await holds([[LIMIT, proposed.issueId, null]]);
  clock.advance(DAY_MS);
  await holds([]);
  const counted = await service.app.get(Metrics).failures.get();
  expect(counted.values).toContainEqual(
    expect.objectContaining({ value: 1, labels: expect.objectContaining({ code: 'RESERVATION_LAPSED' }) }),
  );

  const contract = contractOf(proposed, verdict);
  await sayContract(world, contract, 'ELIGIBLE', verdict.mandate, [rateLimitChange()]);
  await holds([[LIMIT, proposed.issueId, contract.contract_id]]);
});

it('FLOW-002: a copy that was dropped and is read again from its topic equals the one before', async () => {
  const before = await held();
  expect(before).not.toHaveLength(0);
  const said = world.all('EligibilityJudged').length;
  await service.app.get(Database).rows('DELETE FROM lines');
  await service.app.get(Database).rows('DELETE FROM reservations');
  await world.stop(service);

  const admin = world.servers.kafka('admin').admin();
  await admin.connect();
  await admin.resetOffsets({ groupId: 'mandate.eligibility.facts', topic: 'mandate.contracts.v1', earliest: true });
  await admin.disconnect();
  service = await world.start('eligibility', AppModule, {}, { clock });
  expect(await held()).toEqual(before);
  expect(world.all('EligibilityJudged')).toHaveLength(said);
});
