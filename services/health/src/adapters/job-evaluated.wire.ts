import type { JobChanged } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { EndedJob, Evaluation, ScopeWatched } from '../domain/evaluation';
import type { PendingEvaluation } from './evaluation.store';

/** A job's end as the evaluation looks at it. */
export function toEndedJob(job: JobChanged): EndedJob {
  return {
    contractId: job.contract_id,
    kind: job.kind === 'ROLLBACK' ? 'ROLLBACK' : 'CHANGE',
    isCompleted: job.state === 'COMPLETED',
    planDigest: job.plan_digest.toString('hex'),
    capabilities: job.capability_versions.map(({ capability, before, after }) => ({ capability, before, after })),
  };
}

/** What an evaluation is said with. */
export interface EvaluationContext {
  readonly version: number;
  readonly now: number;
  readonly registryVersion: number;
  readonly healthVersion: number;
}

/** `JobEvaluated`, citing the job's end. */
export function toJobEvaluated(
  pending: PendingEvaluation,
  evaluation: Evaluation,
  scopes: readonly ScopeWatched[],
  context: EvaluationContext,
): Outgoing {
  const { job } = pending;
  return say({
    message: 'JobEvaluated',
    key: job.contract_id,
    says: job.kind === 'ROLLBACK' ? 'ROLLBACK_EVALUATED' : 'EVALUATED',
    issueId: job.issue_id,
    version: context.version,
    planDigest: pending.planDigest,
    cites: citing(pending.mandate),
    now: context.now,
    value: {
      evaluation_id: pending.evaluationId,
      contract_id: job.contract_id,
      issue_id: job.issue_id,
      job_id: job.job_id,
      origin: job.origin,
      kind: job.kind,
      attempt: job.attempt,
      capabilities_healthy: evaluation.capabilitiesHealthy,
      invariants: evaluation.invariants.map((i) => ({
        id: i.id,
        holds: i.holds,
        evidence: JSON.stringify(i.evidence),
      })),
      execution_matched: evaluation.executionMatched,
      scopes: [...scopes],
      reason: evaluation.reason,
      window_start: pending.startedAt,
      window_end: context.now,
      plan_digest: pending.planDigest,
      registry_version: context.registryVersion,
      health_version: context.healthVersion,
      evaluated_at: context.now,
    },
  });
}
