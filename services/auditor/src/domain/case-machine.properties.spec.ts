import fc from 'fast-check';
import { type Attested, audit } from './audit';
import { type CaseState, decideCase } from './case';
import type { CaseFile } from './case-file';
import { missingOf } from './completeness';
import { GOOD, without } from './testing';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const periods = { waitMs: 300 * SECOND, retryMs: 30 * SECOND, inconclusiveMs: 7 * DAY };
const FAILED_WAIT_MS = 10 * SECOND;

/** What evidence may lack or show, and which checks cannot be told then; `isMissed` while it may still come by itself. */
const FLAWS = {
  'whether a signal appeared': { untold: ['A-006'], isMissed: false, isFailure: false },
  'the resulting state': { untold: ['A-003'], isMissed: true, isFailure: false },
  'that health was lost': { untold: [], isMissed: false, isFailure: true },
} as const;
type Flaw = keyof typeof FLAWS;
const NAMES = Object.keys(FLAWS) as Flaw[];
const bend = (flaws: ReadonlySet<Flaw>): CaseFile => ({
  ...GOOD,
  ...(flaws.has('the resulting state') ? without('search@2') : {}),
  evaluation: {
    ...GOOD.evaluation,
    invariants: GOOD.evaluation.invariants.map(({ id, holds }) => {
      if (id === 'INV-3' && flaws.has('that health was lost')) return { id, holds: 'NO' };
      return { id, holds: id === 'INV-5' && flaws.has('whether a signal appeared') ? 'UNKNOWN' : holds };
    }),
  },
});

/** The auditor's own decisions over a case in memory, as its transactions would store it. */
class Real {
  now = 0;
  readonly flaws = new Set<Flaw>();
  readonly verdicts: string[] = [];
  private case: CaseState | null = null;
  private dueAt: number | null = null;
  private readonly words: Attested[] = [];

  /** A finished job was evaluated; a case that is open already is left alone. */
  evaluated(hasFailed: boolean): void {
    if (this.case) return;
    const none = { attempts: 0, isClosed: false, resolveBy: null, isAnswered: false };
    this.case = { ...none, hasFailed, receivedAt: this.now };
    this.dueAt = this.now;
  }

  /** A founder's word counts only on the last attempt of a case that asks. */
  attest(checks: readonly string[]): void {
    if (!this.case || this.case.isClosed || this.case.resolveBy === null) return;
    this.words.unshift({ decisionId: 'd', founder: 'f', checks, reason: 'seen by hand' });
    this.case = { ...this.case, isAnswered: true };
    this.dueAt = this.now;
  }

  /** All timers that are due. */
  fire(): void {
    while (this.case && this.dueAt !== null && this.dueAt <= this.now) {
      const file = bend(this.flaws);
      const audited = audit(file, this.case.hasFailed, this.words);
      const decision = decideCase(this.case, audited, missingOf(file), periods, this.now);
      if (decision.kind === 'nothing') this.dueAt = null;
      else if (decision.kind === 'wait') this.dueAt = decision.until;
      else {
        const { nextAt, resolveBy, verdict, isFinal } = decision;
        this.verdicts.push(`${verdict}${isFinal ? '' : ', tried again'}`);
        const attempts = this.case.attempts + 1;
        this.case = { ...this.case, attempts, resolveBy, isClosed: nextAt === null, isAnswered: false };
        this.dueAt = nextAt;
      }
    }
  }

  /** A timer that comes again, or too late, does nothing. */
  fireAgain(): void {
    if (this.case?.isClosed) this.dueAt = this.now;
    this.fire();
  }
}

/** What is expected, in a few words. */
interface Model {
  now: number;
  readonly flaws: Set<Flaw>;
  readonly attested: Set<string>;
  phase: 'none' | 'gathers' | 'tries again' | 'asks' | 'closed';
  hasFailed: boolean;
  since: number;
  isAnswered: boolean;
  readonly verdicts: string[];
}

function verdictOf({ flaws, attested, hasFailed }: Model): 'PASS' | 'FAIL' | 'INCONCLUSIVE' {
  const found = [...flaws].map((name) => FLAWS[name]);
  if (hasFailed || found.some((f) => f.isFailure)) return 'FAIL';
  return found.every((f) => f.untold.every((id) => attested.has(id))) ? 'PASS' : 'INCONCLUSIVE';
}

/** The one place that says which verdict comes when. */
function think(m: Model): void {
  const verdict = verdictOf(m);
  const isTold = verdict !== 'INCONCLUSIVE';
  const elapsed = m.now - m.since;
  const say = (what: string, phase: Model['phase']): void => {
    m.verdicts.push(what);
    Object.assign(m, { phase, since: phase === m.phase ? m.since : m.now, isAnswered: false });
  };
  if (m.phase === 'gathers') {
    const isMissed = [...m.flaws].some((name) => FLAWS[name].isMissed);
    if (isMissed && elapsed < (m.hasFailed ? FAILED_WAIT_MS : periods.waitMs)) return;
    say(isTold ? verdict : 'INCONCLUSIVE, tried again', isTold ? 'closed' : 'tries again');
  } else if (m.phase === 'tries again' && elapsed >= periods.retryMs) say(verdict, isTold ? 'closed' : 'asks');
  else if (m.phase === 'asks') {
    const isOver = elapsed >= periods.inconclusiveMs;
    if (m.isAnswered && (isTold || !isOver)) say(verdict, isTold ? 'closed' : 'asks');
    else if (isOver) say('FAIL', 'closed');
  }
}

