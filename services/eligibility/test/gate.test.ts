import { type Change, changeToWire, newId } from '@mandate/contracts';
import { judgeAgain } from '@mandate/judgement';
import type { Messages } from '@mandate/schemas';
import { Reference, type RunningService } from '@mandate/service-kit';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { healthHeard, type Proposed, planOf, propose, proposeOn } from './saying';

jest.setTimeout(60_000);
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
  await world.seed();
  service = await world.start('eligibility', AppModule, { WAITING_POLL: '100ms' });
});
afterAll(() => world?.close());

const verdictOn = ({ issueId }: Proposed) => world.next('EligibilityJudged', (m) => m.value.issue_id === issueId);
const searchDepth = (value: number): Change => ({
  kind: 'configuration_update',
  capability: 'search_depth',
  setting: { key: 'max_hops', old: 3, new: value },
});
const lifetime = (value: number): Change => ({
  kind: 'configuration_update',
  capability: 'session_lifetime',
  setting: { key: 'lifetime_minutes', old: 60, new: value },
});
const needsOf = (value: Messages['EligibilityJudged']) =>
  Object.fromEntries(value.rules.filter((r) => !r.passed).map((r) => [r.id, JSON.parse(r.need as string)]));

describe('a good proposal', () => {
  it('ELIG-001, ELIG-002: may; the verdict carries the bytes it judged, every rule, and facts that judge the same again', async () => {
    const proposed = await propose(world);
    const { value, link, key } = await verdictOn(proposed);

    expect(value).toMatchObject({ verdict: 'MAY', first_failing_rule: null, health_version: 1 });
    expect(value.registry_version).toBe((await service.app.get(Reference).versions()).registryVersion);
    expect(value.proposal).toEqual(proposed.said.value);
    expect(value.rules.map((r) => r.id)).toEqual(
      'E-104 E-101 E-102 E-001 E-002 E-003 E-004 E-005 E-006 E-007'.split(' '),
    );
    expect(key).toBe(proposed.issueId);
    expect(link).toMatchObject({ says: 'MAY', version: 1, planDigest: planOf([rateLimitChange()]) });

    const { origin, ...rest } = proposed.value;
    const judged = { ...rest, source: origin.source, suggested_changes: [rateLimitChange()] };
    const again = judgeAgain(value.facts, judged, value.rules_version);
    expect(again).toMatchObject({ outcome: 'JUDGED', verdict: { verdict: 'MAY' } });
  });

  it('E-006: takes its target from the next, which learns who has it', async () => {
    const { value } = await verdictOn(await propose(world));
    expect(value).toMatchObject({ verdict: 'MAY_NOT', first_failing_rule: 'E-006', retry_helps: true });
    expect(needsOf(value)['E-006'].conditions).toEqual([
      expect.objectContaining({ fact: 'rival', of: 'api_rate_limit#requests_per_minute' }),
    ]);
  });

  it('FLOW-002: delivered twice is judged once', async () => {
    const proposed = await propose(world, { changes: [searchDepth(4)] });
    const { said } = proposed;
    await world.send('validator', said.topic, said.key, said.value, { mandate: said.mandate });
    expect((await verdictOn(proposed)).value.verdict).toBe('MAY');
    await new Promise((r) => setTimeout(r, 500));
    expect(world.all('EligibilityJudged').filter((m) => m.value.issue_id === proposed.issueId)).toHaveLength(1);
    expect(world.all('DeadLetter')).toHaveLength(0);
  });
});

describe('a proposal that is not what its link says', () => {
  const setAside = (code: string, key: string) =>
    world.next('DeadLetter', (m) => m.key === key && m.value.code === code && m.value.kind === 'SET_ASIDE');

  it('CHAIN-003: lies about its plan, and is set aside', async () => {
    const { value, cause } = await propose(world, { changes: [searchDepth(5)] });
    const lie = { ...value, suggested_changes: [changeToWire(searchDepth(12))] };
    const { issueId } = await proposeOn(world, cause, lie, planOf([searchDepth(5)]));
    await setAside('PLAN_MISMATCH', issueId);
  });

  it('CHAIN-003: claims to be a revision, so that no rival counts, and is set aside', async () => {
    const issueId = newId(Date.now());
    await propose(world, { issue_id: issueId, revision: 1, contract_id: newId(Date.now()) });
    await setAside('LINEAGE_MISMATCH', issueId);
  });

  it('ELIG-001: comes a second time with other words: the first verdict stands', async () => {
    const first = await propose(world, { changes: [lifetime(70)], confidence_score: 0.1 });
    expect((await verdictOn(first)).value.verdict).toBe('MAY_NOT');
    await proposeOn(world, first.cause, { ...first.value, confidence_score: 1 }, planOf([lifetime(70)]));
    await setAside('ALREADY_JUDGED', first.issueId);
    expect(world.all('EligibilityJudged').filter((m) => m.value.issue_id === first.issueId)).toHaveLength(1);
  });
});

describe('a proposal that may not', () => {
  it('is told what each failing rule needed', async () => {
    const { value } = await verdictOn(
      await propose(world, { confidence_score: 0.64, severity: 'critical', changes: [lifetime(5_000)] }),
    );
    expect(value).toMatchObject({ verdict: 'MAY_NOT', first_failing_rule: 'E-101' });
    const needs = needsOf(value);
    expect(Object.keys(needs)).toEqual(['E-101', 'E-001', 'E-007']);
    expect(needs['E-001']).toMatchObject({ conditions: [{ have: 0.64, want: { at_least: 0.7 } }] });
  });

  it('ELIG-005: touches what is frozen', async () => {
    const frozen: Change = {
      kind: 'configuration_update',
      capability: 'billing_ledger',
      setting: { key: 'rounding_mode', old: 'half_even', new: 'half_up' },
    };
    const { value } = await verdictOn(await propose(world, { changes: [frozen] }));
    expect(value).toMatchObject({ verdict: 'MAY_NOT', first_failing_rule: 'E-102' });
  });

  it('is about something that a human blocks; a failing probe alone does not block', async () => {
    const now = Date.now();
    const signal = {
      scope: 'SYSTEM',
      decision: 'BLOCKED',
      source: 't',
      observed_at: now,
      expires_at: now + 60_000,
    } as const;
    const freeze = { ...signal, signal_id: 'f', kind: 'freeze', author: 'sre@local', reason: 'release' };
    const probe = { ...signal, signal_id: 'p', kind: 'probe', author: null, reason: null };
    await world.sayHealth('SYSTEM', 'HEALTHY', 2, 60_000, [freeze, probe]);
    await healthHeard(service, 2);
    const { value } = await verdictOn(await propose(world, { changes: [lifetime(90)] }));
    expect(value).toMatchObject({ first_failing_rule: 'E-003', retry_helps: true, retry_at: freeze.expires_at });
    expect(needsOf(value)['E-003'].conditions).toHaveLength(1);

    await world.sayHealth('SYSTEM', 'HEALTHY', 3, 600_000, [probe]);
    await healthHeard(service, 3);
    expect((await verdictOn(await propose(world, { changes: [lifetime(90)] }))).value.verdict).toBe('MAY');
  });
});
