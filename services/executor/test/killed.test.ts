import { join } from 'node:path';
import type { Change } from '@mandate/contracts';
import { World } from '../../../infra/local/src/testing/world';
import { ContractStory } from './contract-story';

jest.setTimeout(120_000);

const ENV = {
  CATALOGUE_FILE: join(__dirname, '../../../infra/capabilities.yaml'),
  SAMPLE_APP_URL: 'http://127.0.0.1:9',
};
const order = (crashAt: 'committed' | 'published' | null) => ({
  service: 'executor' as const,
  modulePath: join(__dirname, '../src/app.module.ts'),
  exportName: 'AppModule',
  crashAt,
});

/** Twelve steps on one key, each from where the one before left it. */
const staircase = (from: number): Change[] =>
  Array.from({ length: 12 }, (_, i) => ({
    kind: 'configuration_update',
    capability: 'session_lifetime',
    setting: { key: 'lifetime_minutes', old: from + i, new: from + i + 1 },
  }));

describe('an executor that is killed', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', 1);
    await (await world.spawn(order(null), ENV)).end('SIGTERM'); // the catalogue is applied
  });
  afterAll(() => world.close());

  const ended = (story: ContractStory, kind: 'CHANGE' | 'ROLLBACK') =>
    world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === kind && m.value.ended_at !== null,
      40_000,
    );
  /** The values that the capability took, in the registry's order; a message that was published twice counts once. */
  const taken = (story: ContractStory) => {
    const changed = world.all('CapabilityChanged').filter((m) => m.value.contract_id === story.contractId);
    const byVersion = new Map(changed.map((m) => [m.value.version, Number(m.value.values[0]?.value)]));
    return [...byVersion].sort(([a], [b]) => a - b).map(([, value]) => value);
  };

  /** Topics are not ordered among each other: the capability may be heard of after its job. */
  const heard = (story: ContractStory, value: number) =>
    world.next(
      'CapabilityChanged',
      (m) => m.value.contract_id === story.contractId && m.value.values[0]?.value === String(value),
    );

  it.each([
    ['committed', 60],
    ['published', 72],
  ] as const)('FLOW-001, FLOW-002: when %s, runs every step once', async (point, from) => {
    const doomed = await world.spawn(order(point), ENV);
    const story = await new ContractStory(world, staircase(from)).approved();
    await story.activate();
    await expect(doomed.ended()).resolves.toBe('SIGKILL');
    const next = await world.spawn(order(null), ENV);
    const done = await ended(story, 'CHANGE');
    expect(done.value.state).toBe('COMPLETED');
    await heard(story, from + 12);
    expect(taken(story)).toEqual(staircase(from).map((_, i) => from + i + 1));
    await story.conclude(done, 'PASS');
    await world.next('CapabilityChanged', (m) => m.value.contract_id === story.contractId && m.value.cause === 'FINAL');
    await next.end('SIGTERM');
  });

  it('JOB-004, JOB-006: at any moment of a job and of its rollback, does and undoes every step once, in order', async () => {
    const from = 84;
    const story = await new ContractStory(world, staircase(from)).approved();
    const killedOften = async (afterMs: readonly number[]) => {
      for (const ms of afterMs) {
        const doomed = await world.spawn(order(null), ENV);
        await new Promise((r) => setTimeout(r, ms)); // some moment in the middle
        await doomed.end('SIGKILL');
      }
    };
    await story.activate();
    await killedOften([40, 170]);
    const last = await world.spawn(order(null), ENV);
    const done = await ended(story, 'CHANGE');
    await last.end('SIGKILL');
    await story.conclude(done, 'FAIL');
    await killedOften([90]);
    const survivor = await world.spawn(order(null), ENV);
    const undone = await ended(story, 'ROLLBACK');
    expect([done.value.state, undone.value.state, undone.value.attempt]).toEqual(['COMPLETED', 'COMPLETED', 1]);
    await heard(story, from);
    const up = staircase(from).map((_, i) => from + i + 1);
    expect(taken(story)).toEqual([...up, ...up.map((v) => v - 1).reverse()]);
    await survivor.end('SIGTERM');
  });
});
