import { active, after, approved, DAY, deepenSearch, eligible, facts, HOUR, NOW, raiseLimit } from './testing/fixtures';
import { codes, given, types } from './testing/specification';

const attempt = { type: 'try-activation' as const };

describe('activation', () => {
  it('CONTRACT-003: becomes ACTIVE inside the window, not before it', () => {
    const contract = approved({ window_start: NOW + HOUR, window_end: NOW + DAY });
    expect(given(contract).when(attempt, NOW + HOUR - 1).events).toEqual([]);
    expect(given(contract).when(attempt, NOW + HOUR).contract).toMatchObject({
      status: 'ACTIVE',
      activatedAt: NOW + HOUR,
    });
  });

  it('AM-07, AM-09: expires when its steps no longer fit into the window', () => {
    const contract = approved();
    expect(given(contract).when(attempt, NOW + DAY - 5_000).contract.status).toBe('ACTIVE');
    const then = given(contract).when(attempt, NOW + DAY - 4_999);
    expect(then.contract.status).toBe('EXPIRED');
    expect(codes(then)).toEqual(['WINDOW_PASSED']);
  });

  it('SM-001: only an approved contract becomes ACTIVE', () => {
    expect(given(eligible()).when(attempt).events).toEqual([]);
    expect(given(active()).when(attempt).events).toEqual([]);
  });

  it.each([
    ['HEALTH', { health: { SYSTEM: 'DEGRADED' } }],
    ['HEALTH', { health: { api_rate_limit: 'UNKNOWN' } }],
    ['BLOCKED', { blocked: ['api_rate_limit'] }],
    ['FROZEN', { frozen: ['api_rate_limit'] }],
    ['PLAN_STALE', { limit: 120 }],
    ['HELD_BY', { holders: { api_rate_limit: 'another contract' } }],
  ] as const)('waits with reason %s, records it once and goes on by itself', (reason, world) => {
    const first = given(approved()).when(attempt, NOW, facts(world));
    expect(codes(first)).toEqual([reason]);
    expect(first.contract).toMatchObject({ status: 'APPROVED', waiting: { reason, since: NOW } });
    expect(given(first.contract).when(attempt, NOW + 1, facts(world)).events).toEqual([]);
    expect(given(first.contract).when(attempt, NOW + 2).contract.status).toBe('ACTIVE');
  });

  it('records another reason when it changes', () => {
    const waits = after(approved(), [attempt, NOW, facts({ health: { SYSTEM: 'UNKNOWN' } })]);
    expect(codes(given(waits).when(attempt, NOW + 1, facts({ blocked: ['SYSTEM'] })))).toEqual(['BLOCKED']);
  });

  it('HOLD-001: takes all its capabilities or none', () => {
    const two = { changes: [raiseLimit, deepenSearch], affectedCapabilities: ['api_rate_limit', 'search_depth'] };
    const contract = approved({}, two);
    expect(codes(given(contract).when(attempt, NOW, facts({ holders: { search_depth: 'another' } })))).toEqual([
      'HELD_BY',
    ]);
  });

  it('lets a later change start from what an earlier one of the same plan leaves', () => {
    const again = { ...raiseLimit, setting: { ...raiseLimit.setting, old: 200, new: 300 } };
    expect(types(given(approved({}, { changes: [raiseLimit, again] })).when(attempt))).toEqual(['activated']);
  });
});

describe("the auditor's verdict (PART2-004)", () => {
  const conclude = (verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE') => ({
    type: 'conclude' as const,
    verdict,
    reason: 'so it is',
  });

  it('CONTRACT-004, AUDIT-002, SM-003: COMPLETED on PASS only', () => {
    expect(given(active()).when(conclude('PASS')).contract).toMatchObject({
      status: 'COMPLETED',
      auditVerdict: 'PASS',
    });
  });

  it('SM-004, AUDIT-003: FAILED on FAIL', () => {
    expect(given(active()).when(conclude('FAIL')).contract).toMatchObject({
      status: 'FAILED',
      auditVerdict: 'FAIL',
      reason: 'so it is',
    });
  });

  it('stays ACTIVE on INCONCLUSIVE, and may still end either way', () => {
    const then = given(active()).when(conclude('INCONCLUSIVE'));
    expect(then.contract).toMatchObject({ status: 'ACTIVE', auditVerdict: 'INCONCLUSIVE' });
    expect(given(then.contract).when(conclude('FAIL')).contract.status).toBe('FAILED');
  });

  it('CONTRACT-005: a FAIL is never turned into a PASS', () => {
    const failed = after(active(), [conclude('FAIL'), NOW]);
    expect(given(failed).when(conclude('PASS')).events).toEqual([]);
    expect(given(approved()).when(conclude('PASS')).events).toEqual([]);
  });
});

describe('what changed since the approval', () => {
  it('is told while it waits, what was and what is, and told again only when it is something else', () => {
    const bad = facts({
      health: { SYSTEM: 'DEGRADED' },
      blocked: ['api_rate_limit'],
      holders: { api_rate_limit: 'c9' },
    });
    const first = given(approved()).when(attempt, NOW + 1, bad);
    expect(first.contract).toMatchObject({
      waiting: { reason: 'HEALTH', since: NOW + 1 },
      sinceApproval: [
        { fact: 'HEALTH', subject: 'SYSTEM', atApproval: 'HEALTHY', now: 'DEGRADED' },
        { fact: 'SIGNAL', subject: 'api_rate_limit', atApproval: 'none', now: 'a freeze' },
        { fact: 'RIVAL', subject: 'api_rate_limit', atApproval: 'none', now: 'c9' },
      ],
    });
    expect(given(first.contract).when(attempt, NOW + 2, bad).events).toEqual([]);
    const better = given(first.contract).when(attempt, NOW + 3, facts({ health: { SYSTEM: 'DEGRADED' } }));
    expect(codes(better)).toEqual(['HEALTH']);
    expect(better.contract).toMatchObject({ waiting: { since: NOW + 1 }, sinceApproval: [{ fact: 'HEALTH' }] });
  });

  it('names a value that moved under an approved plan', () => {
    expect(given(approved()).when(attempt, NOW + 1, facts({ limit: 120 })).contract).toMatchObject({
      waiting: { reason: 'PLAN_STALE' },
      sinceApproval: [{ fact: 'VALUE', subject: 'api_rate_limit#requests_per_minute', atApproval: '100', now: '120' }],
    });
  });

  it('is nothing where all is as it was, and stays with the contract from activation on', () => {
    expect(active()).toMatchObject({ status: 'ACTIVE', sinceApproval: [] });
    const stale = after(approved(), [attempt, NOW, facts({ frozen: ['api_rate_limit'] })], [attempt, NOW + 1]);
    expect(stale).toMatchObject({ status: 'ACTIVE', sinceApproval: [] });
  });
});
