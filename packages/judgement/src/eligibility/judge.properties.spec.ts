import { canonicalJson, LEVELS } from '@mandate/contracts';
import fc from 'fast-check';
import { freeze, HOUR_MS, NOON, proposal, rival, update } from '../testing/proposals';
import { registry } from '../testing/registry';
import type { Facts, JudgedProposal, SystemHealth } from './facts';
import { factsFor } from './facts-for';
import { judge, judgeAgain } from './judge';
import { RULES_VERSION } from './v1/parameters';

const names = [...registry.capabilities.keys(), 'teleport'];
const changes = [
  update('search_depth', 'max_hops', 3, 5),
  update('search_depth', 'max_hops', 3, 99),
  update('api_rate_limit', 'burst', 20, 30),
  update('billing_ledger', 'rounding_mode', 'half_even', 'half_up'),
  update('teleport', 'speed', 1, 2),
];

const anyProposal: fc.Arbitrary<JudgedProposal> = fc
  .record({
    issue_type: fc.constantFrom('capability_request', 'bug_report', 'configuration_change', 'escalation', 'unknown'),
    severity: fc.constantFrom(...LEVELS),
    recommended_action: fc.constantFrom('create_contract', 'create_contract', 'defer', 'reject', 'escalate'),
    confidence_score: fc.integer({ min: 50, max: 100 }).map((n) => n / 100),
    suggested_changes: fc.subarray(changes, { maxLength: 2 }),
    source: fc.constantFrom('crm_feedback', 'support_ticket', 'ops_alert', 'elsewhere'),
    revision: fc.integer({ min: 0, max: 1 }),
  })
  .map((more) => {
    const affected_capabilities = [...new Set(more.suggested_changes.map((c) => c.capability))].sort();
    return proposal({ ...more, affected_capabilities } as Partial<JudgedProposal>);
  });

const anySignal = fc
  .tuple(fc.constantFrom('SYSTEM', ...names), fc.constantFrom(null, NOON - 1, NOON, NOON + HOUR_MS))
  .map(([scope, end]) => freeze(scope, end));
const anyRival = fc
  .tuple(
    fc.constantFrom('search_depth#max_hops', 'api_rate_limit#burst', 'bulk_export'),
    fc.integer({ min: NOON - 48 * HOUR_MS, max: NOON }),
    fc.constantFrom('issue-1', 'issue-2'),
    fc.constantFrom('contract-1', null),
  )
  .map(([target, since, issue_id, contract_id]) => rival(target, since, { issue_id, contract_id }));
const anyHealth = fc.constantFrom<SystemHealth>('HEALTHY', 'HEALTHY', 'HEALTHY', 'DEGRADED', 'UNHEALTHY', 'UNKNOWN');

const anyCase = fc
  .record({
    judged: anyProposal,
    health: anyHealth,
    signals: fc.array(anySignal, { maxLength: 3 }),
    rivals: fc.array(anyRival, { maxLength: 3 }),
  })
  .map(({ judged, health, signals, rivals }): { judged: JudgedProposal; facts: Facts } => {
    const healths = { health_version: 1, system_health: health };
    return { judged, facts: factsFor(judged, registry, healths, signals, rivals, NOON, null) };
  });

describe('eligibility, for all proposals and facts', () => {
  it('ELIG-001: is deterministic, and gives the same bytes from recorded facts', () => {
    fc.assert(
      fc.property(anyCase, ({ judged, facts }) => {
        const bytes = canonicalJson(judge(judged, facts));
        expect(canonicalJson(judge(judged, facts))).toBe(bytes);
        expect(judgeAgain(canonicalJson(facts), judged, RULES_VERSION)).toMatchObject({
          outcome: 'JUDGED',
          json: bytes,
        });
      }),
    );
  });

  it('ELIG-001: does not depend on the order of facts', () => {
    const shuffled = anyCase.chain(({ judged, facts }) => {
      const order = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
      return fc
        .tuple(order(facts.capabilities), order(facts.signals), order(facts.rivals))
        .map(([capabilities, signals, rivals]) => ({
          judged,
          facts,
          other: { ...facts, capabilities, signals, rivals },
        }));
    });
    fc.assert(
      fc.property(shuffled, ({ judged, facts, other }) => {
        expect(canonicalJson(judge(judged, other))).toBe(canonicalJson(judge(judged, facts)));
      }),
    );
  });

  it('ELIG-002: says MAY exactly when no rule fails, and gives every failure its need', () => {
    fc.assert(
      fc.property(anyCase, ({ judged, facts }) => {
        const { verdict, rules, first_failing_rule } = judge(judged, facts);
        expect(verdict === 'MAY').toBe(rules.every((r) => r.passed));
        expect(first_failing_rule).toBe(rules.find((r) => !r.passed)?.id ?? null);
        expect(rules.every((r) => r.passed === (r.need === null))).toBe(true);
      }),
    );
  });

  it('ELIG-003: adding a failing fact never turns MAY_NOT into MAY', () => {
    fc.assert(
      fc.property(anyCase, anySignal, anyRival, ({ judged, facts }, signal, other) => {
        fc.pre(judge(judged, facts).verdict === 'MAY_NOT');
        const worse: readonly Facts[] = [
          { ...facts, signals: [...facts.signals, signal] },
          { ...facts, rivals: [...facts.rivals, other] },
          { ...facts, system_health: 'DEGRADED' },
          { ...facts, capabilities: facts.capabilities.map((c) => ({ ...c, frozen: true })) },
          { ...facts, capabilities: facts.capabilities.map((c) => ({ ...c, exists: false })) },
        ];
        for (const w of worse) expect(judge(judged, w).verdict).toBe('MAY_NOT');
      }),
    );
  });

  it('ELIG-004: no proposal passes while SYSTEM is not HEALTHY', () => {
    fc.assert(
      fc.property(anyCase, ({ judged, facts }) => {
        fc.pre(facts.system_health !== 'HEALTHY');
        expect(judge(judged, facts).first_failing_rule).toBe('E-104');
      }),
    );
  });

  it('ELIG-005: no proposal that touches a frozen capability passes', () => {
    fc.assert(
      fc.property(anyCase, ({ judged, facts }) => {
        fc.pre(facts.capabilities.some((c) => c.frozen));
        expect(judge(judged, facts).rules.find((r) => r.id === 'E-102')?.passed).toBe(false);
      }),
    );
  });

  it('ELIG-002: never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (judged, facts) => {
        expect(judge(judged as JudgedProposal, facts as Facts).verdict).toBe('MAY_NOT');
      }),
    );
  });
});
