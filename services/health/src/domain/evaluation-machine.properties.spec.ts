import type { Change } from '@mandate/contracts';
import fc from 'fast-check';
import { type Evaluation, type EvaluationFacts, evaluate } from './evaluation';
import { type Course, courseOf, decideCourse, haveSettled } from './evaluation-course';
import { freshMs, isUnsettled, NEVER_OBSERVED, type ProbeMemory, remember } from './probe-decision';
import { type HealthState, reportOf, SYSTEM } from './scope-state';
import { SILENCE_MS_MAX, type StateSaid, watched } from './watch';

const change: Change = { kind: 'configuration_update', capability: 'search', setting: { key: 'hops', old: 3, new: 5 } };
const WINDOW_MS = 5_000;
const SETTLE_MS = 10_000;
const THRESHOLD = 2;
const RHYTHM = { interval_ms: 1_000, timeout_ms: 2_000 };
const FRESH_MS = freshMs(RHYTHM);
const SCOPES = [SYSTEM, 'search'] as const;
type Scope = (typeof SCOPES)[number];

/** What health keeps of one scope: its probe, what was said, when it was looked at. */
interface Kept {
  memory: ProbeMemory;
  version: number;
  readonly said: StateSaid[];
  readonly looks: number[];
}
const stateIn = (said: readonly StateSaid[], at: number): HealthState =>
  said.findLast((s) => s.at <= at)?.state ?? 'UNKNOWN';

/** Health's own decisions over records in memory, as its transactions would store them. */
class Real {
  now = 100_000;
  readonly scopes = new Map<Scope, Kept>(
    SCOPES.map((s) => [s, { memory: NEVER_OBSERVED, version: 0, said: [], looks: [] }]),
  );
  readonly freezes: number[] = [];
  startedAt = 0;
  private course: Course | null = null;
  private snapshot = new Map<Scope, HealthState>();
  private isCompleted = true;
  /** Each answer that was given; there must never be two. */
  readonly answers: Evaluation[] = [];

  look(scope: Scope, isOk: boolean): void {
    const kept = this.kept(scope);
    kept.memory = remember(kept.memory, isOk ? 'OK' : 'BLOCKED', this.now, THRESHOLD, FRESH_MS);
    kept.looks.push(this.now);
  }

  /** Says of each scope what is new. */
  say(): void {
    for (const scope of SCOPES) {
      const kept = this.kept(scope);
      const { version, said, memory } = kept;
      const last = { scope, version, state: stateIn(said, this.now), basis: 'own' as const, signalIds: [] };
      const probes = [{ ...memory, probeId: scope, rhythm: RHYTHM, detail: null }];
      const report = reportOf(
        last,
        { probes, alerts: [] },
        [],
        stateIn(this.kept(SYSTEM).said, this.now),
        this.now,
        false,
      );
      if (!report) continue;
      kept.version = report.version;
      said.push({ state: report.state, basis: report.basis, at: this.now });
    }
  }

  /** A job's end is heard of; one that is known already changes nothing. */
  end(hasFailed: boolean): void {
    if (this.course) return;
    this.course = courseOf({ startedAt: this.startedAt, createdAt: 0, endedAt: this.now, hasFailed }, WINDOW_MS);
    this.isCompleted = !hasFailed;
    for (const scope of SCOPES) {
      const { said, looks } = this.kept(scope);
      const isObserved = looks.some((at) => at <= this.startedAt && at >= this.startedAt - SILENCE_MS_MAX);
      this.snapshot.set(scope, isObserved ? stateIn(said, this.startedAt) : 'UNKNOWN');
    }
  }

  fire(): void {
    if (!this.course) return;
    const probes = SCOPES.map((s) => this.kept(s).memory);
    const heard = probes.map((m) => ({ observedAt: m.observedAt, isUnsettled: isUnsettled(m) }));
    const isSettled = haveSettled(this.course, heard);
    const decision = decideCourse(this.course, this.answers.length > 0, isSettled, SETTLE_MS, this.now);
    if (decision.kind === 'wait') expect(decision.until).toBeGreaterThan(this.now);
    if (decision.kind === 'judge') this.answers.push(evaluate(this.facts(this.course)));
  }

