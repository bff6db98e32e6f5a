import { sha256 } from '@mandate/contracts';
import { type AuditConcluded, decode } from '@mandate/schemas';
import type { ReviewedAudit } from '../domain/contract';

/** An audit as a decision sees it. @param isSuperseded a later audit of the contract has spoken */
export function toReviewedAudit(
  bytes: Buffer,
  isSuperseded: boolean,
  audit = decode('AuditConcluded', bytes),
): ReviewedAudit {
  return {
    auditId: audit.audit_id,
    contractId: audit.contract_id,
    digest: sha256(bytes),
    isInconclusive: audit.verdict === 'INCONCLUSIVE' && audit.kind === 'CHANGE',
    isFinal: audit.is_final,
    isSuperseded,
    inconclusiveChecks: checksOf(audit),
  };
}

function checksOf({ checks }: AuditConcluded): readonly string[] {
  return checks.filter((check) => check.result === 'INCONCLUSIVE').map((check) => check.id);
}
