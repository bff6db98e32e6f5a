import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { ContractStory } from './contract-story';
import { CATALOGUE_FILE, ENV, ExecutorWorld, exportRows, OPERATOR_TOKEN, rateLimit, session } from './executor-world';

describe('the executor', () => {
  let there: ExecutorWorld;
  let world: World;

  beforeAll(async () => {
    there = await ExecutorWorld.open();
    world = there.world;
  }, 60_000);
  afterAll(() => there.close(), 30_000);

  it('AM-20: defines the catalogue with a gapless registry version', async () => {
    const first = await world.next('CapabilityChanged', (m) => m.value.registry_version === 1);
    expect(first.value).toMatchObject({
      cause: 'DEFINITION',
      version: 1,
      from_version: 0,
      contract_id: null,
      catalogue_version: 2,
    });
    await world.next('CapabilityChanged', (m) => m.value.registry_version === first.value.catalogue_size);
    const versions = world.all('CapabilityChanged').map((m) => m.value.registry_version);
    expect(versions).toEqual(versions.map((_, i) => i + 1));
  });

  it('SM-001, JOB-004, SM-005: runs an ACTIVE contract, changes the registry and makes it final on COMPLETED', async () => {
    const story = await new ContractStory(world, [rateLimit(200, 100)]).approved();
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
    expect((await there.flag('api_rate_limit.requests_per_minute')).body).toMatchObject({
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
    expect((await there.flag('api_rate_limit.requests_per_minute')).body.metadata).toMatchObject({
      state: 'final',
      contract_id: story.contractId,
    });
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
    expect((await there.flag('bulk_export')).body.value).toBe(true);
    await there.health('UNHEALTHY'); // a rollback waits for no health
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
    await there.health('HEALTHY');
    expect((await there.flag('bulk_export')).body).toMatchObject({ value: false, metadata: { state: 'final' } });
    expect((await there.flag('search_depth.max_hops')).body.value).toBe(3);
  }, 30_000);

  it('FLOW-002, SM-006: the same order twice, and a second one, are one job', async () => {
    const story = await new ContractStory(world, [rateLimit(250, 200)]).approved();
    const said = await story.activate();
    await world.send('contract', said.topic, said.key, said.value, { mandate: said.mandate });
    await story.activate();
    const first = await there.ended(story, 'COMPLETED');
    await story.conclude(first, 'PASS');
    await world.next('CapabilityChanged', (m) => m.value.contract_id === story.contractId && m.value.cause === 'FINAL');
    const next = await new ContractStory(world, [rateLimit(260, 250)]).approved();
    await next.activate();
    const second = await there.ended(next, 'COMPLETED');
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
    await story.conclude(await there.ended(story, 'COMPLETED'), 'PASS');
  }, 30_000);

  it('PART2-003, JOB-002: waits for health before the first step, says so once, and goes on by itself', async () => {
    await there.health('UNHEALTHY');
    const story = await new ContractStory(world, [session(90, 60)]).approved();
    await story.activate();
    const waiting = await world.next('JobChanged', (m) => m.key === story.contractId && m.value.code !== null);
    expect(waiting.value).toMatchObject({ state: 'PENDING', code: 'HEALTH_NOT_HEALTHY' });
    expect(waiting.value.steps[0]).toMatchObject({
      state: 'PENDING',
      health_seen: [{ scope: 'SYSTEM', state: 'UNHEALTHY' }, {}],
    });
    await there.health('HEALTHY');
    const done = await there.ended(story, 'COMPLETED');
    expect(done.value.version).toBe(waiting.value.version + 3);
    await story.conclude(done, 'PASS');
  }, 30_000);

  it('a contract that may not start gets a FAILED job with the reason and no step', async () => {
    const story = await new ContractStory(world, [rateLimit(300, 7)]).approved();
    await story.activate();
    const failed = await there.ended(story, 'FAILED');
    expect(failed.value).toMatchObject({ code: 'PLAN_STALE', started_at: null, steps: [{ state: 'SKIPPED' }] });
    await story.conclude(failed, 'FAIL');
    const undone = await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === 'ROLLBACK' && m.value.state !== 'PENDING',
    );
    expect(undone.value).toMatchObject({ state: 'COMPLETED', steps: [] });
    const late = await new ContractStory(world, [session(95, 90)], { windowMs: 500 }).approved();
    await late.activate();
    expect((await there.ended(late, 'FAILED')).value).toMatchObject({ code: 'WINDOW_OVER' });
  }, 30_000);

  it('an operator has a rollback run again that failed three times; nobody else can', async () => {
    const story = await new ContractStory(world, [exportRows(30_000, 20_000)]).approved();
    await story.activate();
    const done = await there.ended(story, 'COMPLETED');
    const setRows = (rows: number) =>
      there.sql(`UPDATE capabilities SET "values" = '{"rows_max": ${rows}}' WHERE capability = 'bulk_export'`);
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
      fetch(`http://127.0.0.1:${there.executor.port}/api/v1/rollbacks/${story.contractId}/retry`, {
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
    const told = await world.next('OperatorActed', (m) => m.value.contract_id === story.contractId);
    expect(told.value).toMatchObject({
      ...{ service: 'executor', action: 'RETRY_ROLLBACK', operator: 'sam', reason: 'the row was put right by hand' },
      ...{ outcome: 'attempt 4 has begun', issue_id: undone.value.issue_id },
    });
    expect((await retry(OPERATOR_TOKEN, { reason: 'again' })).status).toBe(409);
    expect((await there.flag('bulk_export.rows_max')).body).toMatchObject({
      value: 20_000,
      metadata: { state: 'final' },
    });
  }, 30_000);

  it('AM-20: started again with the same catalogue it defines nothing anew', async () => {
    const before = world.all('CapabilityChanged').filter((m) => m.value.cause === 'DEFINITION').length;
    await world.stop(there.executor);
    there.executor = await world.start('executor', AppModule, ENV);
    expect(await there.flag('billing_ledger')).toMatchObject({ status: 200 });
    expect(world.all('CapabilityChanged').filter((m) => m.value.cause === 'DEFINITION')).toHaveLength(before);
  }, 30_000);

  it('refuses to start with a catalogue that the manifest does not list', async () => {
    await world.stop(there.executor);
    const file = join(mkdtempSync(join(tmpdir(), 'catalogue-')), 'c.yaml');
    writeFileSync(file, `${readFileSync(CATALOGUE_FILE, 'utf8')}\n# edited\n`);
    const reason = new Promise<string>((resolve) => {
      void world.start('executor', AppModule, { ...ENV, CATALOGUE_FILE: file }, { onFatal: resolve }, false);
    });
    await expect(reason).resolves.toContain('authority.json');
  }, 30_000);
});
