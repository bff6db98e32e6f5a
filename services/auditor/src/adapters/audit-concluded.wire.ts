import { decodeLink, decodeMandate, type Says } from '@mandate/contracts';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Audit } from '../domain/audit';
import type { CaseDecision } from '../domain/case';
import type { Attestation } from './attestation.store';
import type { Case, RecordedAudit } from './case.store';

/** `AuditConcluded`, citing the evaluation, or the attestation that it answers; it rests on the same reference data as that. */
export function toAuditConcluded(
  one: Case,
  audit: Audit,
  decision: CaseDecision & { kind: 'conclude' },
  recorded: RecordedAudit,
  answered: Attestation | null,
  now: number,
): Outgoing {
  const { evaluation } = one;
  const own = decodeMandate(one.mandate)?.own.link;
  const planDigest = (own && decodeLink(own)?.planDigest) ?? evaluation.plan_digest;
  const says: Says = evaluation.kind === 'ROLLBACK' ? `ROLLBACK_${decision.verdict}` : decision.verdict;
  return say({
    message: 'AuditConcluded',
    key: one.contractId,
    says,
    issueId: evaluation.issue_id,
    version: recorded.version,
    planDigest,
    cites: citing(answered?.mandate ?? one.mandate),
    now,
    value: {
      audit_id: recorded.auditId,
      contract_id: one.contractId,
      issue_id: evaluation.issue_id,
      job_id: one.jobId,
      origin: evaluation.origin,
      kind: evaluation.kind,
      job_attempt: one.jobAttempt,
      attempt: recorded.attempt,
      verdict: decision.verdict,
      is_final: decision.isFinal,
      checks: audit.checks.map((c) => ({ id: c.id, result: c.result, evidence: JSON.stringify(c.evidence) })),
      reason: decision.reason,
      attestation: answered?.wire ?? null,
      plan_digest: planDigest,
      registry_version: evaluation.registry_version,
      health_version: evaluation.health_version,
      concluded_at: now,
    },
  });
}
