import { verifyAttestation } from '@mandate/contracts';
import type { Attest } from './action';
import type { Circumstances, ReviewedAudit } from './contract';
import { isReason } from './decide-rejection';
import { type Refusal, refuse } from './refusal';

/** What stands against attesting anything of an audit now: a FAIL is never attested (AM-04). */
export function attestationObstacle(audit: ReviewedAudit): Refusal | null {
  if (audit.isSuperseded) return refuse('TOO_LATE', 'a later audit has spoken');
  if (!audit.isInconclusive) return refuse('AUDIT_NOT_INCONCLUSIVE');
  return audit.isFinal ? null : refuse('AUDIT_NOT_INCONCLUSIVE', 'the auditor tries once more by itself');
}

/** What stands against attesting these checks: each must be one that the audit could not tell. */
export function checksProblem(checks: readonly string[], audit: ReviewedAudit): Refusal | null {
  if (checks.length === 0) return refuse('CHECK_NOT_INCONCLUSIVE', 'no check is named');
  const told = checks.find((id) => !audit.inconclusiveChecks.includes(id));
  return told ? refuse('CHECK_NOT_INCONCLUSIVE', told) : null;
}

/** The founder signs for single checks that the audit could not tell; the auditor then runs again and speaks. */
export function decideAttestation(
  action: Attest,
  audit: ReviewedAudit | null,
  { now, founders }: Pick<Circumstances, 'now' | 'founders'>,
): Refusal | null {
  if (!audit) return refuse('NOT_FOUND');
  const obstacle = attestationObstacle(audit);
  if (obstacle) return obstacle;
  if (!action.attestation) return refuse('SIGNATURE_MISSING');
  const { statement: bytes, signature, keyId } = action.attestation;
  const { contractId, auditId, digest } = audit;
  const about = { contractId, auditId, auditDigest: digest, attestedAt: now };
  const verified = verifyAttestation({ bytes, signature, keyId }, founders, about);
  if ('problem' in verified) return refuse(verified.problem);
  const { statement } = verified;
  if (statement.founder !== action.actor) return refuse('STATEMENT_FOR_ANOTHER_FOUNDER', statement.founder);
  return checksProblem(statement.checks, audit) ?? (isReason(statement.reason) ? null : refuse('REASON_TOO_SHORT'));
}
