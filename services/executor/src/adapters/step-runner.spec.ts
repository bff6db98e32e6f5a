import type { Change } from '@mandate/contracts';
import fc from 'fast-check';
import {
  aBench,
  aCapability,
  aChangeJob,
  aRegistry,
  aRollbackJob,
  LIMITS,
  NOON,
  setTo,
  someDrivers,
  someFacts,
} from '../../test/fixtures';
import { EDGES_OF, type HealthSeen, hasEnded, type JobStep } from '../domain/job';
import { liveOf } from './capability-changed.wire';
import type { StoredJob } from './job.store';
import type { LockedRegistry } from './registry.store';
import { advance } from './step-runner';

const drivers = someDrivers();
const CAPABILITIES = ['a', 'b'];

/** Fires a job once, in a transaction of its own, and says what was recorded. */
async function fire(job: StoredJob, registry: LockedRegistry, now: number, more: Parameters<typeof someFacts>[2] = {}) {
  const bench = aBench(job, registry, drivers, someFacts(registry, now, more));
  const { ledger } = bench;
  const { dueAt } = await advance(job, bench, true);
  const [moved] = ledger.jobs() as [StoredJob];
  return { job: moved, dueAt, records: ledger.changes().flatMap((c) => c.records) };
}

/** Fires until the job is not due any more. */
async function runOut(start: StoredJob, registry: LockedRegistry): Promise<StoredJob> {
  let job = start;
  let now = NOON;
  for (let i = 0; i < 100; i++) {
    const fired = await fire(job, registry, now);
    job = fired.job;
    if (fired.dueAt === null) return job;
    now = Math.max(now, fired.dueAt);
  }
  throw new Error('the job does not end');
}

const live = (registry: LockedRegistry) => CAPABILITIES.map((c) => liveOf(registry.states.get(c) ?? aCapability(c)));
const fresh = () => aRegistry(aCapability('a'), aCapability('b', { enabled: false, lifecycle: 'PREVIEW' }));