  private kept(scope: Scope): Kept {
    return this.scopes.get(scope) as Kept;
  }

  private facts({ startedAt }: Course): EvaluationFacts {
    const before = { enabled: true, lifecycle: 'LAUNCHED', values: { hops: 3 } };
    const after = { ...before, values: { hops: 5 } };
    const scopes = SCOPES.map((scope) => {
      const { said, looks } = this.kept(scope);
      const own = { scope, before: this.snapshot.get(scope) ?? ('UNKNOWN' as const) };
      const observedAt = looks.filter((at) => at >= startedAt - SILENCE_MS_MAX);
      return watched({ ...own, said: said.filter((s) => s.at > startedAt), observedAt }, startedAt, this.now);
    });
    const raised = { scope: SYSTEM, kind: 'freeze', author: 'sam', reason: 'stop' };
    return {
      job: {
        ...{ contractId: 'c1', kind: 'CHANGE', isCompleted: this.isCompleted, planDigest: 'aa' },
        capabilities: [{ capability: 'search', before: 1, after: 2 }],
      },
      contract: { contractId: 'c1', planDigest: 'aa', capabilities: ['search'], changes: [change] },
      scopes,
      changes: [],
      isHistoryWhole: true,
      states: new Map([
        ['search@1', before],
        ['search@2', after],
      ]),
      undone: null,
      others: new Map(),
      signals: this.freezes.filter((at) => at > startedAt).map((raisedAt) => ({ ...raised, raisedAt })),
      isValid: () => true,
    };
  }
}

/** What is expected, in a few words. Seconds. */
interface Model {
  now: number;
  scopes: Record<Scope, { state: 'well' | 'ill' | 'unseen'; against: number; seenAt: number | null }>;
  /** What happened to any scope since the job began. */
  wasIll: boolean;
  wasUnseen: boolean;
  wasFrozen: boolean;
  job: 'none' | 'runs' | 'done' | 'failed';
  endedAt: number;
  answer: string | null;
}
const fresh = (): Model => ({
  now: 100,
  scopes: {
    SYSTEM: { state: 'unseen', against: 0, seenAt: null },
    search: { state: 'unseen', against: 0, seenAt: null },
  },
  ...{ wasIll: false, wasUnseen: false, wasFrozen: false, job: 'none', endedAt: 0, answer: null },
});

/** The one place that says what is answered and when. */
function think(m: Model): void {
  const scopes = Object.values(m.scopes);
  for (const s of scopes) if (s.seenAt === null || m.now - s.seenAt > FRESH_MS / 1_000) s.state = 'unseen';
  if (m.job !== 'none') {
    m.wasIll ||= scopes.some((s) => s.state === 'ill');
    m.wasUnseen ||= scopes.some((s) => s.state === 'unseen');
  }
  if (m.answer !== null || (m.job !== 'done' && m.job !== 'failed')) return;
  const dueAt = m.endedAt + (m.job === 'done' ? WINDOW_MS / 1_000 : 0);
  const isClear = scopes.every((s) => (s.seenAt ?? 0) >= dueAt && s.against === 0);
  if (m.now < dueAt) return;
  if (m.job === 'done' && !isClear && m.now < dueAt + SETTLE_MS / 1_000) return;
  const isHealthy = m.wasIll ? 'NO' : m.wasUnseen ? 'UNKNOWN' : 'YES';
  m.answer = `healthy ${isHealthy}, INV-3 ${isHealthy}, INV-5 ${m.wasFrozen ? 'NO' : 'YES'}, matched ${m.job === 'done' ? 'YES' : 'NO'}`;
}

const inWords = ({ capabilitiesHealthy, invariants, executionMatched }: Evaluation): string => {
  const holds = (id: string) => invariants.find((i) => i.id === id)?.holds;
  return `healthy ${capabilitiesHealthy}, INV-3 ${holds('INV-3')}, INV-5 ${holds('INV-5')}, matched ${executionMatched}`;
};

