import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '@mandate/contracts';
import { Database, Reference, type RunningService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { contractOf, healthHeard, type Proposed, propose, sayContract } from './saying';

jest.setTimeout(60_000);
const TOKEN = 'an-operator';
let world: World;
let service: RunningService;

const maxHops: Change = {
  kind: 'configuration_update',
  capability: 'search_depth',
  setting: { key: 'max_hops', old: 3, new: 4 },
};
const verdictOn = ({ issueId }: Proposed) => world.next('EligibilityJudged', (m) => m.value.issue_id === issueId);

// biome-ignore lint/suspicious/noExplicitAny: an answer is JSON from outside; the expectations say its shape
async function ask(path: string, body?: object, token = TOKEN): Promise<{ status: number; json: any }> {
  const response = await fetch(`http://127.0.0.1:${service.port}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, json: await response.json() };
}

let may: Proposed;
let mayNot: Proposed;
let contractId: string;

beforeAll(async () => {
  world = await World.open();
  await world.seed();
  const tokens = join(world.servers.dir, 'operators.json');
  const token_sha256 = createHash('sha256').update(TOKEN).digest('hex');
  writeFileSync(tokens, JSON.stringify([{ token_sha256, operator: 'sam' }]));
  service = await world.start('eligibility', AppModule, { WAITING_POLL: '100ms', OPERATOR_TOKENS_FILE: tokens });
  may = await propose(world);
  const verdict = await verdictOn(may);
  mayNot = await propose(world, { changes: [maxHops], confidence_score: 0.64 });
  await verdictOn(mayNot);
  const contract = contractOf(may, verdict);
  contractId = contract.contract_id;
  await sayContract(world, contract, 'ELIGIBLE', verdict.mandate, [rateLimitChange()]);
  for (let i = 0; i < 300; i++) {
    const [row] = await service.app.get(Database).rows<{ n: string }>('SELECT count(*) AS n FROM outcomes');
    if (Number(row?.n) === 1) return;
    await new Promise((r) => setTimeout(r, 30));
  }
  throw new Error('the contract was not heard');
});
afterAll(() => world?.close());

describe('judging again', () => {
  it('ELIG-001: gives the bytes that were said, for one issue, for its contract and for all', async () => {
    const { json } = await ask(`/verdicts/${may.issueId}/replay`);
    const said = world.all('EligibilityJudged').find((m) => m.value.issue_id === may.issueId);
    const digest = createHash('sha256')
      .update(said?.bytes as Buffer)
      .digest('hex');
    expect(json.verdicts).toEqual([
      expect.objectContaining({ verdict: 'MAY', is_same: true, recorded_digest: digest, replayed_digest: digest }),
    ]);
    expect((await ask(`/verdicts/${contractId}/replay`)).json).toEqual(json);
    expect((await ask('/verdicts/replay')).json).toEqual({ replayed: 2, different: [], next: null });
  });

  it('goes through all verdicts page by page', async () => {
    const first = await ask('/verdicts/replay?limit=1');
    expect(first.json).toMatchObject({ replayed: 1, different: [] });
    const second = await ask(`/verdicts/replay?limit=1&after=${encodeURIComponent(first.json.next)}`);
    expect(second.json.replayed).toBe(1);
    const third = await ask(`/verdicts/replay?limit=1&after=${encodeURIComponent(second.json.next)}`);
    expect(third.json).toMatchObject({ replayed: 0, next: null });
  });

  it("ELIG-001: finds what a database's administrator has edited", async () => {
    const owner = await Database.open((await world.database('eligibility')).ownerUrl, 'administrator');
    const edit = (from: string, to: string) =>
      owner.rows('UPDATE verdicts SET facts = replace(facts, $1, $2) WHERE issue_id = $3', [from, to, mayNot.issueId]);
    try {
      await edit('"confidence_min":0.7', '"confidence_min":0.6');
      const { json } = await ask('/verdicts/replay');
      expect(json.different).toEqual([
        expect.objectContaining({
          issue_id: mayNot.issueId,
          is_same: false,
          problem: expect.stringContaining('rules'),
        }),
      ]);
      await edit('"confidence_min":0.6', '"confidence_min":0.7');
      await edit('"value":3', '"value":5');
      expect((await ask('/verdicts/replay')).json.different).toHaveLength(1);
      await edit('"value":5', '"value":3');
      expect((await ask('/verdicts/replay')).json.different).toHaveLength(0);
    } finally {
      await owner.close();
    }
  });

  it('is for operators, and says what it does not find', async () => {
    expect((await ask('/verdicts/replay', undefined, 'nobody')).status).toBe(401);
    expect((await ask('/verdicts/what-if', { parameters: '' }, 'nobody')).status).toBe(401);
    expect((await ask('/dry-run', {}, 'nobody')).status).toBe(401);
    expect(await ask('/verdicts/nothing/replay')).toMatchObject({ status: 404, json: { code: 'NO_VERDICT' } });
    expect(await ask('/verdicts/replay?limit=0')).toMatchObject({ status: 422, json: { field: 'limit' } });
  });
});

describe('draft parameters', () => {
  it('tell who would flip, and how far the contract has come', async () => {
    const { json } = await ask('/verdicts/what-if', { parameters: 'confidence_min: 0.95' });
    expect(json).toMatchObject({ judged: 2, unreadable: 0, next: null });
    expect(json.flips).toEqual([
      expect.objectContaining({
        issue_id: may.issueId,
        title: 'A change',
        was: { verdict: 'MAY', first_failing_rule: null },
        would_be: { verdict: 'MAY_NOT', first_failing_rule: 'E-001' },
        why: ['E-001: the confidence is 0.90 and must be at least 0.95'],
        contract: { contract_id: contractId, status: 'ELIGIBLE', reason: null, audit_verdict: null },
      }),
    ]);
    const lax = await ask('/verdicts/what-if', { parameters: 'confidence_min: 0.6' });
    expect(lax.json.flips).toMatchObject([{ issue_id: mayNot.issueId, would_be: { verdict: 'MAY' }, contract: null }]);
  });

  it('that are the running ones flip nobody', async () => {
    expect((await ask('/verdicts/what-if', { parameters: '' })).json.flips).toEqual([]);
  });

  it('that are none are refused with every mistake', async () => {
    const { status, json } = await ask('/verdicts/what-if', { parameters: 'confidence_min: 2\nrival: 1h' });
    expect(status).toBe(422);
    expect(json.detail).toBe(
      'confidence_min is 2; it wants a number from 0 to 1. rival is no parameter of the rules; there are confidence_min, sources_allowed, rival_window, health_wait.',
    );
  });
});

describe('a dry run', () => {
  const issue = {
    source: 'support_ticket',
    subject: 'Sessions',
    body: 'Please set the session timeout to 90 minutes.',
  };
  const stored = async () =>
    (
      await service.app.get(Database).rows(
        `SELECT (SELECT count(*) FROM verdicts) AS v, (SELECT count(*) FROM reservations) AS r,
           (SELECT count(*) FROM waiting_proposals) AS w, (SELECT count(*) FROM outbox) AS o`,
      )
    )[0];

  it('says what would become of an issue, and stores and says nothing', async () => {
    const before = await stored();
    const { status, json } = await ask('/dry-run', issue);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      outcome: 'MAY',
      proposal: { suggested_changes: [{ capability: 'session_lifetime', setting: { old: 60, new: 90 } }] },
      verdict: { verdict: 'MAY' },
      contract: { undo: [{ is_one_way: false, leads_back: true }] },
      as_of: {
        system_health: 'HEALTHY',
        registry_version: (await service.app.get(Reference).versions()).registryVersion,
      },
    });
    expect(await stored()).toEqual(before);
    expect(world.all('EligibilityJudged')).toHaveLength(2);
  });

  it('E-006: sees what others have taken', async () => {
    const body = 'Please raise the API rate limit from 100 to 200 per minute.';
    const { json } = await ask('/dry-run', { ...issue, body });
    expect(json).toMatchObject({ outcome: 'MAY_NOT', verdict: { first_failing_rule: 'E-006' }, contract: null });
    expect(json.sentence).toBe('It would be refused by E-006.');
  });

  it('refuses what the intake would refuse', async () => {
    const { status, json } = await ask('/dry-run', { ...issue, subject: 'x'.repeat(201) });
    expect({ status, json }).toMatchObject({ status: 422, json: { field: 'subject', code: 'ISSUE_UNFIT' } });
    expect(json.detail).toBe('subject may have at most 200 characters.');
    expect((await ask('/dry-run', { ...issue, source: 'pigeon' })).json.field).toBe('source');
    expect((await ask('/dry-run', { source: 'ops_alert' })).json.field).toBe('body');
  });

  it('ELIG-004: says that it would wait while SYSTEM is not HEALTHY', async () => {
    await world.sayHealth('SYSTEM', 'DEGRADED', 2, 60_000);
    await healthHeard(service, 2);
    const { json } = await ask('/dry-run', issue);
    expect(json).toMatchObject({ outcome: 'WAITS', verdict: { first_failing_rule: 'E-104' } });
    expect(json.sentence).toMatch(/^It would wait until SYSTEM is HEALTHY, and then become a contract/);
  });
});
