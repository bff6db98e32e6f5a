import { type FounderKey, type SignedStatement, verifyAttestation } from '@mandate/contracts';

/** A founder's word as it arrived; digests are 32 bytes. */
export interface Word {
  readonly actor: string;
  readonly contractId: string;
  readonly checks: readonly string[];
  readonly reason: string;
  readonly attestedAt: number;
  readonly signed: SignedStatement | null;
  /** Of the `AuditConcluded` that it cites. */
  readonly auditDigest: Buffer;
}

/**
 * What does not hold about a founder's word, or null: it is signed by their registered key, answers this very audit, says in
 * the open what was signed, and the auditor had asked (AM-04).
 *
 * @param audit the cited audit as the auditor recorded it; null if it recorded none
 */
export function problemOf(
  word: Word,
  audit: { readonly auditId: string; readonly isAsked: boolean } | null,
  founders: readonly FounderKey[],
): string | null {
  if (!audit) return 'AUDIT_UNKNOWN';
  if (!word.signed) return 'SIGNATURE_MISSING';
  const { contractId, auditDigest, attestedAt } = word;
  const verified = verifyAttestation(word.signed, founders, {
    contractId,
    auditId: audit.auditId,
    auditDigest,
    attestedAt,
  });
  if ('problem' in verified) return verified.problem;
  const { statement } = verified;
  if (statement.founder !== word.actor) return 'STATEMENT_FOR_ANOTHER_FOUNDER';
  const isSame = statement.reason === word.reason && statement.checks.join() === word.checks.join();
  if (!isSame) return 'STATEMENT_SAYS_ANOTHER_THING';
  return audit.isAsked ? null : 'TOO_LATE';
}
