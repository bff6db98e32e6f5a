import { sha256 } from '@mandate/contracts';
import {
  active,
  after,
  approval,
  approved,
  CONSTRAINTS,
  DAY,
  decision,
  eligible,
  facts,
  NOW,
} from './testing/fixtures';
import { codes, given } from './testing/specification';

describe('APPROVE', () => {
  it('CONTRACT-002, REVIEW-003: sets who approved, when, and the window', () => {
    const contract = eligible();
    const then = given(contract).when(approval(contract), NOW + 5);
    expect(then.contract).toMatchObject({
      status: 'APPROVED',
      version: 4,
      approval: {
        approvedBy: 'founder@example.com',
        approvedAt: NOW + 5,
        windowStart: NOW,
        windowEnd: NOW + DAY,
        stepTimeoutMs: 5_000,
      },
    });
  });

  it('takes the same approval twice as one', () => {
    const contract = eligible();
    const approve = approval(contract);
    expect(given(after(contract, [approve, NOW])).when(approve).events).toEqual([]);
  });

  it('REVIEW-006: refuses at the very instant of expiry, not a moment before', () => {
    const contract = eligible();
    const at = NOW + 7 * DAY;
    const late = approval(contract, { window_start: at, window_end: at + DAY });
    expect(codes(given(contract).when(late, at))).toEqual(['ALREADY_EXPIRED']);
    expect(given(contract).when(late, at - 1).contract.status).toBe('APPROVED');
  });

  it.each([
    ['HEALTH_UNKNOWN', { health: { SYSTEM: 'UNKNOWN' } }],
    ['HEALTH_UNKNOWN', { health: { api_rate_limit: 'UNKNOWN' } }],
    ['HEALTH_NOT_HEALTHY', { health: { SYSTEM: 'DEGRADED' } }],
    ['HEALTH_NOT_HEALTHY', { health: { api_rate_limit: 'UNHEALTHY' } }],
    ['CAPABILITY_FROZEN', { frozen: ['api_rate_limit'] }],
    ['CAPABILITY_BLOCKED', { blocked: ['SYSTEM'] }],
    ['CAPABILITY_BLOCKED', { blocked: ['api_rate_limit'] }],
  ] as const)('AM-05: refuses with %s', (code, world) => {
    const contract = eligible();
    const then = given(contract).when(approval(contract), NOW, facts(world));
    expect(codes(then)).toEqual([code]);
    expect(then.contract).toMatchObject({ status: 'ELIGIBLE', version: 4 });
  });

  it("looks at no other capability's health, freeze or signals", () => {
    const contract = eligible();
    const elsewhere = facts({ health: { billing: 'UNHEALTHY' }, frozen: ['billing'], blocked: ['billing'] });
    expect(given(contract).when(approval(contract), NOW, elsewhere).contract.status).toBe('APPROVED');
  });

  it.each([
    ['WINDOW_EMPTY', { window_start: NOW + DAY, window_end: NOW + DAY }],
    ['WINDOW_IN_PAST', { window_start: NOW - 60_001, window_end: NOW + DAY }],
    ['WINDOW_IN_PAST', { window_start: NOW - 50_000, window_end: NOW }],
    ['WINDOW_TOO_FAR', { window_start: NOW + 30 * DAY + 1, window_end: NOW + 31 * DAY }],
    ['WINDOW_TOO_LONG', { window_start: NOW, window_end: NOW + 7 * DAY + 1 }],
    ['CONSTRAINTS_WIDENED', { constraints: { ...CONSTRAINTS, max_duration_ms: 60_001 } }],
    ['CONSTRAINTS_WIDENED', { constraints: { ...CONSTRAINTS, step_timeout_ms: 5_001 } }],
    ['CONSTRAINTS_WIDENED', { constraints: { ...CONSTRAINTS, steps_per_minute: 61 } }],
    ['STATEMENT_UNREADABLE', { constraints: { ...CONSTRAINTS, steps_per_minute: 0 } }],
    ['STATEMENT_UNREADABLE', { constraints: null as never }],
    ['STATEMENT_FOR_ANOTHER_CONTRACT', { contract_id: '01900000-0000-7000-8000-0000000000ff' }],
    ['STATEMENT_FOR_ANOTHER_DOSSIER', { dossier_digest: sha256('x').toString('hex') }],
    ['STATEMENT_FOR_ANOTHER_PLAN', { plan_digest: sha256('x').toString('hex') }],
    ['STATEMENT_EXPIRED', { not_after: NOW - 1 }],
    ['FOUNDER_KEY_UNKNOWN', { founder: 'mallory@example.com' }],
  ] as const)('REVIEW-003, AM-21: refuses a statement with %s', (code, more) => {
    const contract = eligible();
    expect(codes(given(contract).when(approval(contract, more)))).toEqual([code]);
  });

  it('AM-21: takes the last moments of every bound', () => {
    const contract = eligible();
    const takes = (more: object) => given(contract).when(approval(contract, more)).contract.status;
    expect(takes({ window_start: NOW - 60_000, window_end: NOW + DAY })).toBe('APPROVED');
    expect(takes({ window_start: NOW + 30 * DAY, window_end: NOW + 37 * DAY })).toBe('APPROVED');
    expect(takes({ constraints: { ...CONSTRAINTS, steps_per_minute: 1, allowed_targets: ['api_rate_limit'] } })).toBe(
      'APPROVED',
    );
  });

  it('PART2-002, AM-13: refuses without a signature, and with one that does not fit', () => {
    const contract = eligible();
    const good = approval(contract);
    expect(codes(given(contract).when({ ...good, signed: null }))).toEqual(['SIGNATURE_MISSING']);
    const other = approval(contract, { nonce: 'n2' });
    const swapped = { ...good.signed, signature: other.signed?.signature } as NonNullable<typeof good.signed>;
    expect(codes(given(contract).when({ ...good, signed: swapped }))).toEqual(['FOUNDER_SIGNATURE_INVALID']);
    expect(codes(given(contract).when(good, NOW, { ...facts(), founders: [] }))).toEqual(['FOUNDER_KEY_UNKNOWN']);
  });

  it('refuses an approval of a dossier that has changed, or that names none', () => {
    const contract = eligible();
    for (const dossierDigest of [sha256('another'), null]) {
      expect(codes(given(contract).when({ ...approval(contract), dossierDigest }))).toEqual(['DOSSIER_CHANGED']);
    }
  });

  it('refuses while a clarification is open, and takes it once it is answered', () => {
    const contract = eligible();
    const asked = after(contract, [
      { ...decision('q', 'How many?'), type: 'request-clarification', requestId: 'r1' },
      NOW,
    ]);
    expect(codes(given(asked).when(approval(contract)))).toEqual(['CLARIFICATION_OPEN']);
    const answered = after(asked, [{ ...decision('a', '200'), type: 'provide-clarification', requestId: 'r1' }, NOW]);
    expect(given(answered).when(approval(contract)).contract.status).toBe('APPROVED');
  });

  it('REVIEW-001: only ELIGIBLE contracts can be approved', () => {
    const other = approval(eligible(), {}, 'k2');
    const rejected = after(eligible(), [{ ...decision('r', 'This is not wanted.'), type: 'reject' }, NOW]);
    const expired = after(eligible(), [{ type: 'review-due' }, NOW + 7 * DAY]);
    expect(codes(given(approved()).when(other))).toEqual(['ALREADY_DECIDED']);
    expect(codes(given(active()).when(other))).toEqual(['ALREADY_DECIDED']);
    expect(codes(given(rejected).when(other))).toEqual(['ALREADY_TERMINAL']);
    expect(codes(given(expired).when(other))).toEqual(['ALREADY_EXPIRED']);
    expect(codes(given({ ...eligible(), status: 'DRAFT' } as never).when(other))).toEqual(['NOT_ELIGIBLE']);
  });
});
