import { generateKeyPairSync } from 'node:crypto';
import { type AttestStatement, type RefusalCode, sha256 } from '@mandate/contracts';
import type { Attest, SignedStatement } from './action';
import type { ReviewedAudit } from './contract';
import { attestationObstacle, decideAttestation } from './decide-attestation';
import { circumstances, ID, NOON, signed, signing } from './testing/fixtures';

const auditId = '018f0000-0000-7000-8000-000000000007';
const digest = sha256('the audit');
const audit = (but: Partial<ReviewedAudit> = {}): ReviewedAudit => ({
  ...{ auditId, contractId: ID, digest, isInconclusive: true, isFinal: true, isSuperseded: false },
  inconclusiveChecks: ['A-002', 'A-007'],
  ...but,
});
const statement = (but: Partial<AttestStatement> = {}): AttestStatement => ({
  ...{ format: 'mandate-attest-v1', purpose: 'ATTEST', ...signing },
  ...{ audit_id: auditId, audit_digest: digest.toString('hex'), checks: ['A-002'], reason: 'seen on the dashboard' },
  ...but,
});
const attest = (attestation: SignedStatement | null = signed(statement())): Attest => ({
  ...{ kind: 'ATTEST', actor: 'fay', auditId, attestation },
});
const codeOf = (action: Attest, on: ReviewedAudit | null = audit()) =>
  decideAttestation(action, on, circumstances())?.code;

describe('attesting checks', () => {
  it('AM-04: is accepted for single checks that the audit could not tell, signed, with a reason', () => {
    expect(codeOf(attest())).toBeUndefined();
    expect(codeOf(attest(signed(statement({ checks: ['A-002', 'A-007'] }))))).toBeUndefined();
  });

  it.each<[RefusalCode, Partial<ReviewedAudit>]>([
    ['AUDIT_NOT_INCONCLUSIVE', { isInconclusive: false }],
    ['AUDIT_NOT_INCONCLUSIVE', { isFinal: false }],
    ['TOO_LATE', { isSuperseded: true }],
  ])('AM-04: is refused with %s for %j, and then not offered', (code, but) => {
    expect(codeOf(attest(), audit(but))).toBe(code);
    expect(attestationObstacle(audit(but))?.code).toBe(code);
  });

  it('is refused for an audit that is not known', () => expect(codeOf(attest(), null)).toBe('NOT_FOUND'));

  it.each<[RefusalCode, Partial<AttestStatement>]>([
    ['STATEMENT_FOR_ANOTHER_CONTRACT', { contract_id: auditId }],
    ['STATEMENT_FOR_ANOTHER_AUDIT', { audit_digest: sha256('other words').toString('hex') }],
    ['STATEMENT_FOR_ANOTHER_AUDIT', { audit_id: ID }],
    ['STATEMENT_UNREADABLE', { checks: [] }],
    ['STATEMENT_EXPIRED', { not_after: NOON - 1 }],
    ['CHECK_NOT_INCONCLUSIVE', { checks: ['A-001'] }],
    ['REASON_TOO_SHORT', { reason: 'looks fine' }],
  ])('AM-04: is refused with %s', (code, but) => {
    expect(codeOf(attest(signed(statement(but))))).toBe(code);
  });

  it('AM-13: is refused unsigned, signed by a stranger, or by another founder than the one who is signed in', () => {
    expect(codeOf(attest(null))).toBe('SIGNATURE_MISSING');
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect(codeOf(attest(signed(statement(), stranger)))).toBe('FOUNDER_SIGNATURE_INVALID');
    expect(codeOf({ ...attest(), actor: 'max' })).toBe('STATEMENT_FOR_ANOTHER_FOUNDER');
  });
});