/** A command by its name; it comes `seconds` after the one before. */
const command = (name: string, seconds: number, expected: (m: Model) => void, act: (real: Real) => void) => ({
  check: () => true,
  toString: () => `${seconds} s later: ${name}`,
  run: (model: Model, real: Real): void => {
    model.now += seconds;
    real.now += seconds * 1_000;
    expected(model);
    think(model);
    act(real);
    real.say();
    real.fire();
    const state = { HEALTHY: 'well', DEGRADED: 'ill', UNHEALTHY: 'ill', UNKNOWN: 'unseen' } as const;
    for (const scope of SCOPES)
      expect(state[stateIn(real.scopes.get(scope)?.said ?? [], real.now)]).toBe(model.scopes[scope].state);
    expect(real.answers.map(inWords)).toEqual(model.answer === null ? [] : [model.answer]);
  },
});

const looks = (m: Model, scope: Scope, isOk: boolean): void => {
  const s = m.scopes[scope];
  const seen = isOk ? 'well' : 'ill';
  if (s.seenAt === null || m.now - s.seenAt > FRESH_MS / 1_000) Object.assign(s, { state: seen, against: 0 });
  else if (s.state === seen) s.against = 0;
  else if (++s.against === THRESHOLD) Object.assign(s, { state: seen, against: 0 });
  s.seenAt = m.now;
};
const soon = fc.integer({ min: 1, max: 3 });
const bothOk = (seconds: number) =>
  command(
    'both are well',
    seconds,
    (m) => {
      for (const scope of SCOPES) looks(m, scope, true);
    },
    (x) => {
      for (const scope of SCOPES) x.look(scope, true);
    },
  );
const oneLook = fc.record({ seconds: soon, scope: fc.constantFrom(...SCOPES), isOk: fc.boolean() });
const commands = [
  { weight: 10, arbitrary: soon.map(bothOk) },
  {
    weight: 3,
    arbitrary: oneLook.map(({ seconds, scope, isOk }) =>
      command(
        `${scope} is ${isOk ? 'well' : 'ill'}`,
        seconds,
        (m) => looks(m, scope, isOk),
        (x) => x.look(scope, isOk),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 45 }).map((seconds) =>
      command(
        'nobody looked',
        seconds,
        () => undefined,
        () => undefined,
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: soon.map((seconds) =>
      command(
        'the job begins',
        seconds,
        (m) => {
          if (m.job === 'none') m.job = 'runs';
        },
        (x) => {
          x.startedAt ||= x.now;
        },
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(soon, fc.constantFrom(false, false, true)).map(([seconds, hasFailed]) =>
      command(
        `the job ${hasFailed ? 'has failed' : 'is done'}`,
        seconds,
        (m) => {
          if (m.job === 'runs') Object.assign(m, { job: hasFailed ? 'failed' : 'done', endedAt: m.now });
        },
        (x) => {
          if (x.startedAt) x.end(hasFailed);
        },
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: soon.map((seconds) =>
      command(
        'a freeze',
        seconds,
        (m) => {
          if (m.job !== 'none') m.wasFrozen = true;
        },
        (x) => x.freezes.push(x.now),
      ),
    ),
  },
];

describe('the evaluation of a job, whatever is seen, in whatever order', () => {
  it('JOB-005, AUDIT-006, PART2-003, PART2-005: is what a small model says, once, and in time', () => {
    const answers = new Set<string>();
    fc.assert(
      fc.property(fc.commands([fc.oneof(...commands)], { maxCommands: 60, size: 'max' }), (list) => {
        const model = fresh();
        const real = new Real();
        fc.modelRun(() => ({ model, real }), [bothOk(1), ...list]);
        const hasEnded = model.job === 'done' || model.job === 'failed';
        fc.modelRun(() => ({ model, real }), [bothOk((WINDOW_MS + SETTLE_MS) / 1_000)]);
        expect(real.answers).toHaveLength(hasEnded ? 1 : 0);
        for (const each of real.answers) answers.add(inWords(each));
      }),
      { numRuns: 200 },
    );
    expect([...answers]).toEqual(
      expect.arrayContaining([
        'healthy YES, INV-3 YES, INV-5 YES, matched YES',
        'healthy NO, INV-3 NO, INV-5 YES, matched YES',
      ]),
    );
  });
});
