import { randomUUID } from 'node:crypto';
import { Database, type HopBatch, TestClock, Timers, Tx } from '@mandate/service-kit';
import { rateLimitChange, type World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
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

  it('creates 500 contracts with as many statements as one', async () => {
    const calls = async (n: number): Promise<number> => {
      const batch = batchOf(n);
      const spies = [jest.spyOn(Tx.prototype, 'rows'), jest.spyOn(Tx.prototype, 'run')] as const;
      const before = spies.map((s) => s.mock.calls.length).reduce((a, b) => a + b, 0);
      expect(await create(batch)).toBe(n);
      const after = spies.map((s) => s.mock.calls.length).reduce((a, b) => a + b, 0);
      for (const spy of spies) spy.mockRestore();
      return after - before;
    };
    await calls(1);
    const one = await calls(1);
    expect(await calls(500)).toBe(one);
    expect(one).toBeLessThanOrEqual(10);
  });

  it('REVIEW-006: warns, escalates and expires hundreds of contracts, never approves', async () => {
    const told = await chain.eligible([rateLimitChange(300)]);
    const contracts = await count(`contracts WHERE status = 'ELIGIBLE'`);
    expect(contracts).toBeGreaterThan(500);
    for (const [days, code] of [
      [5, 'REVIEW_WARNING'],
      [6, 'REVIEW_ESCALATION'],
      [7, 'REVIEW_TIMEOUT'],
    ] as const) {
      clock.advance(days === 5 ? 5 * DAY : DAY);
      for (let i = 0; i < 3; i++) await tick();
      expect(await count(`contract_transitions WHERE code = '${code}'`)).toBe(contracts);
      const heard = await chain.about(told, (v) => v.changes[0]?.code === code);
      expect(heard.value.status).toBe(code === 'REVIEW_TIMEOUT' ? 'EXPIRED' : 'ELIGIBLE');
    }
    expect(await count(`contracts WHERE status = 'EXPIRED'`)).toBe(contracts);
    expect(await count('approvals')).toBe(0);
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
