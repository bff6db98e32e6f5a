import type { CapabilityState, Change } from '@mandate/contracts';
import { writesOf } from '@mandate/judgement';
import fc from 'fast-check';
import {
  aBench,
  aCapability,
  aChangeJob,
  aDefinition,
  aRegistry,
  aRollbackJob,
  NOON,
  setTo,
  someFacts,
} from '../../test/fixtures';
import { Outside } from '../../test/outside';
import { EDGES_OF, hasEnded, STEP_EDGES, type StepState } from '../domain/job';
import { madeFinal } from '../domain/make-final';
import type { StoredJob } from './job.store';
import { callOutside } from './outside-call';
import { RegistryDriver } from './registry.driver';
import { advance, type StepCall, settle } from './step-runner';

const PLAN: readonly Change[] = [setTo('a', 5), setTo('b', 6), setTo('b', 7, 3, 'depth'), setTo('a', 4, 3, 'depth')];
const IS_OUTSIDE = [false, true, true, false];
const fresh = () =>
  aRegistry(aCapability('a'), aCapability('b', { definition: aDefinition('b', { driver: 'webhook' }) }));

/** What is expected, in a few words; `isThere` says of each step whether the system outside has it. */
interface Model {
  kind: 'CHANGE' | 'ROLLBACK';
  job: string;
  order: number[];
  steps: StepState[];
  isThere: boolean[];
  /** Whose change is live but not final. */
  provisional: Record<'a' | 'b', boolean>;
  /** The contract is COMPLETED: its audit has passed. */
  hasPassed: boolean;
  call: 'none' | 'may be sent' | 'may only be looked for';
}

/** The real thing: the executor's decisions over a job in memory, as its transactions would store it. */
class Real {
  readonly registry = fresh();
  readonly outside = new Outside();
  job: StoredJob = aChangeJob(PLAN, this.registry);
  call: StepCall | null = null;
  now = NOON;
  private readonly inside = new RegistryDriver();
  private readonly drivers = {
    of: (target: CapabilityState) => (target.definition.driver === 'webhook' ? this.outside : this.inside),
    whyNot: () => null,
  };

  async fire(isIll: boolean): Promise<void> {
    this.now += 1_000;
    const bench = this.bench(isIll);
    const { call } = await advance(this.job, bench, true);
    this.call = call;
    this.keep(bench);
  }

  /** The contract is COMPLETED, as a founder's approval and a passed audit alone make it. @returns whether that counts */
  makeFinal(): boolean {
    const { contractId, terms } = this.job;
    const change = this.job.kind === 'CHANGE' ? this.job : null;
    const states = madeFinal(contractId, terms.affected, change, (c) => this.registry.states.get(c));
    for (const state of states ?? [])
      this.registry.put(state, { cause: 'FINAL', contractId, jobId: null, issueId: null });
    return states !== null;
  }

  async send(loses: Outside['loses']): Promise<void> {
    const call = this.call as StepCall;
    this.call = null;
    this.outside.loses = loses;
    const limits = { triesMax: 3, stepTimeoutMs: 5_000, waitMs: () => 0 };
    const outcome = await callOutside(call.driver, call, limits);
    this.outside.loses = null; // where nothing was sent, nothing was lost
    const bench = this.bench(false);
    settle(this.job.jobId, call.stepIndex, outcome, { healthSeen: call.healthSeen, startedAt: this.now }, bench);
    this.keep(bench);
  }

  private bench(isIll: boolean) {
    const more = isIll ? ({ ill: { SYSTEM: 'UNHEALTHY' } } as const) : {};
    return aBench(this.job, this.registry, this.drivers, someFacts(this.registry, this.now, more));
  }

