import type { Change } from '@mandate/contracts';
import type { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { ContractStory } from './contract-story';
import { ENV, ExecutorWorld, OPERATOR_TOKEN } from './executor-world';
import { SampleTarget } from './sample-target';

jest.setTimeout(60_000);

/** One step of a system outside, with a time-out that a test can wait for. */
const terms = { constraints: { step_timeout_ms: 2_000 } };
const notices = (to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability: 'parcel_notices',
  setting: { key: 'notices_per_parcel', old, new: to },
});

const quietFrom = (to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability: 'parcel_notices',
  setting: { key: 'quiet_from_hour', old, new: to },
});

describe('a system outside that is changed by webhook', () => {
  let there: ExecutorWorld;
  let world: World;
  let target: SampleTarget;

  beforeAll(async () => {
    target = await SampleTarget.make();
    // Attempts further apart than the circuit stays open after a target was away.
    const env = { WEBHOOK_TARGETS_FILE: target.targetsFile, OUTSIDE_TRIES: '6', ROLLBACK_BACKOFF: '3s' };
    there = await ExecutorWorld.open(env);
    world = there.world;
  });
  afterAll(async () => {
    await target.stop();
    await there.close();
  });
  afterEach(() => target.stop());

  const active = async (...changes: Change[]) => {
    const story = await new ContractStory(world, changes, terms).approved();
    await story.activate();
    return story;
  };
  const rolledBack = async (story: ContractStory) => there.rollback(story, (j) => j.state === 'COMPLETED');
  const final = (story: ContractStory) =>
    world.next('CapabilityChanged', (m) => m.value.contract_id === story.contractId && m.value.cause === 'FINAL');

  it('JOB-004: is told what to do after the step was recorded as running, and the registry follows it', async () => {
    const seen: unknown[] = [];
    target.at = async ({ stage }) => {
      const [row] = await there.sql<{ state: string }>("SELECT state FROM job_steps WHERE state = 'RUNNING'");
      seen.push([stage, row?.state, (await there.flag('parcel_notices.notices_per_parcel')).body.value]);
    };
    await target.start();
    const story = await active(notices(5, 3));
    const begun = await world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.steps[0]?.state === 'RUNNING',
    );
    expect(begun.value.steps[0]?.health_seen.map((h) => [h.scope, h.state])).toEqual([
      ['SYSTEM', 'HEALTHY'],
      ['parcel_notices', 'HEALTHY'],
    ]);
    const done = await there.ended(story, 'COMPLETED');
    expect(seen).toEqual([
      ['received', 'RUNNING', 3],
      ['done', 'RUNNING', 3],
    ]);
    expect([target.notices, target.received]).toEqual([5, ['apply']]);
    expect((await there.flag('parcel_notices.notices_per_parcel')).body).toMatchObject({
      value: 5,
      metadata: { state: 'provisional', contract_id: story.contractId },
    });
    await story.conclude(done, 'PASS');
    await final(story);
  });

  it.each([
    ['cuts the line before it has done it', 'received', ['apply', 'observe', 'apply']],
    ['cuts the line after it has done it', 'done', ['apply', 'observe']],
  ] as const)('JOB-004: that %s has it done once', async (_, stage, received) => {
    let isFirst = true;
    target.at = (reached) => {
      if (reached.stage !== stage || !isFirst) return;
      isFirst = false;
      reached.cut();
      if (stage === 'received') throw new Error('cut off before anything was done');
    };
    await target.start();
    const story = await active(notices(6, 5));
    const done = await there.ended(story, 'COMPLETED');
    expect([target.notices, target.received]).toEqual([6, received]);
    await story.conclude(done, 'FAIL');
    await rolledBack(story);
    expect(target.notices).toBe(5);
  });

  it.each([
    ['before', 'received', 5],
    ['after', 'done', 7],
  ] as const)('that dies %s doing it and comes back in time has it done once', async (_, stage, left) => {
    await target.startDoomed(stage, 'apply');
    const story = await active(notices(7, 5));
    await target.died();
    expect(target.notices).toBe(left);
    await target.start();
    const done = await there.ended(story, 'COMPLETED');
    expect(target.notices).toBe(7);
    expect(target.received).toEqual(stage === 'done' ? expect.not.arrayContaining(['apply']) : expect.anything());
    await story.conclude(done, 'FAIL');
    await rolledBack(story);
    expect(target.notices).toBe(5);
  });

  it.each([
    ['before', 'received'],
    ['after', 'done'],
  ] as const)(
    'JOB-003, JOB-006: that dies %s doing it and stays away fails the job, and the rollback has the step',
    async (_, stage) => {
      await target.startDoomed(stage, 'apply');
      const story = await active(notices(8, 5), quietFrom(20, 22));
      const failed = await there.ended(story, 'FAILED');
      expect(failed.value.steps.map((s) => s.state)).toEqual(['UNCLEAR', 'SKIPPED']);
      expect(failed.value.code).toBe('OUTCOME_UNKNOWN');
      expect((await there.flag('parcel_notices.notices_per_parcel')).body).toMatchObject({ value: 5 });
      await target.start();
      await story.conclude(failed, 'FAIL');
      const undone = await rolledBack(story);
      expect(undone.value.steps.map((s) => [s.index, s.state])).toEqual([[0, 'UNDONE']]);
      expect(target.notices).toBe(5);
      const [step] = failed.value.steps;
      expect(target.settings.undone).toContain(step?.idempotency_key); // what is only late does nothing any more
    },
  );

  it('JOB-001: that holds another value than approved refuses, and nothing is written anywhere', async () => {
    await target.start();
    target.setNotices(9);
    const story = await active(notices(6, 5));
    const failed = await there.ended(story, 'FAILED');
    expect(failed.value).toMatchObject({ code: 'TARGET_REFUSED', steps: [{ state: 'FAILED' }] });
    expect([target.notices, target.received]).toEqual([9, ['apply']]);
    expect((await there.flag('parcel_notices.notices_per_parcel')).body.value).toBe(5);
    await story.conclude(failed, 'FAIL');
    expect((await rolledBack(story)).value.steps).toEqual([]);
    target.setNotices(5);
  });

  it('says after the third attempt of a rollback what is left in which state; an operator has it tried again', async () => {
    await target.start();
    const story = await active(notices(6, 5));
    const done = await there.ended(story, 'COMPLETED');
    target.setNotices(11);
    await story.conclude(done, 'FAIL');
    const givenUp = await there.rollback(story, (j) => j.state === 'FAILED' && j.attempt === 3);
    expect(givenUp.value.reason).toBe(
      'given up after attempt 3: step 0 (parcel_notices#notices_per_parcel) is FAILED: the target answered 409: {"error":"parcel_notices#notices_per_parcel is 11"}',
    );
    target.setNotices(6);
    const retried = await fetch(`http://127.0.0.1:${there.executor.port}/api/v1/rollbacks/${story.contractId}/retry`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_TOKEN}` },
      body: JSON.stringify({ reason: 'the value was put right by hand' }),
    });
    expect(retried.status).toBe(202);
    expect((await rolledBack(story)).value.attempt).toBe(4);
    expect(target.notices).toBe(5);
  });

  it('without a configured target is not changed: the job fails with no step', async () => {
    await world.stop(there.executor);
    there.executor = await world.start('executor', AppModule, { ...ENV, WEBHOOK_TARGETS_FILE: '' });
    const story = await active(notices(6, 5));
    const failed = await there.ended(story, 'FAILED');
    expect(failed.value).toMatchObject({
      code: 'NO_DRIVER',
      reason: expect.stringContaining('no webhook target is configured for parcel_notices'),
      started_at: null,
    });
  });
});
