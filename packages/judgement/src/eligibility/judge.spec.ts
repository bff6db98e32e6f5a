import { canonicalJson } from '@mandate/contracts';
import { factsOf, freeze, HOUR_MS, NOON, proposal, rival, update } from '../testing/proposals';
import { capability, registry, registryOf } from '../testing/registry';
import type { Facts, JudgedProposal } from './facts';
import { isWaiting, judge, judgeAgain, judgeWith, mustWait, reservationsOf } from './judge';
import { DEFAULT_PARAMETERS, RULES_VERSION, rulesVersionOf } from './v1/parameters';

const first = (judged: JudgedProposal, facts: Facts = factsOf(judged)): string | null =>
  judge(judged, facts).first_failing_rule;
const needOf = (id: string, judged: JudgedProposal, facts: Facts = factsOf(judged)) =>
  judge(judged, facts).rules.find((r) => r.id === id)?.need;
const ill = { health_version: 8, system_health: 'DEGRADED' } as const;

describe('eligibility', () => {
  it('says MAY when no rule fails, and records all ten in the order of the spec', () => {
    const verdict = judge(proposal(), factsOf(proposal()));
    expect(verdict).toMatchObject({ verdict: 'MAY', first_failing_rule: null, retry: { helps: false, at: null } });
    expect(verdict.rules.map((r) => r.id)).toEqual([
      'E-104',
      'E-101',
      'E-102',
      'E-001',
      'E-002',
      'E-003',
      'E-004',
      'E-005',
      'E-006',
      'E-007',
    ]);
    expect(verdict.rules.every((r) => r.passed && r.need === null)).toBe(true);
  });

  it('ELIG-004, E-104: lets nothing pass while SYSTEM is not HEALTHY, and says how long it waited', () => {
    const facts = factsOf(proposal(), { healths: ill, waitingSince: NOON - 25 * HOUR_MS });
    expect(first(proposal(), facts)).toBe('E-104');
    expect(needOf('E-104', proposal(), facts)).toMatchObject({
      text: 'SYSTEM is DEGRADED and must be HEALTHY; waited 25 h of at most 24 h',
      conditions: [{ fact: 'system_health', of: 'SYSTEM', have: 'DEGRADED', want: { equals: 'HEALTHY' } }],
      retry_helps: true,
    });
  });

  it('E-104: lets a proposal that waited pass once SYSTEM is HEALTHY again', () => {
    expect(first(proposal(), factsOf(proposal(), { waitingSince: NOON - 23 * HOUR_MS }))).toBeNull();
  });

  it('AM-06: holds a proposal back for 24 h of ill health, and not a millisecond longer', () => {
    expect(isWaiting('HEALTHY')).toBe(false);
    expect(isWaiting('UNKNOWN')).toBe(true);
    expect(mustWait('DEGRADED', null, NOON)).toBe(true);
    expect(mustWait('DEGRADED', NOON - 24 * HOUR_MS + 1, NOON)).toBe(true);
    expect(mustWait('DEGRADED', NOON - 24 * HOUR_MS, NOON)).toBe(false);
    expect(mustWait('HEALTHY', NOON, NOON)).toBe(false);
  });

  it('E-101: refuses a critical issue that is not escalated', () => {
    expect(first(proposal({ severity: 'critical' }))).toBe('E-101');
  });

  it('E-101, E-004: leaves a critical issue that is escalated to a human', () => {
    expect(first(proposal({ severity: 'critical', recommended_action: 'escalate' }))).toBe('E-004');
  });

  it('ELIG-005, E-102: refuses a frozen capability, whatever else holds', () => {
    const judged = proposal({
      affected_capabilities: ['billing_ledger'],
      suggested_changes: [update('billing_ledger', 'rounding_mode', 'half_even', 'half_up')],
      confidence_score: 1,
    });
    expect(first(judged)).toBe('E-102');
    expect(needOf('E-102', judged)).toMatchObject({
      conditions: [{ fact: 'frozen', of: 'billing_ledger', have: true, want: { equals: false } }],
      retry_helps: false,
    });
  });

  it('E-102: sees a frozen capability that only a change names', () => {
    const judged = proposal({ suggested_changes: [update('billing_ledger', 'rounding_mode', 'half_even', 'half_up')] });
    expect(first(judged)).toBe('E-102');
  });

  it('E-001: refuses below 0.70 and not at it', () => {
    expect(first(proposal({ confidence_score: 0.7 }))).toBeNull();
    expect(first(proposal({ confidence_score: 0.69 }))).toBe('E-001');
    expect(needOf('E-001', proposal({ confidence_score: 0.64 }))).toMatchObject({
      text: 'the confidence is 0.64 and must be at least 0.70',
      conditions: [{ fact: 'confidence_score', of: null, have: 0.64, want: { at_least: 0.7, at_most: 1 } }],
    });
    const strict = factsOf(proposal(), { parameters: { ...DEFAULT_PARAMETERS, confidence_min: 0.705 } });
    expect(needOf('E-001', proposal({ confidence_score: 0.7 }), strict)?.text).toContain(
      '0.70 and must be at least 0.705',
    );
  });

  it.each([Number.NaN, 1.5, -1, Infinity])('E-001: refuses a confidence of %p', (confidence_score) => {
    expect(first(proposal({ confidence_score }))).toBe('E-001');
  });

  it('E-002: refuses a capability that is not in the registry, and names it', () => {
    const judged = proposal({ affected_capabilities: ['teleport'], suggested_changes: [] });
    expect(first(judged)).toBe('E-002');
    expect(needOf('E-002', judged)).toMatchObject({
      text: 'not in the registry: teleport',
      conditions: [{ fact: 'in_registry', of: 'teleport', have: false, want: { equals: true } }],
    });
  });

  it('E-002: refuses when none is named, and when the issue names an unknown one beside a known', () => {
    expect(first(proposal({ affected_capabilities: [] }))).toBe('E-002');
    expect(first(proposal({ unknown_capabilities: ['teleport mode'] }))).toBe('E-002');
  });

  it('E-003: refuses while a signal blocks SYSTEM or an affected capability, and says until when', () => {
    const end = NOON + 6 * HOUR_MS;
    const facts = factsOf(proposal(), { signals: [freeze('search_depth', end)] });
    expect(first(proposal(), facts)).toBe('E-003');
    expect(judge(proposal(), facts).retry).toEqual({ helps: true, at: end });
    expect(needOf('E-003', proposal(), facts)?.text).toContain('until 2025-01-15T18:00:00Z');
    expect(first(proposal(), factsOf(proposal(), { signals: [freeze('SYSTEM', null)] }))).toBe('E-003');
  });

  it('E-003: does not mind a signal on another capability, or one that has just ended', () => {
    const signals = [freeze('bulk_export', null), freeze('search_depth', NOON)];
    expect(first(proposal(), factsOf(proposal(), { signals }))).toBeNull();
    expect(first(proposal(), { ...factsOf(proposal()), signals })).toBeNull();
  });

  it.each([
    ['unknown', 'create_contract'],
    ['escalation', 'create_contract'],
    ['configuration_change', 'defer'],
    ['bug_report', 'reject'],
  ] as const)('E-004: refuses the type %s with the action %s', (issue_type, recommended_action) => {
    expect(first(proposal({ issue_type, recommended_action }))).toBe('E-004');
  });

  it('E-005: refuses a source that is not allowed', () => {
    expect(first(proposal({ source: 'carrier_pigeon' }))).toBe('E-005');
  });

  it('E-006: refuses a target that another contract has taken within 24 h, and names the rival', () => {
    const rivals = [rival('search_depth#max_hops', NOON - HOUR_MS)];
    const facts = factsOf(proposal(), { rivals });
    expect(first(proposal(), facts)).toBe('E-006');
    expect(needOf('E-006', proposal(), facts)).toMatchObject({
      conditions: [
        {
          fact: 'rival',
          of: 'search_depth#max_hops',
          have: { contract_id: 'contract-9', issue_id: 'issue-9', since: NOON - HOUR_MS },
          want: { is_over: true },
        },
      ],
      retry_at: NOON + 23 * HOUR_MS,
    });
  });

  it('E-006: does not mind another key, the enablement, or a rival that is 24 h old', () => {
    const rivals = [
      rival('search_depth', NOON),
      rival('search_depth#other', NOON),
      rival('search_depth#max_hops', NOON - 24 * HOUR_MS),
    ];
    expect(first(proposal(), factsOf(proposal(), { rivals }))).toBeNull();
  });

  it('E-006: does not count the contract judged and its ancestors', () => {
    const rivals = [
      rival('search_depth#max_hops', NOON, { contract_id: 'parent', issue_id: 'issue-1' }),
      rival('search_depth#max_hops', NOON, { contract_id: 'contract-1', issue_id: 'issue-1' }),
    ];
    const revision = proposal({ contract_id: 'contract-1', revision: 1 });
    expect(first(revision, factsOf(revision, { rivals }))).toBeNull();
    expect(first(proposal(), factsOf(proposal(), { rivals }))).toBe('E-006');
  });

  it('E-006: of two proposals for one target in a batch, the second sees the first', () => {
    const second = proposal({ issue_id: 'issue-2' });
    const rivals = reservationsOf(proposal(), NOON);
    expect(first(second, factsOf(second, { rivals }))).toBe('E-006');
  });

  it('ELIG-003: decides by the first rule that fails and still evaluates the others', () => {
    const judged = proposal({ confidence_score: 0.1, source: 'nowhere', severity: 'critical' });
    const verdict = judge(judged, factsOf(judged));
    expect(verdict.first_failing_rule).toBe('E-101');
    expect(verdict.rules.filter((r) => !r.passed).map((r) => r.id)).toEqual(['E-101', 'E-001', 'E-005']);
  });

  it('ELIG-002: gives every failing rule a need, in words and in values', () => {
    const judged = proposal({ confidence_score: 0.1, suggested_changes: [], affected_capabilities: [] });
    for (const rule of judge(judged, factsOf(judged, { healths: ill })).rules) {
      expect(rule.passed).toBe(rule.need === null);
      if (rule.need !== null) expect(rule.need.text.length).toBeGreaterThan(10);
    }
  });

  it('ELIG-002: takes a rule that cannot be evaluated as failed', () => {
    const broken = { ...factsOf(proposal()), signals: null } as unknown as Facts;
    expect(first(proposal(), broken)).toBe('E-003');
    expect(needOf('E-003', proposal(), broken)?.text).toBe(
      'rule E-003 could not be evaluated on these facts: TypeError',
    );
    expect(judge(null as unknown as JudgedProposal, broken).verdict).toBe('MAY_NOT');
    const lawless = { ...factsOf(proposal()), rules: undefined } as unknown as Facts;
    expect(needOf('E-005', proposal(), lawless)?.text).toContain('they do not say the parameters to judge by');
  });
});