  private keep({ ledger }: ReturnType<Real['bench']>): void {
    const before = this.job;
    this.job = ledger.of(before.jobId);
    const records = ledger.changes().flatMap((c) => c.records);
    expect(records.map((r) => r.version)).toEqual(records.map((_, i) => before.version + i + 1));
    for (const { from, to } of records) {
      const isEdge = from === to || EDGES_OF[before.kind].some(([f, t]) => f === from && t === to);
      expect([from, to, isEdge]).toEqual([from, to, true]);
    }
    this.job.steps.forEach((step, i) => {
      const from = before.steps[i]?.state;
      const isEdge = from === step.state || STEP_EDGES.some(([f, t]) => f === from && t === step.state);
      expect([from, step.state, isEdge]).toEqual([from, step.state, true]);
    });
    expect(this.job.steps.filter((s) => s.state === 'RUNNING').length).toBeLessThanOrEqual(1);
  }
}

type Command = fc.AsyncCommand<Model, Real>;

function agree(model: Model, real: Real): void {
  expect([real.job.kind, real.job.state]).toEqual([model.kind, model.job]);
  expect(real.job.steps.map((s) => [s.index, s.state])).toEqual(model.order.map((i) => [i, model.steps[i]]));
  const there = PLAN.map(
    (c, i) => IS_OUTSIDE[i] && writesOf(c).every((w) => real.outside.values.get(w.target) === w.to),
  );
  expect(there).toEqual(model.isThere);
  const provisional = (name: 'a' | 'b') => real.registry.states.get(name)?.provisional_contract_id !== null;
  expect({ a: provisional('a'), b: provisional('b') }).toEqual(model.provisional); // SM-005
  expect(new Set(real.outside.effects).size).toBe(real.outside.effects.length); // each key has its effect once
}

const isOver = (model: Model) => model.job === 'COMPLETED' || (model.kind === 'CHANGE' && model.job === 'FAILED');
const doneState = (model: Model) => (model.kind === 'CHANGE' ? 'DONE' : 'UNDONE');
/** A step has been done: is it the last one? */
function recordDone(model: Model, index: number): void {
  model.steps[index] = doneState(model);
  if (IS_OUTSIDE[index]) model.isThere[index] = model.kind === 'CHANGE';
  const isOfSame = (i: number) => IS_OUTSIDE[i] === IS_OUTSIDE[index];
  const isLeft = model.order.some((i) => isOfSame(i) && model.steps[i] !== 'UNDONE');
  model.provisional[IS_OUTSIDE[index] ? 'b' : 'a'] = model.kind === 'CHANGE' || isLeft;
  if (model.order.every((i) => model.steps[i] === doneState(model))) model.job = 'COMPLETED';
}

class Fire implements Command {
  constructor(private readonly isIll: boolean) {}
  check = (model: Model) => model.call === 'none';
  toString = () => (this.isIll ? 'fire while ill' : 'fire');

  async run(model: Model, real: Real): Promise<void> {
    await real.fire(this.isIll);
    const isHindered = this.isIll && model.kind === 'CHANGE';
    const running = model.order.find((i) => model.steps[i] === 'RUNNING');
    const open = model.order.find((i) => model.steps[i] === 'PENDING');
    if (isOver(model)) expect(real.call).toBeNull();
    else if (running !== undefined) model.call = isHindered ? 'may only be looked for' : 'may be sent';
    else if (open === undefined) model.job = 'COMPLETED';
    else if (!isHindered) {
      model.job = 'RUNNING';
      if (IS_OUTSIDE[open]) {
        model.steps[open] = 'RUNNING';
        model.call = 'may be sent';
      } else recordDone(model, open);
    }
    expect(real.call !== null).toBe(model.call !== 'none');
    agree(model, real);
  }
}

class Send implements Command {
  constructor(private readonly loses: Outside['loses']) {}
  check = (model: Model) => model.call !== 'none';
  toString = () => `send${this.loses ? `, the ${this.loses} is lost` : ''}`;

