import { join } from 'node:path';
import type { Change } from '@mandate/contracts';
import { World } from '../../../infra/local/src/testing/world';
import { ContractStory } from './contract-story';
import { CATALOGUE_FILE } from './executor-world';
import { type Reached, SampleTarget } from './sample-target';

jest.setTimeout(180_000);

const order = {
  service: 'executor' as const,
  modulePath: join(__dirname, '../src/app.module.ts'),
  exportName: 'AppModule',
  crashAt: null,
};
const notices = (to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability: 'parcel_notices',
  setting: { key: 'notices_per_parcel', old, new: to },
});
type Place = `${Reached['type']} ${Reached['stage']}`;

describe('an executor that is killed while it calls a system outside', () => {
  let world: World;
  let target: SampleTarget;
  let env: Record<string, string>;

  beforeAll(async () => {
    target = await SampleTarget.make();
    env = { CATALOGUE_FILE, SAMPLE_APP_URL: 'http://127.0.0.1:9', WEBHOOK_TARGETS_FILE: target.targetsFile };
    world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', 1);
    await target.start();
  });
  afterAll(async () => {
    await target.stop();
    await world.close();
  });

  const ended = (story: ContractStory, kind: 'CHANGE' | 'ROLLBACK') =>
    world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === kind && m.value.ended_at !== null,
      40_000,
    );

  /** Kills the executor once, when the target has reached this stage of a message of its. */
  const killAt = (place: Place, kill: () => Promise<void>) => {
    let hasKilled = false;
    target.at = async (reached) => {
      if (hasKilled || `${reached.type} ${reached.stage}` !== place) return;
      hasKilled = true;
      await kill();
    };
    return () => hasKilled;
  };

  const at = 3;
  it.each<[Place]>([['apply received'], ['apply done'], ['observe received'], ['undo received'], ['undo done']])(
    'JOB-004, JOB-006: (%s) has the step done once and undone once, under the same keys',
    async (place) => {
      let executor = await world.spawn(order, env);
      const wasKilled = killAt(place, async () => {
        await executor.end('SIGKILL');
        executor = await world.spawn(order, env);
      });
      if (place === 'observe received') {
        const killing = target.at;
        target.at = async (reached) => {
          if (!wasKilled() && reached.type === 'apply' && reached.stage === 'done') reached.cut();
          await killing(reached);
        };
      }
      const before = Object.keys(target.settings.taken).length;
      const story = await new ContractStory(world, [notices(at + 1, at)], {
        constraints: { step_timeout_ms: 1_000 },
      }).approved();
      await story.activate();
      const done = await ended(story, 'CHANGE');
      expect(done.value).toMatchObject({ state: 'COMPLETED', steps: [{ state: 'DONE' }] });
      expect(target.notices).toBe(at + 1);
      await story.conclude(done, 'FAIL');
      const undone = await ended(story, 'ROLLBACK');
      expect(undone.value).toMatchObject({ state: 'COMPLETED', attempt: 1, steps: [{ state: 'UNDONE' }] });
      expect(target.notices).toBe(at);
      expect(wasKilled()).toBe(true);
      expect(Object.keys(target.settings.taken)).toHaveLength(before + 2);
      expect(Object.keys(target.settings.taken)).toEqual(
        expect.arrayContaining([done.value.steps[0]?.idempotency_key, undone.value.steps[0]?.idempotency_key]),
      );
      await executor.end('SIGTERM');
    },
  );
});
