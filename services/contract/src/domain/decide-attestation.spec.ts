import { type AttestStatement, sha256 } from '@mandate/contracts';
import type { CommandOf } from './commands';
import { active, approved, CONTRACT_ID, DAY, decision, FOUNDER, NOW, signedByFounder } from './testing/fixtures';
import { codes, given } from './testing/specification';

const audit = { auditId: 'u1', auditDigest: sha256('the audit') };
const attest = (
  more: Partial<AttestStatement> = {},
  command: Partial<CommandOf<'attest'>> = {},
): CommandOf<'attest'> => ({
  ...decision('t'),
  type: 'attest',
  audit,
  signed: signedByFounder({
    format: 'mandate-attest-v1',
    purpose: 'ATTEST',
    contract_id: CONTRACT_ID,
    audit_id: audit.auditId,
    audit_digest: audit.auditDigest.toString('hex'),
    checks: ['A-002', 'A-004'],
    reason: 'Seen on the dashboard of the owning team.',
    founder: FOUNDER.founder,
    session_id: 's1',
    nonce: 'n1',
    not_after: NOW + DAY,
    ...more,
  }),
  ...command,
});

describe("a founder's word on an inconclusive audit", () => {
  it('AM-04, PART2-004: is recorded with its checks, and closes nothing by itself', () => {
    const then = given(active()).when(attest());
    expect(then.events).toMatchObject([
      { type: 'recorded', code: 'ATTESTED', reason: 'A-002, A-004: Seen on the dashboard of the owning team.' },
    ]);
    expect(then.contract.status).toBe('ACTIVE');
  });

  it.each<[string, CommandOf<'attest'>]>([
    ['SIGNATURE_MISSING', attest({}, { signed: null })],
    ['STATEMENT_FOR_ANOTHER_AUDIT', attest({}, { audit: null })],
    ['STATEMENT_FOR_ANOTHER_AUDIT', attest({ audit_digest: sha256('other words').toString('hex') })],
    ['STATEMENT_FOR_ANOTHER_CONTRACT', attest({ contract_id: 'c2' })],
    ['STATEMENT_EXPIRED', attest({ not_after: NOW - 1 })],
    ['FOUNDER_KEY_UNKNOWN', attest({ founder: 'somebody@example.com' })],
    ['STATEMENT_FOR_ANOTHER_FOUNDER', attest({}, { actor: 'somebody@example.com' })],
  ])('AM-13: is refused as %s', (code, command) => {
    expect(codes(given(active()).when(command))).toEqual([code]);
  });

  it('is refused on a contract that is not being audited', () => {
    const completed = given(active()).when({ type: 'conclude', verdict: 'PASS', reason: '' }).contract;
    expect(codes(given(completed).when(attest()))).toEqual(['ALREADY_TERMINAL']);
    expect(codes(given(approved()).when(attest()))).toEqual(['TOO_LATE']);
  });
});