  async run(model: Model, real: Real): Promise<void> {
    await real.send(this.loses);
    const index = model.order.find((i) => model.steps[i] === 'RUNNING') as number;
    const isDone = model.isThere[index] === (model.kind === 'CHANGE');
    if (model.call === 'may be sent' || isDone) recordDone(model, index);
    else {
      model.steps[index] = 'UNCLEAR';
      model.job = 'FAILED';
      for (const i of model.order) if (model.steps[i] === 'PENDING') model.steps[i] = 'SKIPPED';
    }
    model.call = 'none';
    agree(model, real);
  }
}

/** The executor is killed before it has sent, or after the system outside has taken what it sent. */
class Kill implements Command {
  constructor(private readonly isTaken: boolean) {}
  check = (model: Model) => model.call === 'may be sent' || (model.call !== 'none' && !this.isTaken);
  toString = () => `killed ${this.isTaken ? 'after' : 'before'} sending`;

  async run(model: Model, real: Real): Promise<void> {
    const call = real.call as StepCall;
    real.call = null;
    if (this.isTaken) {
      const index = model.order.find((i) => model.steps[i] === 'RUNNING') as number;
      await (model.kind === 'CHANGE' ? real.outside.apply(call.action) : real.outside.undo(call.action));
      model.isThere[index] = model.kind === 'CHANGE';
    }
    model.call = 'none';
    agree(model, real);
  }
}

/** What is live becomes final on a passed audit of a completed job, and on nothing else. */
class MakeFinal implements Command {
  check = (model: Model) => model.kind === 'CHANGE';
  toString = () => 'make final';

  run(model: Model, real: Real): Promise<void> {
    expect(real.makeFinal()).toBe(model.job === 'COMPLETED');
    if (model.job === 'COMPLETED') Object.assign(model, { hasPassed: true, provisional: { a: false, b: false } });
    agree(model, real);
    return Promise.resolve();
  }
}

/** The contract has failed; a job that has not ended is ended by that. */
class Rollback implements Command {
  check = (model: Model) => model.kind === 'CHANGE' && isOver(model) && !model.hasPassed;
  toString = () => 'order the rollback';

  run(model: Model, real: Real): Promise<void> {
    real.job = aRollbackJob(real.job);
    model.order = model.order.filter((i) => model.steps[i] === 'DONE' || model.steps[i] === 'UNCLEAR').reverse();
    for (const i of model.order) model.steps[i] = 'PENDING';
    model.kind = 'ROLLBACK';
    model.job = 'PENDING';
    agree(model, real);
    return Promise.resolve();
  }
}

const commands = fc.commands(
  [
    fc.constant(new Fire(false)),
    fc.constant(new Fire(false)),
    fc.constant(new Fire(true)),
    fc.constantFrom(null, 'message' as const, 'answer' as const).map((loses) => new Send(loses)),
    fc.constant(new Send(null)),
    fc.boolean().map((isTaken) => new Kill(isTaken)),
    fc.constant(new Rollback()),
    fc.constant(new MakeFinal()),
  ],
  { maxCommands: 60, size: 'max' },
);

describe('the machine of jobs and steps', () => {
  it(
    'JOB-002, JOB-004, JOB-006, SM-004, SM-005: does what a small model says, whatever is lost and whenever it is killed',
    () =>
      fc.assert(
        fc.asyncProperty(commands, async (list) => {
          const real = new Real();
          const before = new Map(real.registry.states);
          const model: Model = {
            kind: 'CHANGE',
            job: 'PENDING',
            order: [0, 1, 2, 3],
            steps: PLAN.map(() => 'PENDING'),
            isThere: PLAN.map(() => false),
            provisional: { a: false, b: false },
            hasPassed: false,
            call: 'none',
          };
          await fc.asyncModelRun(() => ({ model, real }), list);
          if (model.kind !== 'ROLLBACK' || !hasEnded(real.job)) return;
          for (const [name, { values }] of before) expect(real.registry.states.get(name)?.values).toEqual(values);
          expect(model.isThere).not.toContain(true);
        }),
        { numRuns: 200 },
      ),
    30_000,
  );
});
