import type { World } from '../../../infra/local/src/testing/world';
import { ContractStory } from './contract-story';
import { ExecutorWorld, rateLimit, searchDepth } from './executor-world';

/** Nothing is said of a job for this long: it waits. */
const QUIET_MS = 1_500;

describe('the limits that a founder signed', () => {
  let there: ExecutorWorld;
  let world: World;

  beforeAll(async () => {
    there = await ExecutorWorld.open();
    world = there.world;
  }, 60_000);
  afterAll(() => there.close(), 30_000);

  const changes = [rateLimit(200, 100), searchDepth(4, 3)];
  /** Runs two steps under these limits, has the contract fail and everything undone; returns the job's end. */
  const ranUnder = async (terms: ConstructorParameters<typeof ContractStory>[2]) => {
    const story = await new ContractStory(world, changes, terms).approved();
    await story.activate();
    const failed = await there.ended(story, 'FAILED');
    await story.conclude(failed, 'FAIL');
    await there.rollback(story, (j) => j.state === 'COMPLETED');
    return failed.value;
  };
  const states = (job: Awaited<ReturnType<typeof ranUnder>>) => job.steps.map((s) => s.state);

  it('AM-09: the window ends the job before a step that could not end in it', async () => {
    const job = await ranUnder({ windowMs: 20_000, constraints: { steps_per_minute: 1 } });
    expect([job.code, ...states(job)]).toEqual(['WINDOW_OVER', 'DONE', 'SKIPPED']);
    const late = await ranUnder({ windowMs: 900 });
    expect([late.code, ...states(late)]).toEqual(['WINDOW_OVER', 'SKIPPED', 'SKIPPED']);
  }, 30_000);

  it('the longest duration ends the job before a step that could not end in it', async () => {
    const job = await ranUnder({ constraints: { max_duration_ms: 30_000, steps_per_minute: 1 } });
    expect([job.code, ...states(job)]).toEqual(['DURATION_OVER', 'DONE', 'SKIPPED']);
  }, 30_000);

  it('JOB-001: a target that is not among those allowed fails the job with no step', async () => {
    const job = await ranUnder({ constraints: { allowed_targets: ['api_rate_limit'] } });
    expect([job.code, ...states(job)]).toEqual(['TARGET_NOT_ALLOWED', 'SKIPPED', 'SKIPPED']);
    expect(job.reason).toContain('search_depth#max_hops');
  }, 30_000);

  it('the pace holds the next step back', async () => {
    const terms = { constraints: { steps_per_minute: 1, max_duration_ms: 600_000 } };
    const story = await new ContractStory(world, changes, terms).approved();
    await story.activate();
    await world.next('JobChanged', (m) => m.key === story.contractId && m.value.steps[0]?.state === 'DONE');
    await new Promise((r) => setTimeout(r, QUIET_MS));
    const last = there.jobsOf(story).at(-1)?.value;
    expect([last?.state, ...(last ? states(last) : [])]).toEqual(['RUNNING', 'DONE', 'PENDING']);
    expect((await there.flag('search_depth.max_hops')).body.value).toBe(3);
  }, 30_000);
});
