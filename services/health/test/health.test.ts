import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type RunningService } from '@mandate/service-kit';
import { parse } from 'yaml';
import { repositoryDir } from '../../../infra/local/src/paths';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { ApprovedJob } from './approved-job';
import { define, Target } from './governed';

const TOKEN = 'a-token-of-sam';
const DEFINITION = JSON.stringify(
  (
    parse(readFileSync(join(repositoryDir, 'infra/capabilities.yaml'), 'utf8')) as { capabilities: { name: string }[] }
  ).capabilities.find((c) => c.name === 'api_rate_limit'),
);

describe('health', () => {
  const target = new Target();
  let world: World;
  let service: RunningService;

  beforeAll(async () => {
    await target.start();
    world = await World.open();
    await define(world);
    const catalogue = join(world.servers.dir, 'catalogue.yaml');
    writeFileSync(
      catalogue,
      "system_probes:\n  - { id: up, url: '${SAMPLE_APP_URL}/health', interval_ms: 200, timeout_ms: 500, warn_ms: 400, threshold: 2 }\n",
    );
    const tokens = join(world.servers.dir, 'operators.json');
    writeFileSync(
      tokens,
      JSON.stringify([{ token_sha256: createHash('sha256').update(TOKEN).digest('hex'), operator: 'sam' }]),
    );
    service = await world.start('health', AppModule, {
      CATALOGUE_FILE: catalogue,
      SAMPLE_APP_URL: target.url,
      OPERATOR_TOKENS_FILE: tokens,
      OBSERVATION_WINDOW: '1s',
      HEALTH_REPEAT: '2s',
    });
  }, 120_000);

  afterAll(async () => {
    await world?.close();
    await target.kill();
  }, 60_000);

  const http = (method: string, path: string, body?: object, token: string | null = TOKEN) =>
    fetch(`http://127.0.0.1:${service.port}/api/v1/${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  it('HEALTH-001: says SYSTEM soon after the start, with an end and the versions of all scopes, and repeats it gaplessly', async () => {
    const first = await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'SYSTEM' && m.value.state === 'HEALTHY',
      5_000,
    );
    expect(first.value.valid_until).toBe(first.value.changed_at + 25_000);
    const second = await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'SYSTEM' && m.value.version === first.value.version + 1,
      5_000,
    );
    expect(second.value).toMatchObject({ from_version: first.value.version, state: 'HEALTHY' });
    expect(second.value.scope_versions).toContainEqual({ scope: 'api_rate_limit', version: 1 });
    expect(second.value.scope_versions).toContainEqual({ scope: 'SYSTEM', version: second.value.version });
  });

  it('says each capability once; one without probes inherits SYSTEM', async () => {
    const inherited = await world.next('HealthChanged', (m) => m.value.scope === 'api_rate_limit');
    expect(inherited.value).toMatchObject({ basis: 'inherited', version: 1, valid_until: null });
    const own = await world.next('HealthChanged', (m) => m.value.scope === 'search_depth');
    expect(own.value.basis).toBe('own');
  });

  it('sees a governed system die and come back, damped', async () => {
    await target.kill();
    const ill = await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'SYSTEM' && m.value.state === 'UNHEALTHY',
      10_000,
    );
    expect(ill.value.signals).toContainEqual(
      expect.objectContaining({ kind: 'probe', signal_id: 'up', decision: 'BLOCKED' }),
    );
    await target.start();
    await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'SYSTEM' && m.value.state === 'HEALTHY' && m.value.version > ill.value.version,
      15_000,
    );
  }, 40_000);

  it('says a freeze at once with author, reason and end, and its lifting; the state stays what the probes say', async () => {
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await http('POST', 'signals', {
      scope: 'api_rate_limit',
      kind: 'freeze',
      reason: 'release week',
      expires_at: expires,
    });
    expect(answer.status).toBe(201);
    const { signal_id } = (await answer.json()) as { signal_id: string };
    const raised = await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'api_rate_limit' && m.value.signals.length > 0,
      2_000,
    );
    expect(raised.value.signals).toEqual([
      expect.objectContaining({
        signal_id,
        decision: 'BLOCKED',
        kind: 'freeze',
        author: 'sam',
        reason: 'release week',
        expires_at: Date.parse(expires),
      }),
    ]);
    expect(raised.value.state).not.toBe('UNHEALTHY');
    expect((await http('DELETE', `signals/${signal_id}`, {})).status).toBe(400); // no reason
    expect((await http('DELETE', `signals/${signal_id}`, { reason: 'done' })).status).toBe(200);
    await world.next(
      'HealthChanged',
      (m) =>
        m.value.scope === 'api_rate_limit' &&
        m.value.version === raised.value.version + 1 &&
        m.value.signals.length === 0,
      2_000,
    );
    const listed = (await (await http('GET', 'signals')).json()) as { signals: object[] };
    expect(listed.signals).toEqual([
      expect.objectContaining({ signal_id, author: 'sam', lifted_by: 'sam', is_active: false }),
    ]);
    const told = await world.next('OperatorActed', (m) => m.value.action === 'LIFT_SIGNAL');
    expect(told.value).toMatchObject({ service: 'health', operator: 'sam', subject: signal_id, reason: 'done' });
    const { actions } = (await (await http('GET', 'operator-actions')).json()) as { actions: object[] };
    expect(actions).toMatchObject([
      { action: 'LIFT_SIGNAL', outcome: 'no longer blocks api_rate_limit', told_as: 2 },
      { action: 'LIFT_SIGNAL', outcome: 'refused: INVALID', told_as: null },
      { action: 'RAISE_SIGNAL', actor: 'sam', reason: 'release week', subject: 'api_rate_limit', told_as: 1 },
    ]);
    const shown = (await (await http('GET', 'health-states')).json()) as { health_states: object[] };
    expect(shown.health_states).toContainEqual(expect.objectContaining({ scope: 'SYSTEM', state: 'HEALTHY' }));
  });

  it('FLOW-002, FLOW-006: fills its own histories again while it serves, when an operator asks for it', async () => {
    const database = service.app.get(Database);
    const copy = () => database.rows<object>('SELECT * FROM capability_history ORDER BY capability, version');
    const before = await copy();
    expect(before.length).toBeGreaterThan(0);
    await database.rows('DELETE FROM capability_history');
    expect((await http('POST', 'projections/own/rebuild', {})).status).toBe(422); // no reason
    const answer = await http('POST', 'projections/own/rebuild', { reason: 'emptied by hand' });
    expect(await answer.json()).toEqual({ projection: 'own', messages: expect.any(Number) });
    expect(await copy()).toEqual(before);
    expect((await http('POST', 'projections/none/rebuild', { reason: 'x' })).status).toBe(404);
  });

  it.each([
    ['nobody', { scope: 'SYSTEM' }, null, 401, 'NOT_AN_OPERATOR'],
    ['a stranger', { scope: 'SYSTEM' }, 'another', 401, 'NOT_AN_OPERATOR'],
    ['an unknown scope', { scope: 'serch' }, TOKEN, 422, 'UNKNOWN_SCOPE'],
    ['no reason', { scope: 'SYSTEM', reason: ' ' }, TOKEN, 400, 'INVALID'],
    ['an end in the past', { scope: 'SYSTEM', expires_at: 1 }, TOKEN, 422, 'ALREADY_EXPIRED'],
  ] as const)('refuses a signal of %s as a problem', async (_, more, token, status, code) => {
    const answer = await http(
      'POST',
      'signals',
      { kind: 'freeze', reason: 'stop', expires_at: Date.now() + 60_000, ...more },
      token,
    );
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code, status });
  });

  it('AUDIT-006, JOB-005: evaluates a job that ended, once, on a snapshot from before it started', async () => {
    const job = new ApprovedJob(world, rateLimitChange(200));
    await job.approve();
    const startedAt = Date.now();
    const values = [
      { key: 'requests_per_minute', value: '200' },
      { key: 'burst', value: '20' },
    ];
    await job.changeCapability(2, 6, values, DEFINITION);
    const versions = [{ capability: 'api_rate_limit', before: 1, after: 2, state_before: '{}', state_after: '{}' }];
    const done = job.job('JOB_DONE', { started_at: startedAt, registry_version: 6, capability_versions: versions });
    await world.say('executor', done);
    await world.say('executor', { ...done, version: done.version + 1 });
    const evaluated = await world.next('JobEvaluated', (m) => m.value.contract_id === job.contractId);
    expect(evaluated.value).toMatchObject({
      job_id: job.jobId,
      kind: 'CHANGE',
      capabilities_healthy: 'YES',
      execution_matched: 'YES',
      registry_version: 6,
    });
    expect(evaluated.value.invariants.map((i) => `${i.id} ${i.holds}`)).toEqual([
      'INV-1 YES',
      'INV-2 YES',
      'INV-3 YES',
      'INV-4 YES',
      'INV-5 YES',
    ]);
    expect(evaluated.value.scopes).toContainEqual(
      expect.objectContaining({ scope: 'SYSTEM', before: 'HEALTHY', worst: 'HEALTHY' }),
    );
    expect(evaluated.value.window_end - Number(done.value.ended_at)).toBeGreaterThanOrEqual(1_000);
    expect(evaluated.link).toMatchObject({ version: 1, says: 'EVALUATED' });
    await new Promise((r) => setTimeout(r, 1_500));
    expect(world.all('JobEvaluated').filter((m) => m.value.contract_id === job.contractId)).toHaveLength(1);
  }, 40_000);

  it('PART2-005 INV-3: finds a change that made the system ill', async () => {
    const job = new ApprovedJob(world, rateLimitChange(300));
    await job.approve();
    const startedAt = Date.now();
    target.status = 503;
    await world.say('executor', job.job('JOB_DONE', { started_at: startedAt, registry_version: 6 }));
    const evaluated = await world.next('JobEvaluated', (m) => m.value.contract_id === job.contractId);
    expect(evaluated.value.capabilities_healthy).toBe('NO');
    expect(evaluated.value.invariants).toContainEqual(expect.objectContaining({ id: 'INV-3', holds: 'NO' }));
    target.status = 200;
    await world.next(
      'HealthChanged',
      (m) =>
        m.value.scope === 'SYSTEM' && m.value.state === 'HEALTHY' && m.value.changed_at > evaluated.value.evaluated_at,
      15_000,
    );
  }, 60_000);

  it('evaluates a failed job at once', async () => {
    const job = new ApprovedJob(world, rateLimitChange(400));
    await job.approve();
    const failed = job.job('JOB_FAILED', { state: 'FAILED', code: 'HEALTH', registry_version: 6 });
    await world.say('executor', failed);
    const evaluated = await world.next('JobEvaluated', (m) => m.value.contract_id === job.contractId);
    expect(evaluated.value.execution_matched).toBe('NO');
    expect(evaluated.value.evaluated_at - failed.now).toBeLessThan(1_000);
  });

  it('goes on where it stood after a stop, without a gap in the versions', async () => {
    await world.stop(service);
    const before =
      world
        .all('HealthChanged')
        .filter((m) => m.value.scope === 'SYSTEM')
        .at(-1)?.value.version ?? 0;
    service = await world.start('health', AppModule);
    const next = await world.next('HealthChanged', (m) => m.value.scope === 'SYSTEM' && m.value.version > before);
    expect(next.value.from_version).toBe(next.value.version - 1);
    const versions = world
      .all('HealthChanged')
      .filter((m) => m.value.scope === 'SYSTEM')
      .map((m) => m.value.version);
    expect(versions).toEqual(versions.map((_, i) => i + 1));
  }, 40_000);
});
