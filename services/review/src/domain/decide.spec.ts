import { generateKeyPairSync } from 'node:crypto';
import {
  type ApprovalStatement,
  CONTRACT_STATES,
  keyIdOf,
  type RefusalCode,
  rawPublicKey,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Approve, Reject } from './action';
import type { Circumstances, HealthSeen, ReviewedContract } from './contract';
import { approvalObstacle, decide, rejectionObstacle } from './decide';

const NOON = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { privateKey: founderKey } = generateKeyPairSync('ed25519');
const keyId = keyIdOf(founderKey);
const ID = '018f0000-0000-7000-8000-000000000001';
const [dossierDigest, planDigest] = [sha256('dossier'), sha256('plan')];
const constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 5_000,
  steps_per_minute: 60,
  allowed_targets: ['a', 'b'],
};

const contract = (but: Partial<ReviewedContract> = {}): ReviewedContract => ({
  ...{
    contractId: ID,
    version: 3,
    status: 'ELIGIBLE',
    expiresAt: NOON + DAY_MS,
    isPaused: false,
    isClarificationOpen: false,
  },
  ...{ dossierDigest, planDigest, affectedCapabilities: ['search'], constraints, isSound: true },
  ...but,
});
const health = (
  states: Record<string, ReturnType<HealthSeen['stateOf']>> = {},
  signals: { scope: string; reason: string | null }[] = [],
): HealthSeen => ({
  stateOf: (scope) => states[scope] ?? 'HEALTHY',
  blockingSignals: () => signals,
});
const circumstances = (but: Partial<Circumstances> = {}): Circumstances => ({
  ...{ now: NOON, health: health(), capabilities: new Map() },
  founders: [
    { founder: 'fay', key_id: keyId, kind: 'ed25519', public_key: rawPublicKey(founderKey).toString('base64') },
  ],
  ...but,
});
const statement = (but: Partial<ApprovalStatement> = {}): ApprovalStatement => ({
  ...{ format: 'mandate-approval-v1', purpose: 'APPROVE', contract_id: ID },
  ...{ dossier_digest: dossierDigest.toString('hex'), plan_digest: planDigest.toString('hex') },
  ...{
    window_start: NOON,
    window_end: NOON + DAY_MS,
    constraints,
    founder: 'fay',
    session_id: 's',
    nonce: 'n',
    not_after: NOON + HOUR_MS,
  },
  ...but,
});
const signed = (but: Partial<ApprovalStatement> = {}, key = founderKey): Approve['approval'] => {
  const whole = statement(but);
  return { statement: statementBytes(whole), signature: signStatement(whole, key), keyId };
};
const approve = (but: Partial<Approve> = {}): Approve => ({
  kind: 'APPROVE',
  contractId: ID,
  actor: 'fay',
  dossierSeen: dossierDigest,
  approval: signed(),
  ...but,
});
const reject = (reason = 'not in this quarter', but: Partial<Reject> = {}): Reject => ({
  kind: 'REJECT',
  contractId: ID,
  actor: 'fay',
  dossierSeen: null,
  reason,
  ...but,
});
const signing = (but: Partial<ApprovalStatement>): Approve => approve({ approval: signed(but) });
const codeOf = (...args: Parameters<typeof decide>): RefusalCode | undefined => decide(...args)?.code;

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
    expect(codeOf(approve({ approval: signed({}, stranger) }), contract(), circumstances())).toBe(
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
    expect(codeOf(signing(but), contract(), circumstances())).toBe(code);
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
    expect(codeOf(signing({ window_start, window_end }), contract(), circumstances())).toBe(code);
  });
});

describe('a rejection', () => {
  it.each(['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'] as const)('is accepted while the contract is %s', (status) => {
    expect(decide(reject(), contract({ status }), circumstances())).toBeNull();
  });

  it('is refused once the change is being executed or the contract has ended', () => {
    expect(codeOf(reject(), contract({ status: 'ACTIVE' }), circumstances())).toBe('ALREADY_ACTIVE');
    expect(codeOf(reject(), contract({ status: 'EXPIRED' }), circumstances())).toBe('ALREADY_TERMINAL');
  });

  it('REVIEW-002: needs a reason of more than ten characters after trimming', () => {
    expect(codeOf(reject('  exactly 10  '), contract(), circumstances())).toBe('REASON_TOO_SHORT');
    expect(codeOf(reject('exactly 11!'), contract(), circumstances())).toBeUndefined();
    expect(codeOf(reject('👩‍🚀👩‍🚀'), contract(), circumstances())).toBe('REASON_TOO_SHORT');
  });

  it('is refused if it names another dossier, and needs to name none', () => {
    expect(codeOf(reject(undefined, { dossierSeen: sha256('older') }), contract(), circumstances())).toBe(
      'DOSSIER_CHANGED',
    );
    expect(codeOf(reject(undefined, { dossierSeen: dossierDigest }), contract(), circumstances())).toBeUndefined();
  });

  it('waits for no health', () => {
    expect(decide(reject(), contract(), circumstances({ health: health({ SYSTEM: 'UNKNOWN' }) }))).toBeNull();
  });
});

describe('what is offered', () => {
  it('is what would be accepted but for the statement', () => {
    for (const status of CONTRACT_STATES) {
      const at = circumstances();
      expect(approvalObstacle(contract({ status }), at)).toEqual(decide(approve(), contract({ status }), at));
      expect(rejectionObstacle(contract({ status }))).toEqual(decide(reject(), contract({ status }), at));
    }
  });
});
