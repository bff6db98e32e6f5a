import { newId } from '@mandate/contracts';
import { DEFAULT_PARAMETERS, RULES_VERSION, ruleSetOf } from '@mandate/judgement';
import { Database } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';

jest.setTimeout(60_000);
let world: World;
let database: Database;

beforeAll(async () => {
  world = await World.open();
  database = (await world.start('eligibility', AppModule, {}, {}, false)).app.get(Database);
});
afterAll(() => world?.close());

interface Row {
  readonly issue?: string;
  readonly verdict?: string;
  readonly first?: string | null;
  readonly failing?: string;
  readonly health?: string;
  readonly frozen?: string;
}

/** Writes a verdict as the service's own role; a MAY without a flaw unless told otherwise. */
function insert({ issue = newId(Date.now()), verdict = 'MAY', first = null, ...more }: Row = {}): Promise<unknown> {
  const { failing = '{}', health = 'HEALTHY', frozen = '{}' } = more;
  return database.rows(
    `INSERT INTO verdicts (issue_id, revision, verdict, first_failing_rule, failing_rules, needs, facts, system_health, frozen,
       proposal, proposal_digest, plan_digest, verdict_digest, rules_version, registry_version, health_version, judged_at)
     VALUES ($1, 0, $2, $3, $4, '[]', '{}', $5, $6, '', $7, $7, $7, 'r', 1, 1, 1)`,
    [issue, verdict, first, failing, health, frozen, Buffer.alloc(32)],
  );
}

it.each<[string, Row]>([
  ['elig_002_reasoned', { verdict: 'MAY_NOT' }],
  ['elig_003_may_only_without_a_failing_rule', { failing: '{E-001}', first: 'E-001' }],
  ['elig_003_may_only_without_a_failing_rule', { verdict: 'MAY_NOT', failing: '{E-001,E-002}', first: 'E-002' }],
  ['elig_004_degraded_health_blocks_all', { health: 'DEGRADED' }],
  ['elig_005_frozen_is_inviolable', { frozen: '{billing_ledger}' }],
])('ELIG-002, ELIG-003, ELIG-004, ELIG-005: the database refuses what breaks %s', async (constraint, row) => {
  await expect(insert(row)).rejects.toThrow(constraint);
});

it('ELIG-001: a verdict is given once and can be neither edited nor removed by the service', async () => {
  const issue = newId(Date.now());
  await insert({ issue });
  await expect(insert({ issue })).rejects.toThrow('elig_001_one_verdict_per_proposal');
  await expect(database.rows(`UPDATE verdicts SET verdict = 'MAY_NOT'`)).rejects.toThrow('permission denied');
  await expect(database.rows('DELETE FROM verdicts')).rejects.toThrow('permission denied');
});

it('ELIG-001: keeps the parameters that a rules version stands for', async () => {
  const rows = await database.rows<{ rules_version: string; parameters: string }>('SELECT * FROM rule_parameters');
  expect(rows.map((r) => [r.rules_version, JSON.parse(r.parameters)])).toEqual([
    [RULES_VERSION, ruleSetOf(DEFAULT_PARAMETERS).parameters],
  ]);
});
