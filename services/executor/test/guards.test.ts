import { generateKeyPairSync, sign } from 'node:crypto';
import { changeToWire } from '@mandate/contracts';
import type { World } from '../../../infra/local/src/testing/world';
import { EDGES_OF } from '../src/domain/job';
import { ContractStory } from './contract-story';
import { ExecutorWorld, rateLimit, session } from './executor-world';

describe('what guards the executor', () => {
  let there: ExecutorWorld;
  let world: World;

  beforeAll(async () => {
    there = await ExecutorWorld.open();
    world = there.world;
    const story = await new ContractStory(world, [session(90, 60)]).approved();
    await story.activate();
    await there.ended(story, 'COMPLETED');
  }, 60_000);
  afterAll(() => there.close(), 30_000);

  describe('PART2-002: refuses a forged order, sets it aside and lets the genuine one through', () => {
    const refused = async (story: ContractStory, code: string) => {
      await world.next(
        'DeadLetter',
        (m) => m.key === story.contractId && m.value.code === code && m.value.kind === 'SET_ASIDE',
      );
      expect(world.all('JobChanged').filter((m) => m.key === story.contractId)).toEqual([]);
    };
    const genuine = () => new ContractStory(world, [rateLimit(300, 7)]).approved();

    it('with other changes than the plan that was approved', async () => {
      const story = await genuine();
      await story.activate({ proposed_changes: [changeToWire(rateLimit(9_000, 7))] });
      await refused(story, 'PLAN_SWAPPED');
      await story.activate(); // CHAIN-003: the forgery holds no key
      expect((await there.ended(story, 'FAILED')).value.code).toBe('PLAN_STALE');
    }, 20_000);

    it('with the approval of another contract', async () => {
      const story = await genuine();
      await story.activate({ approval: (await genuine()).approval });
      await refused(story, 'STATEMENT_FOR_ANOTHER_CONTRACT');
    }, 20_000);

    it('with an approval of another plan', async () => {
      const story = await genuine();
      story.approve({ plan_digest: 'ab'.repeat(32) });
      await story.activate();
      await refused(story, 'STATEMENT_FOR_ANOTHER_PLAN');
    }, 20_000);

    it('with a window or constraints beside those that were signed', async () => {
      const story = await genuine();
      await story.activate({
        approval: { ...(story.approval as NonNullable<typeof story.approval>), window_end: Date.now() + 9_999_999 },
      });
      await refused(story, 'APPROVAL_ALTERED');
    }, 20_000);

    it('signed by another key than the founder registered', async () => {
      const story = await genuine();
      const approval = story.approval as NonNullable<typeof story.approval>;
      const { privateKey } = generateKeyPairSync('ed25519');
      await story.activate({ approval: { ...approval, signature: sign(null, approval.statement, privateKey) } });
      await refused(story, 'FOUNDER_SIGNATURE_INVALID');
    }, 20_000);

    it('without any approval', async () => {
      const story = await genuine();
      await story.activate({ approval: null });
      await refused(story, 'APPROVAL_MISSING');
    }, 20_000);

    it('a value that says ACTIVE under a link that says COMPLETED', async () => {
      const story = await genuine();
      await story.conclude(await story.inventedJob(), 'PASS', { status: 'ACTIVE' });
      await refused(story, 'VALUE_NOT_AS_LINKED');
    }, 20_000);

    it('SM-005: a COMPLETED without a completed job makes nothing final', async () => {
      const story = await genuine();
      await story.conclude(await story.inventedJob(), 'PASS');
      await refused(story, 'NO_COMPLETED_JOB');
    }, 20_000);
  });

  describe('flags over OpenFeature remote evaluation', () => {
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${there.executor.port}/ofrep/v1/evaluate/flags${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });

    it('answers errors as the protocol says', async () => {
      const unknown = await post('/no_such_flag', '{"context":{}}');
      expect([unknown.status, await unknown.json()]).toEqual([
        404,
        { key: 'no_such_flag', errorCode: 'FLAG_NOT_FOUND', errorDetails: expect.any(String) },
      ]);
      const invalid = await post('/bulk_export', '{"context":[]}');
      expect([invalid.status, await invalid.json()]).toMatchObject([
        400,
        { key: 'bulk_export', errorCode: 'INVALID_CONTEXT' },
      ]);
      expect((await post('/bulk_export', '{')).status).toBe(400);
    });

    it('answers all flags at once, and 304 while nothing has changed', async () => {
      const all = await post('', '{"context":{"targetingKey":"shop"}}');
      const { flags } = (await all.json()) as { flags: { key: string }[] };
      expect(flags.map((f) => f.key)).toEqual(
        expect.arrayContaining(['search_depth', 'search_depth.max_hops', 'billing_ledger.rounding_mode']),
      );
      const etag = all.headers.get('etag') as string;
      const again = await post('', '{}', { 'if-none-match': etag });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect((await post('', '{}', { 'if-none-match': '"registry-1"' })).status).toBe(200);
    });

    it('answers one flag, and 304 while its capability has not changed', async () => {
      const one = await post('/session_lifetime.lifetime_minutes', '{}');
      const etag = one.headers.get('etag') as string;
      expect(await one.json()).toMatchObject({ value: 90, metadata: { capability: 'session_lifetime', version: 2 } });
      const again = await post('/session_lifetime', '{}', { 'if-none-match': `"other", W/${etag}` });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect((await post('/search_depth', '{}', { 'if-none-match': etag })).status).toBe(200);
    });
  });

  describe('the database', () => {
    it('CONTRACT-001, JOB-004: holds the state machine of the code', async () => {
      const rows = await there.sql<{ kind: 'CHANGE' | 'ROLLBACK'; f: string; t: string }>(
        'SELECT kind, from_state AS f, to_state AS t FROM job_edges WHERE from_state <> to_state',
      );
      const inCode = (['CHANGE', 'ROLLBACK'] as const).flatMap((kind) =>
        EDGES_OF[kind].map(([f, t]) => `${kind} ${f} ${t}`),
      );
      expect(rows.map((r) => `${r.kind} ${r.f} ${r.t}`).sort()).toEqual(inCode.sort());
    });

    it.each([
      ['JOB-001: the plan of a job', "UPDATE jobs SET plan = '{}'", 'permission denied'],
      ['JOB-006: a stored inverse', 'UPDATE job_steps SET inverse = NULL', 'permission denied'],
      ['AUDIT-005: the log of jobs', 'DELETE FROM job_log', 'permission denied'],
      ['AUDIT-005: the history of the registry', 'UPDATE capability_log SET version = 1', 'permission denied'],
      [
        'JOB-004: a step that is recorded as done',
        "UPDATE job_steps SET state = 'PENDING' WHERE state = 'DONE'",
        'JOB-004',
      ],
      [
        'a finished job',
        "UPDATE jobs SET state = 'RUNNING', ended_at = NULL WHERE kind = 'CHANGE' AND state = 'COMPLETED'",
        'has ended',
      ],
    ])('refuses the service to change %s', async (_, statement, words) => {
      await expect(there.sql(statement)).rejects.toThrow(words);
    });

    it('CONTRACT-003, SM-006: refuses a second job of a kind for a contract', async () => {
      const copy = `INSERT INTO jobs SELECT gen_random_uuid(), contract_id, issue_id, kind, origin, plan, plan_digest, cites, created_at, version, attempt, state,
        code, reason, waiting_since, snapshots, started_at, ended_at FROM jobs LIMIT 1`;
      await expect(there.sql(copy)).rejects.toThrow('contract_003_sm_006');
    });
  });
});