/** Plans whose old values follow one from another, as the plan of a contract does. */
const plans = fc
  .array(
    fc.record({
      capability: fc.constantFrom(...CAPABILITIES),
      key: fc.constantFrom('size', 'depth', null),
      to: fc.nat(9),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((wishes) => {
    const now = new Map<string, number>();
    const on = new Map([
      ['a', { enabled: true, lifecycle: 'LAUNCHED' }],
      ['b', { enabled: false, lifecycle: 'PREVIEW' }],
    ] as const) as Map<string, { enabled: boolean; lifecycle: 'LAUNCHED' | 'PREVIEW' }>;
    return wishes.map(({ capability, key, to }): Change => {
      if (key === null) {
        const prior = on.get(capability) as { enabled: boolean; lifecycle: 'LAUNCHED' | 'PREVIEW' };
        if (to % 2) {
          on.set(capability, { enabled: true, lifecycle: 'LAUNCHED' });
          return { kind: 'capability_enable', capability, lifecycle: 'LAUNCHED', prior };
        }
        on.set(capability, { ...prior, enabled: false });
        return { kind: 'capability_disable', capability, reason: 'a reason', prior };
      }
      const old = now.get(capability + key) ?? 3;
      now.set(capability + key, to);
      return setTo(capability, to, old, key);
    });
  });

describe('a job, step by step', () => {
  it('JOB-002, JOB-004, PART2-003: moves along its edges, one step at a time, only in health and inside the window', () =>
    fc.assert(
      fc.asyncProperty(
        plans,
        fc.array(
          fc.record({
            afterMs: fc.nat(20_000),
            scope: fc.constantFrom('SYSTEM', 'a', 'b'),
            state: fc.constantFrom<HealthSeen['state']>('HEALTHY', 'HEALTHY', 'HEALTHY', 'DEGRADED', 'UNKNOWN'),
            blocked: fc.constantFrom(null, null, null, 'freeze'),
            isTampered: fc.nat(20).map((n) => n === 0),
          }),
          { maxLength: 30 },
        ),
        async (changes, moments) => {
          const registry = fresh();
          let job = aChangeJob(changes, registry, { windowEnd: NOON + 200_000 });
          let now = NOON;
          for (const moment of moments) {
            now += moment.afterMs;
            if (moment.isTampered) registry.states.set('a', aCapability('a', { values: { size: 8, depth: 8 } }));
            const before = job;
            const fired = await fire(job, registry, now, {
              ill: { [moment.scope]: moment.state },
              blocked: moment.blocked,
            });
            job = fired.job;
            fired.records.forEach((r, i) => {
              expect(r.version).toBe(before.version + i + 1);
              expect(r.from === r.to || EDGES_OF.CHANGE.some(([f, t]) => f === r.from && t === r.to)).toBe(true);
            });
            const ran = job.steps.filter((s, i) => s.startedAt !== before.steps[i]?.startedAt);
            expect(ran.length).toBeLessThanOrEqual(1);
            for (const step of ran) {
              expect(before.steps.find((s) => s.index === step.index)?.state).toBe('PENDING');
              expect(step.healthSeen.map((h) => h.state)).toEqual(['HEALTHY', 'HEALTHY']);
              expect(moment.blocked).toBeNull();
              expect(now + job.terms.constraints.step_timeout_ms).toBeLessThanOrEqual(job.terms.windowEnd);
            }
            if (hasEnded(before)) expect(fired.records).toEqual([]);
          }
        },
      ),
      { numRuns: 200 },
    ));

  it('JOB-006: a rollback restores what was before, whatever the job got done', () =>
    fc.assert(
      fc.asyncProperty(plans, fc.nat(5), async (changes, stepsDone) => {
        const registry = fresh();
        const before = live(registry);
        let job = aChangeJob(changes, registry);
        for (let i = 0, now = NOON; i < stepsDone && !hasEnded(job); i++, now += 1_000)
          job = (await fire(job, registry, now)).job;
        const undone = await runOut(aRollbackJob(job), registry);
        expect(undone.state).toBe('COMPLETED');
        expect(live(registry)).toEqual(before);
        expect(undone.steps.map((s) => s.index)).toEqual(
          job.steps
            .filter((s) => s.state === 'DONE')
            .map((s) => s.index)
            .reverse(),
        );
      }),
      { numRuns: 200 },
    ));

  it('a job of values that apply COMPLETES with every value as planned, provisional under its contract', async () => {
    const registry = fresh();
    const done = await runOut(aChangeJob([setTo('a', 5), setTo('a', 7, 3, 'depth')], registry), registry);
    expect(done).toMatchObject({ state: 'COMPLETED', snapshots: [{ capability: 'a', before: 1, after: 3 }] });
    expect(registry.states.get('a')).toMatchObject({
      values: { size: 5, depth: 7 },
      provisional_contract_id: done.contractId,
    });
    expect(done.snapshots[0]?.stateBefore.values).toEqual({ size: 3, depth: 3 });
  });

  it('a step whose old value moved meanwhile fails with nothing written, and the others are skipped', async () => {
    const registry = fresh();
    const changes = [setTo('a', 5), setTo('b', 5), setTo('b', 6, 3, 'depth')];
    const first = await fire(aChangeJob(changes, registry), registry, NOON);
    const tampered = aCapability('b', { values: { size: 4, depth: 3 } });
    registry.states.set('b', tampered);
    const { job } = await fire(first.job, registry, NOON + 1_000);
    expect(job).toMatchObject({ state: 'FAILED', code: 'VALUE_CHANGED' });
    expect(job.steps.map((s) => s.state)).toEqual(['DONE', 'FAILED', 'SKIPPED']);
    expect(registry.states.get('b')).toBe(tampered);
  });

  it('JOB-003: a rollback of nothing COMPLETES with no step', async () => {
    const registry = fresh();
    const undone = await runOut(aRollbackJob(aChangeJob([setTo('a', 5)], registry)), registry);
    expect(undone).toMatchObject({ state: 'COMPLETED', steps: [], attempt: 1 });
  });

  it('AM-16: a rollback waits for neither health nor signals nor the window, and records what it saw', async () => {
    const registry = fresh();
    const done = await runOut(aChangeJob([setTo('a', 5)], registry, { windowEnd: NOON + 10_000 }), registry);
    const { job } = await fire(aRollbackJob(done), registry, NOON + 999_999, {
      ill: { SYSTEM: 'UNHEALTHY' },
      blocked: 'freeze',
    });
    expect(job).toMatchObject({
      state: 'COMPLETED',
      steps: [{ state: 'UNDONE', healthSeen: [{ scope: 'SYSTEM', state: 'UNHEALTHY' }, { scope: 'a' }] }],
    });
  });

  it('a rollback that fails is tried again with back-off, three times in all, then left to people', async () => {
    const registry = fresh();
    const done = await runOut(aChangeJob([setTo('a', 5), setTo('b', 6)], registry), registry);
    const good = registry.states.get('a');
    registry.states.set('a', aCapability('a', { values: { size: 9, depth: 3 } }));
    let job = (await fire(aRollbackJob(done), registry, NOON)).job; // b is undone, a is not what the job left
    const dueAt: (number | null)[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const fired = await fire(job, registry, NOON);
      job = fired.job;
      dueAt.push(fired.dueAt);
      expect(job).toMatchObject({ state: 'FAILED', attempt, code: 'VALUE_CHANGED' });
    }
    expect(dueAt).toEqual([NOON + LIMITS.rollbackBackoffMs, NOON + 2 * LIMITS.rollbackBackoffMs, null]);
    expect((await fire(job, registry, NOON)).records).toEqual([]);

    registry.states.set('a', good ?? aCapability('a'));
    const limits = { rollbackAttempts: 4 };
    expect((await fire(job, registry, NOON, { limits })).job).toMatchObject({ state: 'COMPLETED', attempt: 4 });
    expect(live(registry)).toEqual(live(fresh()));
  });

  it('what the catalogue says cannot be undone has no rollback action, and its rollback says so', async () => {
    const { definition } = aCapability('a');
    const registry = aRegistry(
      aCapability('a', { definition: { ...definition, irreversible_allowed: ['configuration_update'] } }),
      aCapability('b'),
    );
    const done = await runOut(aChangeJob([setTo('a', 5)], registry), registry);
    expect(done.steps[0]?.inverse).toBeNull();
    expect((await fire(aRollbackJob(done), registry, NOON)).job).toMatchObject({
      state: 'FAILED',
      code: 'IRREVERSIBLE',
    });
  });

  it('PART2-002, JOB-001: steps that are not the plan that was signed do not run, nor an inverse that undoes something else', async () => {
    const registry = fresh();
    const job = aChangeJob([setTo('a', 5), setTo('b', 6)], registry);
    const [first, second] = job.steps as [JobStep, JobStep];
    const altered = { ...job, steps: [first, { ...second, change: setTo('b', 9) }] };
    expect((await fire(altered, registry, NOON)).job).toMatchObject({
      state: 'FAILED',
      code: 'PLAN_ALTERED',
      steps: [{ state: 'SKIPPED' }, { state: 'SKIPPED' }],
    });
    const done = await runOut(job, registry);
    const rollback = aRollbackJob(done);
    const bent = { ...rollback, steps: rollback.steps.map((s) => ({ ...s, inverse: setTo('b', 0, 6) })) };
    expect((await fire(bent, registry, NOON)).job).toMatchObject({ state: 'FAILED', code: 'PLAN_ALTERED' });
    expect(registry.states.get('b')?.values).toMatchObject({ size: 6 });
  });
});
