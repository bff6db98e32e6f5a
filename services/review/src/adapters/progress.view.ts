import { sha256 } from '@mandate/contracts';
import type { AuditConcluded, IncidentChanged, JobChanged, JobEvaluated } from '@mandate/schemas';
import type { AuditView, EvaluationView, IncidentView, JobView } from '../api/progress.schema';
import type { Refusal } from '../domain/refusal';
import { toOffer } from './offer.view';
import { instant, jsonOf } from './presentable';

/** A job with each of its steps. */
export function toJob(job: JobChanged): JobView {
  return {
    job_id: job.job_id,
    kind: job.kind,
    attempt: job.attempt,
    version: job.version,
    state: job.state,
    code: job.code,
    reason: job.reason,
    created_at: instant(job.created_at),
    started_at: instant(job.started_at),
    ended_at: instant(job.ended_at),
    steps: job.steps.map(toStep),
  };
}

function toStep(step: JobChanged['steps'][number]): JobView['steps'][number] {
  const { change } = step;
  return {
    index: step.index,
    state: step.state,
    capability: change.capability,
    change_kind: change.kind,
    settings: change.settings.map((s) => ({ key: s.key, old: jsonOf(s.old_value), new: jsonOf(s.new_value) })),
    code: step.code,
    detail: step.detail,
    started_at: instant(step.started_at),
    ended_at: instant(step.ended_at),
    health_seen: step.health_seen.map(({ scope, state, version, at }) => ({ scope, state, version, at: instant(at) })),
  };
}

/** Health's answer to what a job did. */
export function toEvaluation(evaluation: JobEvaluated): EvaluationView {
  return {
    evaluation_id: evaluation.evaluation_id,
    job_id: evaluation.job_id,
    kind: evaluation.kind,
    attempt: evaluation.attempt,
    capabilities_healthy: evaluation.capabilities_healthy,
    execution_matched: evaluation.execution_matched,
    invariants: evaluation.invariants.map(({ id, holds, evidence }) => ({ id, holds, evidence: jsonOf(evidence) })),
    scopes: evaluation.scopes.map((scope) => ({ ...scope })),
    reason: evaluation.reason,
    window_start: instant(evaluation.window_start),
    window_end: instant(evaluation.window_end),
    evaluated_at: instant(evaluation.evaluated_at),
  };
}

/** An audit. @param bytes of its message, whose digest an attestation names */
export function toAudit(audit: AuditConcluded, bytes: Buffer, obstacle: Refusal | null): AuditView {
  return {
    audit_id: audit.audit_id,
    job_id: audit.job_id,
    kind: audit.kind,
    job_attempt: audit.job_attempt,
    attempt: audit.attempt,
    verdict: audit.verdict,
    is_final: audit.is_final,
    checks: audit.checks.map(({ id, result, evidence }) => ({ id, result, evidence: jsonOf(evidence) })),
    reason: audit.reason,
    concluded_at: instant(audit.concluded_at),
    attested_by: audit.attestation?.founder ?? null,
    audit_digest: sha256(bytes).toString('hex'),
    attest: toOffer(obstacle),
  };
}

/** An incident. @param obstacle what stands against any decision on it */
export function toIncident(incident: IncidentChanged, obstacle: Refusal | null): IncidentView {
  return {
    incident_id: incident.incident_id,
    contract_id: incident.contract_id,
    issue_id: incident.issue_id,
    state: incident.state,
    version: incident.version,
    title: incident.title,
    reason: incident.reason,
    rollback_attempts: incident.rollback_attempts,
    left_behind: incident.left_behind.map(({ capability, detail }) => ({ capability, detail })),
    acknowledged_by: incident.acknowledged_by,
    resolved_by: incident.resolved_by,
    opened_at: instant(incident.opened_at),
    changed_at: instant(incident.changed_at),
    actions: { acknowledge: toOffer(obstacle), resolve: toOffer(obstacle) },
  };
}
