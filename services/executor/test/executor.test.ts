import { join } from 'node:path';
import type { RunningService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { ContractStory } from './contract-story';

const CATALOGUE_FILE = join(__dirname, '../../../infra/capabilities.yaml');

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

  beforeAll(async () => {
    world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', healthVersion);
    executor = await world.start('executor', AppModule, {
      CATALOGUE_FILE,
      SAMPLE_APP_URL: 'http://127.0.0.1:9',
      JOB_RECHECK: '50ms',
      ROLLBACK_BACKOFF: '50ms',
      STEP_HEALTH_WAIT: '300ms',
    });
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
    const story = await new ContractStory(world, [rateLimitChange(200)]).approved();
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

  describe('PART2-002: refuses a forged approval', () => {
    const refused = async (story: ContractStory, code: string) => {
      await world.next(
        'DeadLetter',
        (m) => m.key === story.contractId && m.value.code === code && m.value.kind === 'SET_ASIDE',
      );
      expect(world.all('JobChanged').filter((m) => m.key === story.contractId)).toEqual([]);
    };

    it('of another plan than the changes', async () => {
      const story = await new ContractStory(world, [rateLimitChange(300)]).approved();
      const other = new ContractStory(world, [rateLimitChange(9_000)]);
      await story.activate({
        proposed_changes: (await other.approved()).changes.map((c) => ({
          ...storyChange(story),
          settings: wireSettings(c),
        })),
      });
      await refused(story, 'PLAN_SWAPPED');
    }, 20_000);

    it('of another contract', async () => {
      const genuine = await new ContractStory(world, [rateLimitChange(300)]).approved();
      const story = await new ContractStory(world, [rateLimitChange(300)]).approved();
      await story.activate({ approval: genuine.approval });
      await refused(story, 'STATEMENT_FOR_ANOTHER_CONTRACT');
    }, 20_000);
  });
});

const storyChange = (story: ContractStory) => ({
  ...EMPTY,
  kind: 'configuration_update' as const,
  capability: story.affected[0] as string,
});
const EMPTY = { lifecycle: null, reason: null, enabled_before: null, lifecycle_before: null };
const wireSettings = (c: ContractStory['changes'][number]) =>
  c.kind === 'configuration_update'
    ? [{ key: c.setting.key, old_value: JSON.stringify(c.setting.old), new_value: JSON.stringify(c.setting.new) }]
    : [];
