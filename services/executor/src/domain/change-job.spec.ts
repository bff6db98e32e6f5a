import { aCapability, aChangeJob, aRegistry, CONTRACT, NOON, setTo, someFacts } from '../../test/fixtures';
import { nextOfChange } from './change-job';
import { evolve, type Job } from './job';
import { stepsToUndo } from './rollback-job';

const registry = aRegistry(aCapability('size'), aCapability('other'));
const job = (terms = {}) => aChangeJob([setTo('size', 5), setTo('other', 6)], registry, terms);
/** The job after its first step, begun at `at`. */
const running = (at = NOON, terms = {}): Job => {
  const started = evolve(job(terms), { type: 'started', attempt: 1, snapshots: [] }, at);
  const step = { index: 0, code: null, detail: null, healthSeen: [], startedAt: at, after: null };
  return evolve(started, { type: 'step-recorded', state: 'DONE', ...step }, at);
};

describe('a CHANGE job', () => {
  it('JOB-002, JOB-004: runs its first open step with the health it has seen', () => {
    const next = nextOfChange(job(), someFacts(registry));
    expect(next).toMatchObject({
      kind: 'run',
      step: { index: 0 },
      healthSeen: [{ scope: 'SYSTEM' }, { scope: 'size' }],
    });
    expect(nextOfChange(running(), someFacts(registry, NOON + 2_000))).toMatchObject({
      kind: 'run',
      step: { index: 1 },
    });
  });

  it.each([
    ['SYSTEM', 'UNHEALTHY', 'HEALTH_NOT_HEALTHY'],
    ['SYSTEM', 'DEGRADED', 'HEALTH_NOT_HEALTHY'],
    ['size', 'UNKNOWN', 'HEALTH_UNKNOWN'],
  ] as const)('PART2-003: waits while %s is %s before its first step', (scope, state, code) => {
    const facts = someFacts(registry, NOON, { ill: { [scope]: state } });
    expect(nextOfChange(job(), facts)).toMatchObject({ kind: 'wait', code, dueAt: NOON + 500 });
  });

  it('fails with what it waited for once the window leaves no room for the first step', () => {
    const terms = { windowEnd: NOON + 10_000 };
    const waiting = evolve(
      job(terms),
      { type: 'waiting', code: 'HEALTH_UNKNOWN', reason: 'SYSTEM is UNKNOWN', index: 0, healthSeen: [] },
      NOON,
    );
    const ill = { ill: { SYSTEM: 'UNKNOWN' } } as const;
    expect(nextOfChange(waiting, someFacts(registry, NOON + 5_000, ill))).toMatchObject({ kind: 'wait' });
    expect(nextOfChange(waiting, someFacts(registry, NOON + 5_001, ill))).toMatchObject({
      kind: 'end',
      state: 'FAILED',
      code: 'HEALTH_UNKNOWN',
    });
  });

  it('fails when a later step waited for health too long', () => {
    const ill = { ill: { other: 'UNHEALTHY' } } as const;
    const waiting = evolve(
      running(),
      { type: 'waiting', code: 'HEALTH_NOT_HEALTHY', reason: 'r', index: 1, healthSeen: [] },
      NOON,
    );
    expect(nextOfChange(waiting, someFacts(registry, NOON + 59_999, ill))).toMatchObject({ kind: 'wait' });
    expect(nextOfChange(waiting, someFacts(registry, NOON + 60_000, ill))).toMatchObject({
      kind: 'end',
      state: 'FAILED',
      code: 'HEALTH_NOT_HEALTHY',
    });
  });

  it('waits for a blocking signal like for health', () => {
    expect(nextOfChange(job(), someFacts(registry, NOON, { blocked: 'freeze' }))).toMatchObject({
      kind: 'wait',
      code: 'BLOCKED',
      reason: 'freeze',
    });
  });

  it('AM-09: starts a step only if it could end inside the window', () => {
    const terms = { windowEnd: NOON + 5_000 };
    expect(nextOfChange(job(terms), someFacts(registry, NOON))).toMatchObject({ kind: 'run' });
    expect(nextOfChange(job(terms), someFacts(registry, NOON + 1))).toMatchObject({ kind: 'end', code: 'WINDOW_OVER' });
    expect(nextOfChange(job({ windowStart: NOON + 9 }), someFacts(registry))).toMatchObject({
      kind: 'wait',
      code: 'WINDOW_NOT_OPEN',
      dueAt: NOON + 9,
    });
  });

  it('keeps the longest duration that was signed: no step starts that could not end within it', () => {
    const constraints = { ...job().terms.constraints, max_duration_ms: 8_000 };
    const started = running(NOON, { constraints });
    expect(nextOfChange(started, someFacts(registry, NOON + 3_000))).toMatchObject({ kind: 'run' });
    expect(nextOfChange(started, someFacts(registry, NOON + 3_001))).toMatchObject({
      kind: 'end',
      code: 'DURATION_OVER',
    });
  });

  it('fails at once when the pace leaves no room for the next step', () => {
    const { constraints } = job().terms;
    const slow = { ...constraints, steps_per_minute: 1 };
    const short = running(NOON, { constraints: { ...slow, max_duration_ms: 64_999 } });
    expect(nextOfChange(short, someFacts(registry, NOON + 1))).toMatchObject({ kind: 'end', code: 'DURATION_OVER' });
    const closing = running(NOON, { constraints: slow, windowEnd: NOON + 64_999 });
    expect(nextOfChange(closing, someFacts(registry, NOON + 1))).toMatchObject({ kind: 'end', code: 'WINDOW_OVER' });
  });

  it('keeps the pace that was signed: so many steps a minute', () => {
    const slow = running(NOON, { constraints: { ...job().terms.constraints, steps_per_minute: 1 } });
    expect(nextOfChange(slow, someFacts(registry, NOON + 10))).toMatchObject({
      kind: 'wait',
      isSilent: true,
      dueAt: NOON + 60_000,
    });
    expect(nextOfChange(slow, someFacts(registry, NOON + 60_000))).toMatchObject({ kind: 'run' });
  });

  it('ELIG-005, JOB-001: asks before each step whether its capability is frozen by now', () => {
    const { definition } = aCapability('other');
    const frozen = aRegistry(
      aCapability('size', { provisional_contract_id: CONTRACT }),
      aCapability('other', { definition: { ...definition, frozen: true } }),
    );
    expect(nextOfChange(running(), someFacts(frozen, NOON + 2_000))).toMatchObject({ kind: 'end', code: 'FROZEN' });
  });

  describe('with a step that was running when the executor stopped', () => {
    const begun = evolve(
      evolve(job(), { type: 'started', attempt: 1, snapshots: [] }, NOON),
      { type: 'step-begun', index: 0, healthSeen: [] },
      NOON,
    );

    it('JOB-004: looks for that step before any other', () => {
      expect(nextOfChange(begun, someFacts(registry))).toMatchObject({
        kind: 'resume',
        step: { index: 0 },
        hindrance: null,
      });
    });

    it.each([
      ['the window', NOON + 3_600_000, {}, 'WINDOW_OVER'],
      ['health', NOON, { ill: { SYSTEM: 'UNHEALTHY' } }, 'HEALTH_NOT_HEALTHY'],
      ['a signal', NOON, { blocked: 'freeze' }, 'BLOCKED'],
    ] as const)('AM-09, PART2-003: does not have it sent again when %s forbids it', (_, now, more, code) => {
      expect(nextOfChange(begun, someFacts(registry, now, more))).toMatchObject({
        kind: 'resume',
        hindrance: { code },
      });
    });

    it('has it undone when the contract fails meanwhile', () => {
      const ended = evolve(begun, { type: 'ended', state: 'FAILED', code: 'c', reason: 'r', snapshots: [] }, NOON);
      expect(ended.steps.map((s) => s.state)).toEqual(['UNCLEAR', 'SKIPPED']);
      expect(stepsToUndo(ended).map((s) => s.index)).toEqual([0]);
    });
  });

  it('fails with no step when nothing here can change a capability', () => {
    const facts = { ...someFacts(registry), noWayTo: (c: string) => (c === 'other' ? 'no way' : null) };
    expect(nextOfChange(job(), facts)).toMatchObject({ kind: 'end', code: 'NO_DRIVER', reason: 'no way' });
  });

  describe('fails with no step', () => {
    const ends = (code: string) => ({ kind: 'end', state: 'FAILED', code });

    it('JOB-001: when its changes are not exactly the affected capabilities', () => {
      expect(nextOfChange(job({ affected: ['size'] }), someFacts(registry))).toMatchObject(ends('OUT_OF_SCOPE'));
    });

    it('JOB-001: when a target is not among those allowed', () => {
      const constraints = { ...job().terms.constraints, allowed_targets: ['size', 'other#depth'] };
      expect(nextOfChange(job({ constraints }), someFacts(registry))).toMatchObject({
        ...ends('TARGET_NOT_ALLOWED'),
        reason: expect.stringContaining('other#size'),
      });
    });

    it('when a value is no longer what was approved', () => {
      const moved = aRegistry(aCapability('size'), aCapability('other', { values: { size: 7 } }));
      expect(nextOfChange(job(), someFacts(moved))).toMatchObject(ends('PLAN_STALE'));
    });

    it('ELIG-005: when a capability is frozen', () => {
      const { definition } = aCapability('size');
      const frozen = aRegistry(
        aCapability('size', { definition: { ...definition, frozen: true } }),
        aCapability('other'),
      );
      expect(nextOfChange(job(), someFacts(frozen))).toMatchObject(ends('FROZEN'));
    });

    it('HOLD-001: when another contract holds a capability', () => {
      const held = aRegistry(aCapability('size', { provisional_contract_id: 'another' }), aCapability('other'));
      expect(nextOfChange(job(), someFacts(held))).toMatchObject(ends('HELD_BY'));
      const own = aRegistry(aCapability('size', { provisional_contract_id: CONTRACT }), aCapability('other'));
      expect(nextOfChange(job(), someFacts(own))).toMatchObject({ kind: 'run' });
    });

    it('when a capability is not in the registry', () => {
      expect(nextOfChange(job(), someFacts(aRegistry(aCapability('size'))))).toMatchObject(ends('CAPABILITY_UNKNOWN'));
    });
  });

  it('does nothing once it has ended', () => {
    const ended = evolve(job(), { type: 'ended', state: 'FAILED', code: 'c', reason: 'r', snapshots: [] }, NOON);
    expect(nextOfChange(ended, someFacts(registry))).toEqual({ kind: 'nothing' });
    expect(ended.steps.map((s) => s.state)).toEqual(['SKIPPED', 'SKIPPED']);
  });
});
