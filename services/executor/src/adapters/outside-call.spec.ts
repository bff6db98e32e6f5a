import { aCapability, setTo } from '../../test/fixtures';
import type { Driver, Sighting, Try } from './driver';
import { type CallOrder, callOutside } from './outside-call';

const DONE: Try = { outcome: 'DONE' };
const REFUSED: Try = { outcome: 'FAILED', code: 'TARGET_REFUSED', detail: 'no' };
const UNREACHED: Try = { outcome: 'NOT_DONE', code: 'ECONNREFUSED', detail: 'nobody there' };
const LOST: Try = { outcome: 'UNCLEAR', code: 'OUTCOME_UNKNOWN', detail: 'no answer' };
const UNSEEN: Sighting = { at: 'UNSEEN', code: 'OUTCOME_UNKNOWN', detail: 'a look failed' };
const NEITHER: Sighting = { at: 'NEITHER', code: 'VALUE_CHANGED', detail: 'is 7' };

/** A target whose answers are given one after the other, with what it was asked for, in order. */
class Scripted implements Driver {
  readonly isReversible = true;
  readonly isOutside = true;
  readonly asked: string[] = [];

  constructor(
    private readonly tries: Try[],
    private readonly sightings: Sighting[] = [],
    readonly checksIdempotencyKey = true,
  ) {}

  whyNot = () => null;
  apply = () => this.next('apply', this.tries);
  undo = () => this.next('undo', this.tries);
  observe = () => this.next('observe', this.sightings);

  private next<T>(what: string, answers: T[]): Promise<T> {
    this.asked.push(what);
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new Error(`asked to ${what} once too often`));
  }
}

const order = (more: Partial<CallOrder> = {}): CallOrder => ({
  kind: 'CHANGE',
  action: { change: setTo('a', 5), idempotencyKey: 'key', undoes: null, target: aCapability('a') },
  isResumed: false,
  hindrance: null,
  ...more,
});
const limits = { triesMax: 3, stepTimeoutMs: 5_000, waitMs: () => 0 };

describe('a step that is sent to a system outside', () => {
  it('is sent once where the answer is clear', async () => {
    for (const [answer, outcome] of [
      [DONE, 'DONE'],
      [REFUSED, 'FAILED'],
    ] as const) {
      const driver = new Scripted([answer]);
      expect(await callOutside(driver, order(), limits)).toMatchObject({ outcome });
      expect(driver.asked).toEqual(['apply']);
    }
  });

  it('is sent again, a bounded number of times, where it never arrived', async () => {
    const driver = new Scripted([UNREACHED, UNREACHED, DONE]);
    expect(await callOutside(driver, order(), limits)).toEqual(DONE);
    const away = new Scripted([UNREACHED, UNREACHED, UNREACHED]);
    expect(await callOutside(away, order(), limits)).toMatchObject({ outcome: 'FAILED', code: 'ECONNREFUSED' });
    expect(away.asked).toEqual(['apply', 'apply', 'apply']);
  });

  it('is looked for where its outcome is unknown, and taken as done where it has happened', async () => {
    const driver = new Scripted([LOST], [UNSEEN, { at: 'AFTER' }]);
    expect(await callOutside(driver, order(), limits)).toEqual(DONE);
    expect(driver.asked).toEqual(['apply', 'observe', 'observe']);
  });

  it('is sent again with its key only after it was seen not to have happened', async () => {
    const driver = new Scripted([LOST, DONE], [{ at: 'BEFORE' }]);
    expect(await callOutside(driver, order(), limits)).toEqual(DONE);
    expect(driver.asked).toEqual(['apply', 'observe', 'apply']);
  });

  it('is never sent again to a target that does not know idempotency keys', async () => {
    const driver = new Scripted([LOST], [{ at: 'BEFORE' }], false);
    expect(await callOutside(driver, order(), limits)).toMatchObject({ outcome: 'UNCLEAR', code: 'NOT_REPEATABLE' });
    expect(driver.asked).toEqual(['apply', 'observe']);
  });

  it.each([
    ['nothing can be seen', [LOST], [UNSEEN, UNSEEN, UNSEEN], 'OUTCOME_UNKNOWN'],
    ['somebody else changed the target', [LOST], [NEITHER], 'VALUE_CHANGED'],
    ['it is refused after an unknown try', [LOST, REFUSED], [{ at: 'BEFORE' }], 'TARGET_REFUSED'],
    [
      'every try is lost',
      [LOST, LOST, LOST],
      [{ at: 'BEFORE' }, { at: 'BEFORE' }, { at: 'BEFORE' }],
      'OUTCOME_UNKNOWN',
    ],
  ] as [string, Try[], Sighting[], string][])(
    'is UNCLEAR, so that it is undone, when %s',
    async (_, tries, seen, code) => {
      expect(await callOutside(new Scripted(tries, seen), order(), limits)).toMatchObject({ outcome: 'UNCLEAR', code });
    },
  );

  describe('by an executor that was killed', () => {
    const resumed = order({ isResumed: true });

    it('is looked for first, and sent only if it has not happened', async () => {
      const done = new Scripted([], [{ at: 'AFTER' }]);
      expect(await callOutside(done, resumed, limits)).toEqual(DONE);
      const open = new Scripted([DONE], [{ at: 'BEFORE' }]);
      expect(await callOutside(open, resumed, limits)).toEqual(DONE);
      expect(open.asked).toEqual(['observe', 'apply']);
    });

    it('AM-09: is not sent any more where a step may not start now, and is then UNCLEAR', async () => {
      const hindrance = { code: 'WINDOW_OVER', reason: 'the window is over' };
      const driver = new Scripted([], [{ at: 'BEFORE' }]);
      const outcome = await callOutside(driver, { ...resumed, hindrance }, limits);
      expect(outcome).toMatchObject({ outcome: 'UNCLEAR', code: 'WINDOW_OVER' });
    });
  });

  it('undoes in a rollback', async () => {
    const driver = new Scripted([DONE]);
    expect(await callOutside(driver, order({ kind: 'ROLLBACK' }), limits)).toEqual(DONE);
    expect(driver.asked).toEqual(['undo']);
  });

  it("ends within the contract's time-out of a step, whatever the target does", async () => {
    const driver = new Scripted([]);
    const hang = <T>(stop: AbortSignal, then: T) =>
      new Promise<T>((resolve) => stop.addEventListener('abort', () => resolve(then)));
    const stuck: Driver = {
      ...driver,
      whyNot: driver.whyNot,
      undo: driver.undo,
      apply: (_, stop) => hang(stop, LOST),
      observe: (_, stop) => hang(stop, UNSEEN),
    };
    const startedAt = performance.now();
    const outcome = await callOutside(stuck, order(), { ...limits, stepTimeoutMs: 200 });
    expect(outcome).toMatchObject({ outcome: 'UNCLEAR' });
    expect(performance.now() - startedAt).toBeLessThan(400);
  });
});
