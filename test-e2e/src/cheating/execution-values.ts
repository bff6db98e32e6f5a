import { randomUUID } from 'node:crypto';
import type { Messages } from '@mandate/schemas';
import type { HeardContract } from './honest';

const aboutContract = ({ value }: HeardContract) => ({
  contract_id: value.contract_id,
  issue_id: value.issue_id,
  origin: value.origin,
  plan_digest: value.plan_digest,
  registry_version: 1,
  health_version: 1,
});

/** A CHANGE job that has ended well. */
export function jobOf(contract: HeardContract, more: Partial<Messages['JobChanged']> = {}): Messages['JobChanged'] {
  const now = Date.now();
  return {
    ...aboutContract(contract),
    job_id: randomUUID(),
    kind: 'CHANGE',
    attempt: 1,
    from_version: 0,
    version: 1,
    changes: [],
    state: 'COMPLETED',
    steps: [],
    capability_versions: [],
    code: null,
    reason: null,
    created_at: now,
    started_at: now,
    ended_at: now,
    ...more,
  };
}

/** What health says of a job. */
export function evaluationOf(contract: HeardContract, jobId: string): Messages['JobEvaluated'] {
  const now = Date.now();
  return {
    ...aboutContract(contract),
    job_id: jobId,
    kind: 'CHANGE',
    attempt: 1,
    evaluation_id: randomUUID(),
    capabilities_healthy: 'YES',
    invariants: [],
    execution_matched: 'YES',
    scopes: [],
    reason: '',
    window_start: now,
    window_end: now,
    evaluated_at: now,
  };
}

/** What the auditor says of a job. */
export function auditOf(
  contract: HeardContract,
  jobId: string,
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE',
): Messages['AuditConcluded'] {
  return {
    ...aboutContract(contract),
    job_id: jobId,
    kind: 'CHANGE',
    attempt: 1,
    job_attempt: 1,
    audit_id: randomUUID(),
    verdict,
    is_final: true,
    checks: [],
    reason: 'as seen',
    attestation: null,
    concluded_at: Date.now(),
  };
}

/** A capability with another size, as the executor says it. */
export function capabilityOf(
  heard: Messages['CapabilityChanged'],
  contract: HeardContract,
  cause: 'CHANGE' | 'FINAL' | 'DEFINITION',
  size: number,
): Messages['CapabilityChanged'] {
  const isDefinition = cause === 'DEFINITION';
  return {
    ...heard,
    from_version: heard.version,
    version: heard.version + 1,
    cause,
    contract_id: isDefinition ? null : contract.key,
    issue_id: isDefinition ? null : contract.value.issue_id,
    job_id: cause === 'CHANGE' ? randomUUID() : null,
    values: [{ key: 'size', value: String(size) }],
    changed_at: Date.now(),
  };
}
