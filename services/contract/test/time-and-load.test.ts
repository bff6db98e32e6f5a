import { randomUUID } from 'node:crypto';
import { Database, type HopBatch, TestClock, type TimerBatch, Timers, Tx } from '@mandate/service-kit';
import { rateLimitChange, type World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { OnDueReview } from '../src/handlers/on-due-review.timer';
import { OnEligibilityJudged } from '../src/handlers/on-eligibility-judged.handler';
import type { Chain } from './chain';
import { openStage, type Stage } from './stage';
import { unprovenVerdict } from './unproven-verdict';

jest.setTimeout(90_000);
const DAY = 86_400_000;

describe('the contract service: time and load', () => {
  let stage: Stage;
  let world: World;
  let chain: Chain;
  const clock = new TestClock(Date.now());
  const count: Stage['count'] = (fromWhere) => stage.count(fromWhere);

  beforeAll(async () => {
    stage = await openStage({ clock });
    ({ world, chain } = stage);
  });
  afterAll(() => stage?.close());

  const tick = async (): Promise<void> => {
    await stage.service.app.get(Timers).tick();
  };

  /** Verdicts as the hop would hand them over, without a broker. */
  const batchOf = (n: number): HopBatch<'EligibilityJudged'> => {
    const now = clock.now();
    return { messages: Array.from({ length: n }, (_, i) => unprovenVerdict(randomUUID(), 100 + i, now)), now };
  };
  const create = async (batch: HopBatch<'EligibilityJudged'>): Promise<number> => {
    const handler = stage.service.app.get(OnEligibilityJudged);
    return stage.service.app.get(Database).transaction(async (tx) => (await handler.handle(batch, tx)).length);
  };

  /** Statements that some work sends to the database. */
  const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const spies = [jest.spyOn(Tx.prototype, 'rows'), jest.spyOn(Tx.prototype, 'run')] as const;
    await work();
    const calls = spies.map((s) => s.mock.calls.length).reduce((x, y) => x + y, 0);
    for (const spy of spies) spy.mockRestore();
    return calls;
  };

  it('creates 500 contracts with as many statements as one', async () => {
    const calls = async (n: number): Promise<number> => {
      const batch = batchOf(n);
      return statementsOf(async () => expect(await create(batch)).toBe(n));
    };
    await calls(1);
    const one = await calls(1);
    expect(await calls(500)).toBe(one);
    expect(one).toBeLessThanOrEqual(10);
  });

  it('warns 500 contracts with as many statements as one', async () => {
    const handler = stage.service.app.get(OnDueReview);
    const ids = await stage.rows<{ id: string }>('SELECT contract_id AS id FROM contracts LIMIT 501');
    const [first, ...others] = ids.map(({ id }) => ({ aggregateId: id, dueAt: 0 }));
    const now = clock.now() + 5 * DAY;
    const calls = (messages: TimerBatch['messages']) =>
      statementsOf(() =>
        stage.service.app.get(Database).transaction(async (tx) => {
          expect(await handler.fire({ messages, now }, tx)).toHaveLength(messages.length);
        }),
      );
    const one = await calls([first as TimerBatch['messages'][number]]);
    expect(await calls(others)).toBe(one);
    expect(others).toHaveLength(500);
    await stage.rows('DELETE FROM timers');
  });

  it('REVIEW-006, FLOW-002: tells thousands of contracts of each period once, whatever replicas there are and come, and approves none', async () => {
    clock.advance(1);
    for (let i = 0; i < 6; i++) await create(batchOf(500));
    const told = await chain.eligible([rateLimitChange(300)]);
    const fresh = `contracts WHERE ttl_started_at = ${clock.now()}`;
    const contracts = await count(fresh);
    expect(contracts).toBe(3_001);
    let other = await world.start('contract', AppModule, {}, { clock });
    const replicas = [() => stage.service.app.get(Timers), () => other.app.get(Timers)];
    const startedAt = performance.now();
    for (const [code, days] of [
      ['REVIEW_WARNING', 5],
      ['REVIEW_ESCALATION', 1],
      ['REVIEW_TIMEOUT', 1],
    ] as const) {
      const done = () => count(`contract_transitions WHERE code = '${code}' AND at = ${clock.now()}`);
      clock.advance(days * DAY);
      await Promise.all(replicas.map((timers) => timers().tick()));
      if (code === 'REVIEW_ESCALATION') {
        await world.stop(other); // in the middle of it
        other = await world.start('contract', AppModule, {}, { clock });
      }
      await until(async () => (await done()) === contracts);
      await Promise.all(replicas.map((timers) => timers().tick()));
      expect(await done()).toBe(contracts);
      const heard = await chain.about(told, (v) => v.changes[0]?.code === code);
      expect(heard.value.status).toBe(code === 'REVIEW_TIMEOUT' ? 'EXPIRED' : 'ELIGIBLE');
    }
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await world.stop(other);
    expect(await count(`contracts WHERE ttl_started_at = ${clock.now() - 7 * DAY} AND status = 'EXPIRED'`)).toBe(
      contracts,
    );
    expect(await count('approvals')).toBe(0);
    const said = world.all('ContractChanged').map((m) => `${m.key} ${m.value.version}`);
    expect(new Set(said).size).toBe(said.length);
    expect(said.length).toBeGreaterThanOrEqual(3 * contracts);
  });

  it('two replicas fire a timer once', async () => {
    const contract = await chain.eligible([rateLimitChange(310)]);
    const other = await world.start('contract', AppModule, {}, { clock });
    clock.advance(7 * DAY);
    await Promise.all([stage.service.app.get(Timers).tick(), other.app.get(Timers).tick()]);
    await chain.about(contract, (v) => v.status === 'EXPIRED');
    expect(await count(`contract_transitions WHERE contract_id = '${contract.key}' AND to_state = 'EXPIRED'`)).toBe(1);
    await world.stop(other);
  });

  it('AM-03: a question stops the clock and keeps the ledger; nothing expires while the requestor has the ball', async () => {
    const contract = await chain.eligible([rateLimitChange(330)]);
    const start = clock.now();
    clock.advance(DAY);
    await chain.decide(contract, 'REQUEST_CLARIFICATION', { reason: 'How long?', clarification_request_id: 'r-1' });
    await chain.about(contract, (v) => v.ttl_paused_at === start + DAY);
    clock.advance(13 * DAY);
    await tick();
    await chain.decide(contract, 'PROVIDE_CLARIFICATION', { reason: 'A day.', clarification_request_id: 'r-1' });
    const answered = await chain.about(contract, (v) => v.clarification?.answer === 'A day.');
    expect(answered.value).toMatchObject({ status: 'ELIGIBLE', expires_at: start + 20 * DAY, ttl_paused_at: null });
    clock.advance(6 * DAY);
    const expired = await chain.about(contract, (v) => v.status === 'EXPIRED');
    expect(expired.value.ttl_ledger).toEqual([
      { holder: 'FOUNDER', from: start, to: start + DAY },
      { holder: 'REQUESTOR', from: start + DAY, to: start + 14 * DAY },
      { holder: 'FOUNDER', from: start + 14 * DAY, to: start + 20 * DAY },
    ]);
  });

  it('AM-07: an approval whose window passes while health is bad expires, and says what it waited for', async () => {
    let version = 2;
    await world.sayHealth('SYSTEM', 'HEALTHY', version++, 365 * DAY);
    const contract = await chain.eligible([rateLimitChange(320)]);
    const start = clock.now() + 3_600_000;
    await chain.approve(contract, { window_start: start, window_end: start + DAY });
    await chain.about(contract, (v) => v.status === 'APPROVED');
    await world.sayHealth('SYSTEM', 'DEGRADED', version++, 365 * DAY);
    await until(async () => (await count("ref_health WHERE state = 'DEGRADED'")) === 1);
    clock.advance(3_600_000);
    const waits = await chain.about(contract, (v) => v.waiting !== null);
    expect(waits.value.waiting).toMatchObject({ reason: 'HEALTH', since: clock.now() });
    expect(waits.value.since_approval).toEqual(
      ['SYSTEM', 'api_rate_limit'].map((subject) => ({
        ...{ fact: 'HEALTH', subject },
        ...{ at_approval: 'HEALTHY', now: 'DEGRADED' },
      })),
    );
    clock.advance(DAY);
    const expired = await chain.about(contract, (v) => v.status === 'EXPIRED');
    expect(expired.value.status_reason).toMatch(/waited for HEALTH/);
    await world.sayHealth('SYSTEM', 'HEALTHY', version, 365 * DAY);
  });
});

async function until(fits: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await fits())) {
    if (performance.now() > end) throw new Error(`did not come true within ${limitMs} ms`);
    await new Promise((r) => setTimeout(r, 20));
  }
}
