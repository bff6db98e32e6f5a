import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Change } from '@mandate/contracts';
import type { RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { Storefront } from '../../../infra/sample-app/src/storefront';
import { AppModule } from '../src/app.module';
import { ContractStory } from './contract-story';

const CATALOGUE_FILE = join(__dirname, '../../../infra/capabilities.yaml');
const depth = (to: number, old = 3): Change => ({
  kind: 'configuration_update',
  capability: 'search_depth',
  setting: { key: 'max_hops', old, new: to },
});

describe('an application that reads its configuration through a stock OpenFeature provider', () => {
  let world: World;
  let executor: RunningService;
  let shop: Storefront;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(__dirname, '../../../infra/local/bin/build.mjs')]); // the shop's worker thread runs built code
    world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', 1);
    executor = await world.start('executor', AppModule, { CATALOGUE_FILE, SAMPLE_APP_URL: 'http://127.0.0.1:9' });
    shop = await Storefront.start({ port: 0, ofrepUrl: `http://127.0.0.1:${executor.port}` });
  }, 60_000);
  afterAll(async () => {
    await shop.close();
    await world.close();
  }, 30_000);

  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${shop.port}${path}`);
    return { status: response.status, body: (await response.json()) as { configuration?: Record<string, unknown> } };
  };
  /** What the shop says of a setting, at most a second after it changed. */
  const setting = async (fits: object) => {
    const until = performance.now() + 1_000;
    for (;;) {
      const found = (await get('/')).body.configuration?.['search_depth.max_hops'];
      try {
        expect(found).toMatchObject(fits);
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        await new Promise((r) => setTimeout(r, 50));
      }
    }
  };

  it('AM-19: sees a change within a second, with its contract; suffers from it; and sees it go back', async () => {
    await setting({ value: 3, source: 'registry', metadata: { state: 'final', capability: 'search_depth' } });
    expect(await get('/health/search')).toMatchObject({ status: 200 });

    const story = await new ContractStory(world, [depth(11)]).approved();
    await story.activate();
    const done = await world.next('JobChanged', (m) => m.key === story.contractId && m.value.state === 'COMPLETED');
    await setting({ value: 11, metadata: { state: 'provisional', contract_id: story.contractId, version: 2 } });
    expect(await get('/health/search')).toMatchObject({ status: 503 });
    expect(await get('/health')).toMatchObject({ status: 200 });

    await story.conclude(done, 'FAIL');
    await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === 'ROLLBACK' && m.value.state === 'COMPLETED',
    );
    await setting({ value: 3, metadata: { state: 'final' } });
    expect(await get('/health/search')).toMatchObject({ status: 200 });
  }, 30_000);

  it('AM-19: tells the contract of what is final, too, and after a rollback that of the change before', async () => {
    const kept = await new ContractStory(world, [depth(4)]).approved();
    await kept.activate();
    const ofJob = (story: ContractStory, kind: 'CHANGE' | 'ROLLBACK') =>
      world.next(
        'JobChanged',
        (m) => m.key === story.contractId && m.value.kind === kind && m.value.state === 'COMPLETED',
      );
    const done = await ofJob(kept, 'CHANGE');
    await setting({ value: 4, metadata: { state: 'provisional', contract_id: kept.contractId } });
    await kept.conclude(done, 'PASS');
    await world.next('CapabilityChanged', (m) => m.value.contract_id === kept.contractId && m.value.cause === 'FINAL');
    await setting({ value: 4, metadata: { state: 'final', contract_id: kept.contractId } });

    const undone = await new ContractStory(world, [depth(5, 4)]).approved();
    await undone.activate();
    await undone.conclude(await ofJob(undone, 'CHANGE'), 'FAIL');
    await ofJob(undone, 'ROLLBACK');
    await setting({ value: 4, metadata: { state: 'final', contract_id: kept.contractId } });
  }, 30_000);

  it('asks for a token where one is configured', async () => {
    const token = join(world.keysDir, 'ofrep.token');
    (await import('node:fs')).writeFileSync(token, 'secret\n');
    await world.stop(executor);
    executor = await world.start('executor', AppModule, { OFREP_TOKEN_FILE: token });
    const post = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${executor.port}/ofrep/v1/evaluate/flags/search_depth`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post({ authorization: 'Bearer secret' })).status).toBe(200);
  }, 30_000);
});
