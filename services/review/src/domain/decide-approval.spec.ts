import { generateKeyPairSync } from 'node:crypto';
import { type ApprovalStatement, CONTRACT_STATES, type RefusalCode, sha256 } from '@mandate/contracts';
import type { Circumstances, HealthSeen, ReviewedContract } from './contract';
import { decide } from './decide';
import { approvalObstacle } from './decide-approval';
import {
  approve,
  circumstances,
  codeOf,
  constraints,
  contract,
  DAY_MS,
  HOUR_MS,
  health,
  keyId,
  NOON,
  signed,
  statement,
} from './testing/fixtures';

describe('an approval', () => {
  it('is accepted with a founder’s signature over what was shown', () => {
    expect(decide(approve(), contract(), circumstances())).toBeNull();
  });

  it.each<[RefusalCode, Partial<ReviewedContract>]>([
    ['NOT_ELIGIBLE', { status: 'DRAFT' }],
    ['NOT_ELIGIBLE', { status: 'VALIDATED' }],
    ['ALREADY_DECIDED', { status: 'APPROVED' }],
    ['ALREADY_DECIDED', { status: 'ACTIVE' }],
    ['ALREADY_TERMINAL', { status: 'COMPLETED' }],
    ['ALREADY_TERMINAL', { status: 'FAILED' }],
    ['ALREADY_TERMINAL', { status: 'REJECTED' }],
    ['ALREADY_TERMINAL', { status: 'SUPERSEDED' }],
    ['ALREADY_EXPIRED', { status: 'EXPIRED' }],
    ['CLARIFICATION_OPEN', { isClarificationOpen: true }],
    ['DOSSIER_UNSOUND', { isSound: false }],
  ])('REVIEW-001: is refused with %s for %j', (code, but) => {
    expect(codeOf(approve(), contract(but), circumstances())).toBe(code);
  });

  it('is refused for a contract that is not known', () =>
    expect(codeOf(approve(), null, circumstances())).toBe('NOT_FOUND'));

  it('REVIEW-006: is refused at the very instant of expiry, not before it and not while the clock is stopped', () => {
    expect(codeOf(approve(), contract({ expiresAt: NOON }), circumstances())).toBe('ALREADY_EXPIRED');
    expect(codeOf(approve(), contract({ expiresAt: NOON + 1 }), circumstances())).toBeUndefined();
    expect(codeOf(approve(), contract({ expiresAt: NOON, isPaused: true }), circumstances())).toBeUndefined();
  });

  it.each<[RefusalCode, string, HealthSeen]>([
    ['HEALTH_UNKNOWN', 'SYSTEM', health({ SYSTEM: 'UNKNOWN' })],
    ['HEALTH_UNKNOWN', 'search', health({ search: 'UNKNOWN' })],
    ['HEALTH_NOT_HEALTHY', 'SYSTEM is DEGRADED', health({ SYSTEM: 'DEGRADED' })],
    ['HEALTH_NOT_HEALTHY', 'search is UNHEALTHY', health({ search: 'UNHEALTHY' })],
    ['CAPABILITY_BLOCKED', 'search: year end', health({}, [{ scope: 'search', reason: 'year end' }])],
    ['CAPABILITY_BLOCKED', 'SYSTEM', health({}, [{ scope: 'SYSTEM', reason: null }])],
  ])('HEALTH-001: is refused with %s (%s)', (code, about, seen) => {
    expect(decide(approve(), contract(), circumstances({ health: seen }))).toEqual({ code, about });
  });

  it('is not refused for the health of what it does not touch', () => {
    expect(decide(approve(), contract(), circumstances({ health: health({ billing: 'UNHEALTHY' }) }))).toBeNull();
  });

  it('is refused for a frozen capability', () => {
    const capabilities = new Map([
      ['search', { definition: { frozen: true } }],
    ]) as unknown as Circumstances['capabilities'];
    expect(decide(approve(), contract(), circumstances({ capabilities }))).toEqual({
      code: 'CAPABILITY_FROZEN',
      about: 'search',
    });
  });

  it('is refused if another dossier was shown, or none is named', () => {
    expect(codeOf(approve({ dossierSeen: sha256('older') }), contract(), circumstances())).toBe('DOSSIER_CHANGED');
    expect(codeOf(approve({ dossierSeen: null }), contract(), circumstances())).toBe('DOSSIER_CHANGED');
  });

  it('PART2-002: is refused without a valid signature of a registered founder', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect(codeOf(approve({ approval: null }), contract(), circumstances())).toBe('SIGNATURE_MISSING');
    expect(codeOf(approve({ approval: signed(statement(), stranger) }), contract(), circumstances())).toBe(
      'FOUNDER_SIGNATURE_INVALID',
    );
    expect(codeOf(approve(), contract(), circumstances({ founders: [] }))).toBe('FOUNDER_KEY_UNKNOWN');
    const unreadable = { statement: Buffer.from('{}'), signature: Buffer.alloc(64), keyId };
    expect(codeOf(approve({ approval: unreadable }), contract(), circumstances())).toBe('STATEMENT_UNREADABLE');
  });

  it.each<[RefusalCode, Partial<ApprovalStatement>]>([
    ['STATEMENT_FOR_ANOTHER_CONTRACT', { contract_id: '018f0000-0000-7000-8000-000000000002' }],
    ['STATEMENT_FOR_ANOTHER_DOSSIER', { dossier_digest: sha256('older').toString('hex') }],
    ['STATEMENT_FOR_ANOTHER_PLAN', { plan_digest: sha256('other').toString('hex') }],
    ['STATEMENT_EXPIRED', { not_after: NOON - 1 }],
    ['STATEMENT_UNREADABLE', { constraints: {} as never }],
    ['CONSTRAINTS_WIDENED', { constraints: { ...constraints, step_timeout_ms: 5_001 } }],
  ])('is refused with %s', (code, but) => {
    expect(codeOf(approve({ approval: signed(statement(but)) }))).toBe(code);
  });

  it('is refused if another than the signed-in founder signed it', () => {
    expect(decide(approve({ actor: 'max' }), contract(), circumstances())).toEqual({
      code: 'STATEMENT_FOR_ANOTHER_FOUNDER',
      about: 'fay',
    });
  });

  it.each<[RefusalCode | undefined, number, number]>([
    ['WINDOW_EMPTY', NOON, NOON],
    ['WINDOW_IN_PAST', NOON - 60_001, NOON + HOUR_MS],
    ['WINDOW_IN_PAST', NOON - 1_000, NOON],
    [undefined, NOON - 60_000, NOON + HOUR_MS],
    ['WINDOW_TOO_FAR', NOON + 30 * DAY_MS + 1, NOON + 31 * DAY_MS],
    [undefined, NOON + 30 * DAY_MS, NOON + 31 * DAY_MS],
    ['WINDOW_TOO_LONG', NOON, NOON + 7 * DAY_MS + 1],
    [undefined, NOON, NOON + 7 * DAY_MS],
  ])('REVIEW-003: is answered %s for a window from %i to %i', (code, window_start, window_end) => {
    expect(codeOf(approve({ approval: signed(statement({ window_start, window_end })) }))).toBe(code);
  });
});

describe('what is offered', () => {
  it('is what would be accepted but for the statement', () => {
    for (const status of CONTRACT_STATES) {
      const at = circumstances();
      expect(approvalObstacle(contract({ status }), at)).toEqual(decide(approve(), contract({ status }), at));
    }
  });
});
