import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Change, changeToWire } from '@mandate/contracts';
import { Database, type RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { EDGES_OF } from '../src/domain/job';
import { ContractStory } from './contract-story';

const CATALOGUE_FILE = join(__dirname, '../../../infra/capabilities.yaml');

const OPERATOR_TOKEN = 'token-of-sam';
const OPERATOR_TOKENS_FILE = join(mkdtempSync(join(tmpdir(), 'operators-')), 'tokens.json');
const ENV = {
  CATALOGUE_FILE,
  OPERATOR_TOKENS_FILE,
  SAMPLE_APP_URL: 'http://127.0.0.1:9',
  JOB_RECHECK: '50ms',
  ROLLBACK_BACKOFF: '50ms',
  STEP_HEALTH_WAIT: '300ms',
};
writeFileSync(
  OPERATOR_TOKENS_FILE,
  JSON.stringify([{ token_sha256: createHash('sha256').update(OPERATOR_TOKEN).digest('hex'), operator: 'sam' }]),
);

describe('the executor', () => {
  let world: World;
  let executor: RunningService;
  let healthVersion = 1;

  const health = (scope: string, state: 'HEALTHY' | 'UNHEALTHY') => world.sayHealth(scope, state, ++healthVersion);
  const flag = async (key: string) => {
    const response = await fetch(`http://127.0.0.1:${executor.port}/ofrep/v1/evaluate/flags/${key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"context":{}}',
    });
    return {
      status: response.status,
      body: (await response.json()) as { value: unknown; metadata: Record<string, unknown> },
    };
  };

  const database = <T>(sql: string): Promise<T[]> => executor.app.get(Database).rows<T>(sql);
  const ended = (story: ContractStory, state: 'COMPLETED' | 'FAILED') =>
    world.next('JobChanged', (m) => m.key === story.contractId && m.value.state === state);

  beforeAll(async () => {
    world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', healthVersion);
    executor = await world.start('executor', AppModule, ENV);
  }, 60_000);
  afterAll(() => world.close(), 30_000);

  it('AM-20: defines the catalogue with a gapless registry version', async () => {
    const first = await world.next('CapabilityChanged', (m) => m.value.registry_version === 1);
    expect(first.value).toMatchObject({
      cause: 'DEFINITION',
      version: 1,
      from_version: 0,
      contract_id: null,
      catalogue_version: 1,
    });
    await world.next('CapabilityChanged', (m) => m.value.registry_version === first.value.catalogue_size);
    const versions = world.all('CapabilityChanged').map((m) => m.value.registry_version);
    expect(versions).toEqual(versions.map((_, i) => i + 1));
  });

  it('SM-001, JOB-004, SM-005: runs an ACTIVE contract, changes the registry and makes it final on COMPLETED', async () => {
    const story = await new ContractStory(world, [rateLimitChange(200, 100)]).approved();
    await story.activate();
    const pending = await world.next('JobChanged', (m) => m.key === story.contractId);
    expect(pending.value).toMatchObject({ kind: 'CHANGE', state: 'PENDING', version: 1 });
    expect(pending.value.steps[0]).toMatchObject({
      state: 'PENDING',
      inverse: { settings: [{ old_value: '200', new_value: '100' }] },
    });
    const done = await world.next('JobChanged', (m) => m.key === story.contractId && m.value.state === 'COMPLETED');
    expect(done.value.changes.map((c) => c.to)).toEqual(['RUNNING', 'RUNNING', 'COMPLETED']);
    expect(done.value.steps[0]?.health_seen.map((h) => [h.scope, h.state])).toEqual([
      ['SYSTEM', 'HEALTHY'],
      ['api_rate_limit', 'HEALTHY'],
    ]);
    expect(done.value.capability_versions).toMatchObject([{ capability: 'api_rate_limit', before: 1, after: 2 }]);
    const changed = await world.next('CapabilityChanged', (m) => m.value.contract_id === story.contractId);
    expect(changed.value).toMatchObject({
      cause: 'CHANGE',
      provisional_contract_id: story.contractId,
      job_id: done.value.job_id,
    });
    expect((await flag('api_rate_limit.requests_per_minute')).body).toMatchObject({
      value: 200,
      metadata: { state: 'provisional', contract_id: story.contractId },
    });

    await story.conclude(done, 'PASS');
    const final = await world.next(
      'CapabilityChanged',
      (m) => m.value.contract_id === story.contractId && m.value.cause === 'FINAL',
    );
    expect(final.value).toMatchObject({
      provisional_contract_id: null,
      registry_version: changed.value.registry_version + 1,
    });
    expect((await flag('api_rate_limit.requests_per_minute')).body.metadata).toMatchObject({ state: 'final' });
  }, 30_000);

  it('JOB-003, JOB-006, SM-004: undoes the completed steps of a FAILED contract in reverse', async () => {
    const story = await new ContractStory(world, [
      { kind: 'configuration_update', capability: 'search_depth', setting: { key: 'max_hops', old: 3, new: 9 } },
      {
        kind: 'capability_enable',
        capability: 'bulk_export',
        lifecycle: 'LAUNCHED',
        prior: { enabled: false, lifecycle: 'PREVIEW' },
      },
    ]).approved();
    await story.activate();
    const done = await world.next('JobChanged', (m) => m.key === story.contractId && m.value.state === 'COMPLETED');
    expect((await flag('bulk_export')).body.value).toBe(true);
    await health('SYSTEM', 'UNHEALTHY'); // a rollback waits for no health
    await story.conclude(done, 'FAIL');
    const undone = await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === 'ROLLBACK' && m.value.state === 'COMPLETED',
    );
    expect(undone.value.steps.map((s) => [s.index, s.state])).toEqual([
      [1, 'UNDONE'],
      [0, 'UNDONE'],
    ]);
    expect(undone.value.version).toBeGreaterThan(done.value.version);
    expect(undone.value.capability_versions.map((v) => v.state_after)).toEqual(
      done.value.capability_versions.map((v) => v.state_before),
    );
    await health('SYSTEM', 'HEALTHY');
    expect((await flag('bulk_export')).body).toMatchObject({ value: false, metadata: { state: 'final' } });
    expect((await flag('search_depth.max_hops')).body.value).toBe(3);
  }, 30_000);

  it('FLOW-002, SM-006: the same order twice, and a second one, are one job', async () => {
    const story = await new ContractStory(world, [rateLimitChange(250, 200)]).approved();
    const said = await story.activate();
    await world.send('contract', said.topic, said.key, said.value, { mandate: said.mandate });
    await story.activate();
    const first = await ended(story, 'COMPLETED');
    await story.conclude(first, 'PASS');
    await world.next('CapabilityChanged', (m) => m.value.contract_id === story.contractId && m.value.cause === 'FINAL');
    const next = await new ContractStory(world, [rateLimitChange(260, 250)]).approved();
    await next.activate();
    const second = await ended(next, 'COMPLETED');
    await next.conclude(second, 'PASS');
    const jobs = world.all('JobChanged').filter((m) => m.key === story.contractId);
    expect(new Set(jobs.map((m) => m.value.job_id)).size).toBe(1);
    expect(jobs.map((m) => m.value.version)).toEqual([1, 4]);
  }, 30_000);

  it('FLOW-004: poisoned bytes of one contract hold up no other', async () => {
    const bytes = Buffer.from('not avro at all');
    await world.send('contract', 'mandate.contracts.v1', 'poisoned', bytes);
    await world.next('DeadLetter', (m) => m.key === 'poisoned' && m.value.code === 'NO_MANDATE');
    const story = await new ContractStory(world, [exportRows(20_000, 10_000)]).approved();
    await story.activate();
    await story.conclude(await ended(story, 'COMPLETED'), 'PASS');
  }, 30_000);

  it('PART2-003, JOB-002: waits for health before the first step, says so once, and goes on by itself', async () => {
    await health('SYSTEM', 'UNHEALTHY');
    const story = await new ContractStory(world, [session(90, 60)]).approved();
    await story.activate();
    const waiting = await world.next('JobChanged', (m) => m.key === story.contractId && m.value.code !== null);
    expect(waiting.value).toMatchObject({ state: 'PENDING', code: 'HEALTH_NOT_HEALTHY' });
    expect(waiting.value.steps[0]).toMatchObject({
      state: 'PENDING',
      health_seen: [{ scope: 'SYSTEM', state: 'UNHEALTHY' }, {}],
    });
    await health('SYSTEM', 'HEALTHY');
    const done = await ended(story, 'COMPLETED');
    expect(done.value.version).toBe(waiting.value.version + 3);
    await story.conclude(done, 'PASS');
  }, 30_000);

  it('a contract that may not start gets a FAILED job with the reason and no step', async () => {
    const story = await new ContractStory(world, [rateLimitChange(300, 7)]).approved();
    await story.activate();
    const failed = await ended(story, 'FAILED');
    expect(failed.value).toMatchObject({ code: 'PLAN_STALE', started_at: null, steps: [{ state: 'SKIPPED' }] });
    await story.conclude(failed, 'FAIL');
    const undone = await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === 'ROLLBACK' && m.value.state !== 'PENDING',
    );
    expect(undone.value).toMatchObject({ state: 'COMPLETED', steps: [] });
    const late = await new ContractStory(world, [session(95, 90)], { windowMs: 500 }).approved();
    await late.activate();
    expect((await ended(late, 'FAILED')).value).toMatchObject({ code: 'WINDOW_OVER' });
  }, 30_000);

  it('an operator has a rollback run again that failed three times; nobody else can', async () => {
    const story = await new ContractStory(world, [exportRows(30_000, 20_000)]).approved();
    await story.activate();
    const done = await ended(story, 'COMPLETED');
    const setRows = (rows: number) =>
      database(`UPDATE capabilities SET "values" = '{"rows_max": ${rows}}' WHERE capability = 'bulk_export'`);
    await setRows(777);
    await story.conclude(done, 'FAIL');
    const failed = await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.state === 'FAILED' && m.value.attempt === 3,
    );
    expect(failed.value).toMatchObject({
      code: 'VALUE_CHANGED',
      reason: expect.stringContaining('bulk_export#rows_max is 777'),
    });
    expect(
      world
        .all('JobChanged')
        .filter((m) => m.key === story.contractId && m.value.kind === 'ROLLBACK' && m.value.state === 'FAILED'),
    ).toHaveLength(3);

    await setRows(30_000);
    const retry = (token: string, body: object) =>
      fetch(`http://127.0.0.1:${executor.port}/api/v1/rollbacks/${story.contractId}/retry`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    expect((await retry('guess', { reason: 'r' })).status).toBe(401);
    expect((await retry(OPERATOR_TOKEN, {})).status).toBe(400);
    expect((await retry(OPERATOR_TOKEN, { reason: 'the row was put right by hand' })).status).toBe(202);
    const undone = await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === 'ROLLBACK' && m.value.state === 'COMPLETED',
    );
    expect(undone.value.attempt).toBe(4);
    expect(
      world
        .all('JobChanged')
        .some(
          (m) => m.key === story.contractId && m.value.changes.some((c) => c.actor === 'sam' && c.cause === 'OPERATOR'),
        ),
    ).toBe(true);
    expect((await retry(OPERATOR_TOKEN, { reason: 'again' })).status).toBe(409);
    expect((await flag('bulk_export.rows_max')).body).toMatchObject({ value: 20_000, metadata: { state: 'final' } });
  }, 30_000);

  describe('PART2-002: refuses a forged order, sets it aside and lets the genuine one through', () => {
    const refused = async (story: ContractStory, code: string) => {
      await world.next(
        'DeadLetter',
        (m) => m.key === story.contractId && m.value.code === code && m.value.kind === 'SET_ASIDE',
      );
      expect(world.all('JobChanged').filter((m) => m.key === story.contractId)).toEqual([]);
    };
    const genuine = () => new ContractStory(world, [rateLimitChange(300, 7)]).approved();

    it('with other changes than the plan that was approved', async () => {
      const story = await genuine();
      await story.activate({ proposed_changes: [changeToWire(rateLimitChange(9_000, 7))] });
      await refused(story, 'PLAN_SWAPPED');
      await story.activate(); // CHAIN-003: the forgery holds no key
      expect((await ended(story, 'FAILED')).value.code).toBe('PLAN_STALE');
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
      fetch(`http://127.0.0.1:${executor.port}/ofrep/v1/evaluate/flags${path}`, {
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
  });

  describe('the database', () => {
    it('CONTRACT-001, JOB-004: holds the state machine of the code', async () => {
      const rows = await database<{ kind: 'CHANGE' | 'ROLLBACK'; f: string; t: string }>(
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
      await expect(database(statement)).rejects.toThrow(words);
    });

    it('CONTRACT-003, SM-006: refuses a second job of a kind for a contract', async () => {
      const copy = `INSERT INTO jobs SELECT gen_random_uuid(), contract_id, issue_id, kind, origin, plan, plan_digest, cites, created_at, version, attempt, state,
        code, reason, waiting_since, snapshots, started_at, ended_at FROM jobs LIMIT 1`;
      await expect(database(copy)).rejects.toThrow('contract_003_sm_006');
    });
  });

  it('AM-20: started again with the same catalogue it defines nothing anew', async () => {
    const before = world.all('CapabilityChanged').filter((m) => m.value.cause === 'DEFINITION').length;
    await world.stop(executor);
    executor = await world.start('executor', AppModule, ENV);
    expect(await flag('billing_ledger')).toMatchObject({ status: 200 });
    expect(world.all('CapabilityChanged').filter((m) => m.value.cause === 'DEFINITION')).toHaveLength(before);
  }, 30_000);

  it('refuses to start with a catalogue that the manifest does not list', async () => {
    await world.stop(executor);
    const file = join(mkdtempSync(join(tmpdir(), 'catalogue-')), 'c.yaml');
    writeFileSync(file, `${readFileSync(CATALOGUE_FILE, 'utf8')}\n# edited\n`);
    const reason = new Promise<string>((resolve) => {
      void world.start('executor', AppModule, { ...ENV, CATALOGUE_FILE: file }, { onFatal: resolve }, false);
    });
    await expect(reason).resolves.toContain('authority.json');
  }, 30_000);
});

const exportRows = (to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability: 'bulk_export',
  setting: { key: 'rows_max', old, new: to },
});
const session = (to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability: 'session_lifetime',
  setting: { key: 'lifetime_minutes', old, new: to },
});
const rateLimitChange = (to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability: 'api_rate_limit',
  setting: { key: 'requests_per_minute', old, new: to },
});
