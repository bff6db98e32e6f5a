import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, startService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { ApprovedJob } from './approved-job';
import { define, Target } from './governed';

jest.setTimeout(120_000);

describe('a health service that is killed', () => {
  const target = new Target();
  let world: World;
  let env: Record<string, string>;

  beforeAll(async () => {
    await target.start();
    world = await World.open();
    await define(world);
    const catalogue = join(world.servers.dir, 'catalogue.yaml');
    const probe = { id: 'up', url: `${target.url}/`, interval_ms: 200, timeout_ms: 500, warn_ms: 400, threshold: 2 };
    writeFileSync(catalogue, JSON.stringify({ system_probes: [probe] }));
    env = { CATALOGUE_FILE: catalogue, OBSERVATION_WINDOW: '500ms', HEALTH_REPEAT: '1m' };
  });
  afterAll(async () => {
    await world.close();
    await target.kill();
  });

  const order = (crashAt: 'committed' | 'published' | null) => ({
    service: 'health' as const,
    modulePath: join(__dirname, '../src/app.module.ts'),
    exportName: 'AppModule',
    crashAt,
    waitsForArm: crashAt !== null,
  });
  const system = () => world.all('HealthChanged').filter((m) => m.value.scope === 'SYSTEM');

  it.each(['committed', 'published'] as const)(
    'FLOW-001, FLOW-002: when %s, evaluates once and says SYSTEM without a gap',
    async (crashAt) => {
      const doomed = await world.spawn(order(crashAt), env);
      const before = system().length;
      await world.next('HealthChanged', (m) => m.value.scope === 'SYSTEM' && m.value.state === 'HEALTHY');
      doomed.arm();
      const job = new ApprovedJob(world, rateLimitChange(200));
      await job.approve();
      await world.say('executor', job.job('JOB_DONE', {}));
      await expect(doomed.ended()).resolves.toBe('SIGKILL');
      const next = await world.spawn(order(null), env);
      await world.next('JobEvaluated', (m) => m.value.contract_id === job.contractId);
      await world.next('HealthChanged', (m) => m.value.scope === 'SYSTEM' && m.value.version > before + 1);
      await new Promise((r) => setTimeout(r, 1_000));
      const evaluated = world.all('JobEvaluated').filter((m) => m.value.contract_id === job.contractId);
      expect(new Set(evaluated.map((m) => m.value.evaluation_id)).size).toBe(1); // a second copy is the same message
      const versions = [...new Set(system().map((m) => m.value.version))];
      expect(versions).toEqual(versions.map((_, i) => i + 1));
      await next.end('SIGTERM');
    },
  );

  it('FLOW-004, CHAIN-003: is not stopped by bytes that are nothing, and evaluates other jobs', async () => {
    const running = await world.spawn(order(null), env);
    for (const bytes of [Buffer.from('not avro'), Buffer.alloc(0), Buffer.from([0, 0, 0, 3, 242, 255])]) {
      await world.send('executor', 'mandate.jobs.v1', 'poisoned', bytes);
    }
    await world.next('DeadLetter', (m) => m.value.code === 'NO_MANDATE' && m.value.service === 'health');
    const job = new ApprovedJob(world, rateLimitChange(300));
    await job.approve();
    await world.say('executor', job.job('JOB_FAILED', { state: 'FAILED' }));
    await world.next('JobEvaluated', (m) => m.value.contract_id === job.contractId);
    await running.end('SIGTERM');
  });

  it('FLOW-002: rebuilds its histories from their topics, and says nothing meanwhile', async () => {
    const { url } = await world.database('health');
    const database = await Database.open(url, 'health-test');
    const copies = async () => [
      await database.rows('SELECT * FROM capability_history ORDER BY capability, version'),
      await database.rows('SELECT * FROM contract_scopes ORDER BY contract_id'),
    ];
    const before = await copies();
    const said = world.all('HealthChanged').length;
    await database.rows(`UPDATE contract_scopes SET capabilities = '{}'`);
    const ownEnv = await world.env('health', env);
    let rebuilt = (_messages: number): void => undefined;
    const messages = new Promise<number>((resolve) => {
      rebuilt = resolve;
    });
    const running = await startService('health', AppModule, ownEnv, { onRebuilt: (n) => rebuilt(n) });
    expect(await messages).toBeGreaterThan(0);
    await running.close();
    expect(await copies()).toEqual(before);
    expect(world.all('HealthChanged')).toHaveLength(said);
    await database.close();
  });
});
