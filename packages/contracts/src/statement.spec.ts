import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { type FounderKey, keyIdOf, rawPublicKey } from './manifest';
import { canonicalJson, sha256 } from './plan';
import {
  type ApprovalStatement,
  type Approved,
  type AttestationProblem,
  type AttestStatement,
  type ResolutionProblem,
  type ResolveStatement,
  type StatementProblem,
  signStatement,
  statementBytes,
  verifyApproval,
  verifyAttestation,
  verifyResolution,
} from './statement';

const NOON = 1_790_000_000_000;
const founder = generateKeyPairSync('ed25519').privateKey;
const stranger = generateKeyPairSync('ed25519').privateKey;
const keyId = keyIdOf(founder);
const founders: readonly FounderKey[] = [
  { founder: 'ada', key_id: keyId, kind: 'ed25519', public_key: rawPublicKey(founder).toString('base64') },
];
const approved: Approved = {
  contractId: '019a0000-0000-7000-8000-000000000002',
  dossierDigest: sha256('dossier'),
  planDigest: sha256('plan'),
  approvedAt: NOON,
};
const statement: ApprovalStatement = {
  format: 'mandate-approval-v1',
  purpose: 'APPROVE',
  contract_id: approved.contractId,
  dossier_digest: approved.dossierDigest.toString('hex'),
  plan_digest: approved.planDigest.toString('hex'),
  window_start: NOON,
  window_end: NOON + 86_400_000,
  constraints: { max_duration_ms: 60_000, step_timeout_ms: 10_000, steps_per_minute: 6, allowed_targets: ['search'] },
  founder: 'ada',
  session_id: 'session-1',
  nonce: 'nonce-1',
  not_after: NOON + 60_000,
};

interface Attempt {
  readonly statement?: Partial<ApprovalStatement>;
  readonly bytes?: Buffer;
  readonly key?: typeof founder;
  readonly keyId?: string;
  readonly approved?: Partial<Approved>;
}

/** The outcome of verifying a statement that was signed, and then used, as `attempt` says. */
function attempt({ statement: bent, bytes, key = founder, keyId: id = keyId, approved: about }: Attempt) {
  const signed = bytes ?? statementBytes({ ...statement, ...bent });
  return verifyApproval(signed, sign(null, signed, key), id, founders, { ...approved, ...about });
}

describe("a founder's approval", () => {
  it('PART2-002: holds when a registered key signed it for this contract, dossier and plan', () => {
    expect(attempt({})).toEqual({ statement });
    const bytes = statementBytes(statement);
    expect(verifyApproval(bytes, signStatement(statement, founder), keyId, founders, approved)).toEqual({ statement });
  });

  it('holds up to the very millisecond of its not-after, by the time of approval', () => {
    expect(attempt({ approved: { approvedAt: statement.not_after } })).toEqual({ statement });
  });

  const indented = Buffer.from(JSON.stringify(statement, null, 1));
  const doubled = Buffer.from(canonicalJson(statement).replace('{', '{"founder":"eve",'));
  it.each<[StatementProblem, string, Attempt]>([
    ['STATEMENT_UNREADABLE', 'is no JSON', { bytes: Buffer.from('yes') }],
    ['STATEMENT_UNREADABLE', 'is null', { bytes: Buffer.from('null') }],
    ['STATEMENT_UNREADABLE', 'is not in its canonical form', { bytes: indented }],
    ['STATEMENT_UNREADABLE', 'names the founder twice', { bytes: doubled }],
    ['STATEMENT_UNREADABLE', 'is for another purpose', { statement: { purpose: 'ATTEST' as never } }],
    ['STATEMENT_UNREADABLE', 'is of another format', { statement: { format: 'mandate-approval-v2' as never } }],
    ['STATEMENT_UNREADABLE', 'says more than is understood', { statement: { zzz: 1 } as never }],
    ['STATEMENT_UNREADABLE', 'has no window', { statement: { window_end: '2026' as never } }],
    ['STATEMENT_UNREADABLE', 'never ends', { statement: { not_after: 1e300 } }],
    ['FOUNDER_KEY_UNKNOWN', 'names a key that is not registered', { key: stranger, keyId: keyIdOf(stranger) }],
    ['FOUNDER_KEY_UNKNOWN', 'names another founder than the key', { statement: { founder: 'eve' } }],
    ['FOUNDER_SIGNATURE_INVALID', 'was signed with another key', { key: stranger }],
    [
      'STATEMENT_FOR_ANOTHER_CONTRACT',
      'is about another contract',
      { approved: { contractId: '019a0000-0000-7000-8000-0000000000f2' } },
    ],
    ['STATEMENT_FOR_ANOTHER_DOSSIER', 'is about another dossier', { approved: { dossierDigest: sha256('changed') } }],
    ['STATEMENT_FOR_ANOTHER_PLAN', 'is about another plan', { approved: { planDigest: sha256('swapped') } }],
    ['STATEMENT_EXPIRED', 'came too late', { approved: { approvedAt: statement.not_after + 1 } }],
  ])('PART2-002: %s: it %s', (problem, _why, how) => {
    expect(attempt(how)).toEqual({ problem });
  });

  it('PART2-002: does not hold once any bit of it, or of its signature, is another', () => {
    const bytes = statementBytes(statement);
    const signature = sign(null, bytes, founder);
    const flip = (from: Buffer, bit: number) => {
      const copy = Buffer.from(from);
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
      return copy;
    };
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), fc.nat(511), (inText, inSignature) => {
        expect(verifyApproval(flip(bytes, inText), signature, keyId, founders, approved)).toHaveProperty('problem');
        const bent = flip(signature, inSignature);
        expect(verifyApproval(bytes, bent, keyId, founders, approved)).toEqual({
          problem: 'FOUNDER_SIGNATURE_INVALID',
        });
      }),
    );
  });

  it('is a problem, never an error, whatever the bytes', () => {
    const text = fc.json().map((json) => Buffer.from(json));
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(text, bytes), bytes, fc.string(), (any, signature, id) => {
        expect(verifyApproval(any, signature, id, founders, approved)).toHaveProperty('problem');
      }),
    );
    const short = verifyApproval(statementBytes(statement), Buffer.alloc(3), keyId, founders, approved);
    expect(short).toEqual({ problem: 'FOUNDER_SIGNATURE_INVALID' });
  });
});