/** A command by its name; it comes two seconds after the one before, longer than the auditor waits between looks. */
const command = (name: string, expected: (m: Model) => void, act: (real: Real) => void, ms = 2 * SECOND) => ({
  check: () => true,
  toString: () => name,
  run: (model: Model, real: Real): void => {
    model.now += ms;
    real.now += ms;
    expected(model);
    think(model);
    act(real);
    real.fire();
    real.fireAgain();
    expect(real.verdicts).toEqual(model.verdicts);
    const conclusive = real.verdicts.filter((v) => !v.startsWith('INCONCLUSIVE'));
    expect(conclusive.length).toBeLessThanOrEqual(1); // AUDIT-004
    if (conclusive.length > 0) expect(conclusive).toEqual(real.verdicts.slice(-1));
    expect(real.verdicts.filter((v) => v.endsWith('tried again')).length).toBeLessThanOrEqual(1);
    if (model.phase === 'none') expect(real.verdicts).toEqual([]); // SM-002
  },
});

const passing = (ms: number) =>
  command(
    `${ms / SECOND} s pass`,
    () => undefined,
    () => undefined,
    ms,
  );
const CHECKS = [['A-006'], ['A-003'], ['A-006', 'A-003'], ['A-001'], ['A-002', 'A-006']] as const;
const evaluated = (hasFailed: boolean) =>
  command(
    `a job that ${hasFailed ? 'failed' : 'completed'} was evaluated`,
    (m) => {
      if (m.phase === 'none') Object.assign(m, { phase: 'gathers', hasFailed, since: m.now });
    },
    (x) => x.evaluated(hasFailed),
  );
const flawed = (name: Flaw) =>
  command(
    `evidence ${FLAWS[name].isFailure ? 'shows' : 'lacks'} ${name}`,
    (m) => m.flaws.add(name),
    (x) => x.flaws.add(name),
  );
/** Leads to where a founder is asked, which chance seldom does. */
const toAsking = [flawed('whether a signal appeared'), evaluated(false), passing(31 * SECOND), passing(31 * SECOND)];
const commands = [
  { weight: 4, arbitrary: fc.constantFrom(5, 12, 31, 301).map((s) => passing(s * SECOND)) },
  { weight: 1, arbitrary: fc.constantFrom(1, 3).map((days) => passing(days * DAY)) },
  { weight: 3, arbitrary: fc.constantFrom(false, false, true).map(evaluated) },
  { weight: 4, arbitrary: fc.constantFrom(...NAMES.slice(0, 2), ...NAMES).map(flawed) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...NAMES.slice(0, 2)).map((name) =>
      command(
        `${name} arrives`,
        (m) => m.flaws.delete(name),
        (x) => x.flaws.delete(name),
      ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...CHECKS).map((checks) =>
      command(
        `a founder attests ${checks.join(' and ')}`,
        (m) => {
          if (m.phase !== 'asks') return;
          for (const id of checks) m.attested.add(id);
          m.isAnswered = true;
        },
        (x) => x.attest(checks),
      ),
    ),
  },
];

describe('the audit of a finished job, whatever evidence comes and whoever says what, in whatever order', () => {
  it.each(NAMES)('lacks or shows what the model says of %s', (name) => {
    const { checks } = audit(bend(new Set([name])), false);
    const untold = checks.filter((c) => c.result === 'INCONCLUSIVE').map((c) => c.id);
    expect(untold).toEqual(FLAWS[name].untold);
    expect(checks.some((c) => c.result === 'FAIL')).toBe(FLAWS[name].isFailure);
    expect(missingOf(bend(new Set([name]))).length > 0).toBe(FLAWS[name].isMissed);
  });

  it('AUDIT-001, AUDIT-002, AUDIT-004, AUDIT-006, SM-002, AM-04, AM-11, AM-14: is what a small model says', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.commands([fc.oneof(...commands)], { maxCommands: 20, size: 'max' }),
        (isAsked, list) => {
          const none = { now: 0, phase: 'none' as const, hasFailed: false, since: 0, isAnswered: false };
          const model: Model = { ...none, flaws: new Set(), attested: new Set(), verdicts: [] };
          const real = new Real();
          if (isAsked) fc.modelRun(() => ({ model, real }), toAsking);
          fc.modelRun(() => ({ model, real }), list);
          // Every finished job gets a verdict in the end, whoever has been silent.
          fc.modelRun(() => ({ model, real }), [passing(DAY), passing(DAY), passing(8 * DAY)]);
          expect(model.phase).toBe(model.phase === 'none' ? 'none' : 'closed');
        },
      ),
      { numRuns: 120 },
    );
  });
});