describe('judging again', () => {
  it('ELIG-001: gives the same bytes from the recorded facts', () => {
    const judged = proposal();
    const facts = factsOf(judged, {
      rivals: [rival('search_depth#max_hops', NOON)],
      signals: [freeze('SYSTEM', null)],
    });
    const again = judgeAgain(canonicalJson(facts), judged, RULES_VERSION);
    expect(again).toMatchObject({ outcome: 'JUDGED', json: canonicalJson(judge(judged, facts)) });
  });

  it('does not accept rules it was not told of, facts that are no JSON, or facts of other rules than the verdict', () => {
    const lax = { ...DEFAULT_PARAMETERS, confidence_min: 0 };
    const facts = canonicalJson(factsOf(proposal()));
    const laxly = canonicalJson(factsOf(proposal(), { parameters: lax }));
    expect(judgeAgain(laxly, proposal(), rulesVersionOf(lax)).outcome).toBe('UNKNOWN_RULES');
    expect(judgeAgain(laxly, proposal(), rulesVersionOf(lax), [lax]).outcome).toBe('JUDGED');
    expect(judgeAgain(laxly, proposal(), rulesVersionOf(lax), null).outcome).toBe('JUDGED');
    expect(judgeAgain('{', proposal(), RULES_VERSION).outcome).toBe('UNREADABLE_FACTS');
    expect(judgeAgain('{}', proposal(), RULES_VERSION).outcome).toBe('UNREADABLE_FACTS');
    expect(judgeAgain(laxly, proposal(), RULES_VERSION).outcome).toBe('UNREADABLE_FACTS');
    const disguised = facts.replace('"confidence_min":0.7', '"confidence_min":0.1');
    expect(judgeAgain(disguised, proposal(), RULES_VERSION).outcome).toBe('UNKNOWN_RULES');
  });

  it('names the same rules version for the same parameters, in any order of the sources', () => {
    const sources_allowed = [...DEFAULT_PARAMETERS.sources_allowed].reverse();
    expect(rulesVersionOf({ ...DEFAULT_PARAMETERS, sources_allowed })).toBe(RULES_VERSION);
  });

  it.each([
    { confidence_min: 0.71 },
    { sources_allowed: ['ops_alert'] },
    { rival_window_ms: 1 },
    { health_wait_ms_max: 1 },
  ])('ELIG-001: another parameter is another rules version and digest, said in the verdict: %p', (more) => {
    const other = judge(proposal(), factsOf(proposal(), { parameters: { ...DEFAULT_PARAMETERS, ...more } }));
    const usual = judge(proposal(), factsOf(proposal()));
    expect(other.rules_version).not.toBe(usual.rules_version);
    expect(other.rules_digest).not.toBe(usual.rules_digest);
    expect(usual.rules_version).toBe(`1-${usual.rules_digest.slice(0, 12)}`);
  });

  it('ELIG-001: by draft parameters gives what would have been said by them', () => {
    const draft = { ...DEFAULT_PARAMETERS, confidence_min: 0.96 };
    expect(judgeWith(proposal(), factsOf(proposal()), draft)).toEqual(
      judge(proposal(), factsOf(proposal(), { parameters: draft })),
    );
    expect(judgeWith(proposal(), factsOf(proposal()), draft).first_failing_rule).toBe('E-001');
  });
});

describe('the facts of a verdict', () => {
  it('hold only what the proposal touches', () => {
    const signals = [freeze('bulk_export', null), freeze('SYSTEM', NOON - 1)];
    const facts = factsOf(proposal(), { signals, rivals: [rival('bulk_export', NOON)] });
    expect(facts).toMatchObject({ registry_version: 1, health_version: 7, signals: [], rivals: [] });
    expect(facts.capabilities.map((c) => c.name)).toEqual(['search_depth']);
    expect(facts.capabilities[0]?.keys.map((k) => [k.key, k.value])).toEqual([['max_hops', 3]]);
  });

  it('say that a capability is missing', () => {
    const judged = proposal({ affected_capabilities: ['gone'] });
    const facts = factsOf(judged, { registry: registryOf(capability('search_depth', [], [])) });
    expect(facts.capabilities.find((c) => c.name === 'gone')?.exists).toBe(false);
    expect(registry.capabilities.has('gone')).toBe(false);
  });
});
