import { generateKeyPairSync, sign } from 'node:crypto';
import {
  type AttestStatement,
  type FounderKey,
  keyIdOf,
  rawPublicKey,
  sha256,
  statementBytes,
} from '@mandate/contracts';
import { problemOf, type Word } from './attestation';

const founder = generateKeyPairSync('ed25519').privateKey;
const keyId = keyIdOf(founder);
const public_key = rawPublicKey(founder).toString('base64');
const founders: readonly FounderKey[] = [{ founder: 'ada', key_id: keyId, kind: 'ed25519', public_key }];
const audit = { auditId: 'a1', isAsked: true };
const auditDigest = sha256('audit');
const statement: AttestStatement = {
  format: 'mandate-attest-v1',
  purpose: 'ATTEST',
  contract_id: 'c1',
  founder: 'ada',
  session_id: 's',
  nonce: 'n',
  not_after: 1_000,
  audit_id: 'a1',
  audit_digest: auditDigest.toString('hex'),
  checks: ['A-007'],
  reason: 'the gap is the restore of Tuesday',
};

function word(more: Partial<Word> = {}, bent: Partial<AttestStatement> = {}): Word {
  const bytes = statementBytes({ ...statement, ...bent });
  const signed = { bytes, signature: sign(null, bytes, founder), keyId };
  const { checks, reason } = statement;
  return { actor: 'ada', contractId: 'c1', checks, reason, attestedAt: 500, signed, auditDigest, ...more };
}

describe("a founder's word on what could not be told (AM-04)", () => {
  it('counts when it is signed and answers what was asked', () => {
    expect(problemOf(word(), audit, founders)).toBeNull();
  });

  it.each<[string, Word, { auditId: string; isAsked: boolean } | null]>([
    ['AUDIT_UNKNOWN', word(), null],
    ['SIGNATURE_MISSING', word({ signed: null }), audit],
    ['STATEMENT_FOR_ANOTHER_AUDIT', word({}, { audit_id: 'a2' }), audit],
    ['STATEMENT_FOR_ANOTHER_AUDIT', word({ auditDigest: sha256('other words') }), audit],
    ['STATEMENT_FOR_ANOTHER_CONTRACT', word({ contractId: 'c2' }), audit],
    ['STATEMENT_EXPIRED', word({ attestedAt: 1_001 }), audit],
    ['STATEMENT_FOR_ANOTHER_FOUNDER', word({ actor: 'eve' }), audit],
    ['STATEMENT_SAYS_ANOTHER_THING', word({ checks: ['A-002', 'A-007'] }), audit],
    ['STATEMENT_SAYS_ANOTHER_THING', word({ reason: 'another' }), audit],
    ['TOO_LATE', word(), { ...audit, isAsked: false }],
  ])('does not count: %s', (problem, said, about) => {
    expect(problemOf(said, about, founders)).toBe(problem);
  });
});
