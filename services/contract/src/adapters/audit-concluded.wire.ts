import { type FounderKey, verifyAttestation } from '@mandate/contracts';
import type { AuditConcluded } from '@mandate/schemas';
import { type Message, UnauthorisedFault } from '@mandate/service-kit';
import type { JobVerdict } from '../domain/decide-verdict';
import type { OpenAudit } from './audits.store';
import { storable } from './columns';

/** A verdict as the domain sees it. */
export function toVerdict(value: AuditConcluded): JobVerdict {
  const kind = value.kind === 'ROLLBACK' ? 'ROLLBACK' : 'CHANGE';
  return {
    kind,
    jobAttempt: value.job_attempt,
    verdict: value.verdict,
    isFinal: value.is_final,
    reason: storable(value.reason),
  };
}

/**
 * The verdict's value says what its link says, and one that answers a founder's word carries that word.
 *
 * @param open  the audits of these contracts that could be attested
 * @throws UnauthorisedFault
 */
export function checkMeaning(
  { value, link, cause }: Message<AuditConcluded>,
  open: readonly OpenAudit[],
  founders: readonly FounderKey[],
): void {
  const says = value.kind === 'ROLLBACK' ? `ROLLBACK_${value.verdict}` : value.verdict;
  if (says !== link.says || value.kind === 'UNKNOWN') {
    throw new UnauthorisedFault('SAYS_OTHERWISE', `a verdict's value says ${says}, its link ${link.says}`);
  }
  if (cause?.type !== 'ReviewDecided') return;
  const problem = attestationProblem(value, open, founders);
  if (problem) throw new UnauthorisedFault('ATTESTATION_UNVERIFIED', `the founder's word it answers: ${problem}`);
}

/** What does not hold about the attestation that a verdict answers: the founder's own signature counts (AM-04, AM-13). */
function attestationProblem(
  { attestation: word, contract_id: contractId, job_id: jobId }: AuditConcluded,
  open: readonly OpenAudit[],
  founders: readonly FounderKey[],
): string | null {
  if (!word) return 'SIGNATURE_MISSING';
  const { statement: bytes, signature, key_id: keyId, attested_at: attestedAt } = word;
  const answered = open.filter((a) => a.contractId === contractId && a.jobId === jobId);
  const outcomes = answered.map((audit) =>
    verifyAttestation({ bytes, signature, keyId }, founders, { ...audit, attestedAt }),
  );
  if (outcomes.some((o) => 'statement' in o)) return null;
  const [first] = outcomes;
  return first && 'problem' in first ? first.problem : 'STATEMENT_FOR_ANOTHER_AUDIT';
}