const common = { contract_id: approved.contractId, founder: 'ada', session_id: 's', nonce: 'n', not_after: NOON };
const auditDigest = sha256('audit');

describe("a founder's attestation (AM-04)", () => {
  const attest: AttestStatement = {
    ...common,
    format: 'mandate-attest-v1',
    purpose: 'ATTEST',
    audit_id: '019a0000-0000-7000-8000-000000000009',
    audit_digest: auditDigest.toString('hex'),
    checks: ['A-002', 'A-007'],
    reason: 'the probe was being replaced',
  };
  const about = { contractId: approved.contractId, auditId: attest.audit_id, auditDigest, attestedAt: NOON };
  const verified = (bent: Partial<AttestStatement>, of: Partial<typeof about> = {}) => {
    const bytes = statementBytes({ ...attest, ...bent });
    return verifyAttestation({ bytes, signature: sign(null, bytes, founder), keyId }, founders, { ...about, ...of });
  };

  it('holds for the very audit that it answers', () => {
    expect(verified({})).toEqual({ statement: attest });
  });

  it.each<[AttestationProblem, Partial<AttestStatement>, Partial<typeof about>]>([
    ['STATEMENT_UNREADABLE', { checks: [] }, {}],
    ['STATEMENT_UNREADABLE', { checks: ['A-007', 'A-002'] }, {}],
    ['STATEMENT_UNREADABLE', { purpose: 'APPROVE' as never }, {}],
    ['STATEMENT_FOR_ANOTHER_CONTRACT', { contract_id: 'other' }, {}],
    ['STATEMENT_FOR_ANOTHER_AUDIT', {}, { auditId: 'other' }],
    ['STATEMENT_FOR_ANOTHER_AUDIT', {}, { auditDigest: sha256('other words') }],
    ['STATEMENT_EXPIRED', {}, { attestedAt: NOON + 1 }],
  ])('%s', (problem, bent, of) => {
    expect(verified(bent, of)).toEqual({ problem });
  });
});

describe("a founder's resolution of an incident", () => {
  const resolve: ResolveStatement = {
    ...common,
    format: 'mandate-resolve-v1',
    purpose: 'RESOLVE',
    incident_id: '019a0000-0000-7000-8000-00000000000a',
    incident_version: 4,
    reason: 'the value was set by hand',
  };
  const about = {
    contractId: approved.contractId,
    incidentId: resolve.incident_id,
    incidentVersion: 4,
    resolvedAt: NOON,
  };
  const verified = (bent: Partial<ResolveStatement>, of: Partial<typeof about> = {}) => {
    const bytes = statementBytes({ ...resolve, ...bent });
    return verifyResolution({ bytes, signature: sign(null, bytes, founder), keyId }, founders, { ...about, ...of });
  };

  it('holds for the incident as it stood', () => {
    expect(verified({})).toEqual({ statement: resolve });
  });

  it.each<[ResolutionProblem, Partial<ResolveStatement>, Partial<typeof about>]>([
    ['STATEMENT_UNREADABLE', { incident_version: 1.5 }, {}],
    ['STATEMENT_FOR_ANOTHER_CONTRACT', { contract_id: 'other' }, {}],
    ['STATEMENT_FOR_ANOTHER_INCIDENT', {}, { incidentVersion: 5 }],
    ['STATEMENT_EXPIRED', {}, { resolvedAt: NOON + 1 }],
  ])('%s', (problem, bent, of) => {
    expect(verified(bent, of)).toEqual({ problem });
  });
});
