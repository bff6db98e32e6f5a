import { changeToWire } from '@mandate/contracts';
import { TestClock, Timers } from '@mandate/service-kit';
import { rateLimitChange, type World } from '../../../infra/local/src/testing/world';
import { type Chain, type HeardContract } from './chain';
import { searchChange, sessionChange } from './chain-values';
import { freeze } from './signals';
import { openStage, type Stage } from './stage';

jest.setTimeout(60_000);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Each race in both orders, one after the other; `races.test.ts` has them truly at once. */
describe('the contract service: races in a forced order', () => {
  let stage: Stage;
  let world: World;
  let chain: Chain;
  const clock = new TestClock(Date.now());
  let healthVersion = 1;

  beforeAll(async () => {
    stage = await openStage({ clock });
    ({ world, chain } = stage);
    await health('HEALTHY');
  });
  afterAll(() => stage?.close());

  const tick = () => stage.service.app.get(Timers).tick();
  const later = () => ({ window_start: clock.now() + HOUR, window_end: clock.now() + DAY });
  /** Says SYSTEM's health and waits until the service has heard it. */
  const health = async (
    state: 'HEALTHY' | 'DEGRADED',
    signals: ReturnType<typeof freeze>[] = [],
    version = ++healthVersion,
  ): Promise<void> => {
    await world.sayHealth('SYSTEM', state, version, 365 * DAY, signals);
    const end = performance.now() + 10_000;
    while ((await stage.count(`ref_health WHERE scope = 'SYSTEM' AND version = ${version}`)) !== 1) {
      if (performance.now() > end) throw new Error(`health version ${version} was not heard`);
      await new Promise((r) => setTimeout(r, 20));
    }
  };

  type Act = (contract: HeardContract) => Promise<unknown>;
  const approve: Act = (c) => chain.approve(c, later());
  const reject: Act = (c) => chain.decide(c, 'REJECT', { reason: 'Not this year.' });
  const modify: Act = (c) =>
    chain.decide(c, 'MODIFY_SCOPE', {
      modified_changes: [changeToWire(rateLimitChange(300))],
      modified_capabilities: ['api_rate_limit'],
    });
  const expire: Act = async () => {
    clock.advance(7 * DAY);
    await tick();
  };

  it.each<[string, Act, Act, string, string]>([
    ['REVIEW-006: an approval, then the time is over', approve, expire, 'APPROVED', 'EXPIRED WINDOW_PASSED'],
    ['REVIEW-006: the time is over, then an approval', expire, approve, 'EXPIRED', 'EXPIRED ALREADY_EXPIRED'],
    ['REVIEW-001: an approval, then another', approve, approve, 'APPROVED', 'APPROVED ALREADY_DECIDED'],
    ['AM-08: an approval, then a rejection', approve, reject, 'APPROVED', 'REJECTED'],
    ['CONTRACT-005: a rejection, then an approval', reject, approve, 'REJECTED', 'REJECTED ALREADY_TERMINAL'],
    ['REVIEW-005: an approval, then a modification', approve, modify, 'APPROVED', 'APPROVED ALREADY_DECIDED'],
    ['REVIEW-005: a modification, then an approval', modify, approve, 'SUPERSEDED', 'SUPERSEDED ALREADY_TERMINAL'],
  ])('%s', async (_what, first, second, afterFirst, afterSecond) => {
    const contract = await chain.eligible([rateLimitChange(210)]);
    await first(contract);
    await chain.about(contract, (v) => v.version === 4 && v.status === afterFirst);
    await second(contract);
    const { value } = await chain.about(contract, (v) => v.version === 5);
    expect([value.status, ...value.changes.flatMap((c) => c.code ?? [])].join(' ')).toBe(afterSecond);
    expect(await stage.rows('SELECT status, version FROM contracts WHERE contract_id = $1', [contract.key])).toEqual([
      { status: value.status, version: '5' },
    ]);
  });

  it('REVIEW-006: an approval at the very instant of expiry, before any timer has fired, is too late', async () => {
    const contract = await chain.eligible([rateLimitChange(210)]);
    await stage.rows("DELETE FROM timers WHERE kind = 'review'");
    clock.advance(7 * DAY);
    await approve(contract);
    const { value } = await chain.about(contract, (v) => v.version === 4);
    expect(value).toMatchObject({ status: 'ELIGIBLE', changes: [{ code: 'ALREADY_EXPIRED' }] });
    await chain.about(contract, (v) => v.status === 'EXPIRED'); // the refusal set the timer again
  });

  const ask: Act = (c) => chain.decide(c, 'REQUEST_CLARIFICATION', { reason: 'How many?' });
  const answer: Act = (c) => chain.decide(c, 'PROVIDE_CLARIFICATION', { reason: 'Ten.' });
  it('REVIEW-006, AM-03: an answer before the end counts and the rest of the time runs; one after it is a note, and told', async () => {
    const contract = await chain.eligible([rateLimitChange(210)]);
    await ask(contract);
    await chain.about(contract, (v) => v.ttl_paused_at !== null);
    clock.advance(13 * DAY);
    await tick();
    await answer(contract);
    const answered = await chain.about(contract, (v) => v.clarification?.answer === 'Ten.');
    expect(answered.value).toMatchObject({ status: 'ELIGIBLE', ttl_paused_at: null });

    const other = await chain.eligible([rateLimitChange(210)]);
    await ask(other);
    await chain.about(other, (v) => v.ttl_paused_at !== null);
    clock.advance(21 * DAY); // 14 of pause, then all of its 7
    await chain.about(other, (v) => v.status === 'EXPIRED');
    await answer(other);
    const late = await chain.about(other, (v) => v.changes[0]?.code === 'TOO_LATE');
    expect(late.value).toMatchObject({ status: 'EXPIRED', changes: [{ reason: 'Ten.' }] });
  });

  it('AM-05: health degrades, or a freeze is raised, between the page and the click: refused; after the click: it stands', async () => {
    const seen = await chain.eligible([rateLimitChange(210)]);
    await health('DEGRADED');
    await approve(seen);
    await chain.about(seen, (v) => v.changes[0]?.code === 'HEALTH_NOT_HEALTHY');
    await health('HEALTHY', [freeze('SYSTEM', clock.now())]);
    await approve(seen);
    await chain.about(seen, (v) => v.changes[0]?.code === 'CAPABILITY_BLOCKED');
    await health('HEALTHY');
    await approve(seen);
    await chain.about(seen, (v) => v.status === 'APPROVED');
    await health('DEGRADED');
    await chain.decide(seen, 'NOTE', { reason: 'Still approved?' });
    expect((await chain.about(seen, (v) => v.changes[0]?.code === 'NOTE')).value.status).toBe('APPROVED');
    await reject(seen);
    await chain.about(seen, (v) => v.status === 'REJECTED');
    await health('HEALTHY');
  });

  it('CONTRACT-003: a freeze or bad health between the click and activation: it waits, says what changed, and goes on by itself', async () => {
    const contract = await chain.eligible([searchChange(5)]);
    await chain.approve(contract, later());
    await chain.about(contract, (v) => v.status === 'APPROVED');
    await health('HEALTHY', [freeze('SYSTEM', clock.now())]);
    clock.advance(HOUR);
    const blocked = await chain.about(contract, (v) => v.waiting?.reason === 'BLOCKED');
    expect(blocked.value.since_approval).toEqual([
      { fact: 'SIGNAL', subject: 'SYSTEM', at_approval: 'none', now: 'month end' },
    ]);
    await health('DEGRADED');
    clock.advance(1_000); // it looks again
    const unwell = await chain.about(contract, (v) => v.waiting?.reason === 'HEALTH');
    expect(unwell.value.since_approval.map((c) => `${c.fact} ${c.subject} ${c.at_approval} ${c.now}`)).toEqual([
      'HEALTH SYSTEM HEALTHY DEGRADED',
      'HEALTH search_depth HEALTHY DEGRADED',
    ]);
    await health('HEALTHY');
    clock.advance(1_000);
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    expect(active.value).toMatchObject({ waiting: null, since_approval: [] });
    await health('DEGRADED'); // too late to hold it: the executor looks at health before each step
    await chain.decide(active, 'NOTE', { reason: 'Still running?' });
    expect((await chain.about(contract, (v) => v.changes[0]?.code === 'NOTE')).value.status).toBe('ACTIVE');
    await health('HEALTHY');
  });

  it('REVIEW-001: a page that lags: what was shown is decided, whatever was recorded meanwhile', async () => {
    const seen = await chain.eligible([sessionChange(90)]);
    clock.advance(5 * DAY);
    const warned = await chain.about(seen, (v) => v.changes[0]?.code === 'REVIEW_WARNING');
    expect(warned.value.dossier_digest).toEqual(seen.value.dossier_digest);
    await approve(seen); // cites the contract as it was before the warning
    expect((await chain.about(seen, (v) => v.status === 'APPROVED')).value.version).toBe(5);
  });

  it('FLOW-006: a service that lags: a decision on newer health than its own waits for it, and is decided on it', async () => {
    const contract = await chain.eligible([sessionChange(95)]);
    const ahead = healthVersion + 1;
    await chain.approve(contract, later(), { health_version: ahead });
    await new Promise((r) => setTimeout(r, 500));
    expect(await stage.count(`contract_transitions WHERE contract_id = '${contract.key}' AND version > 3`)).toBe(0);
    await health('DEGRADED');
    await chain.about(contract, (v) => v.changes[0]?.code === 'HEALTH_NOT_HEALTHY');
    expect(healthVersion).toBe(ahead);
    await health('HEALTHY');
  });
});
