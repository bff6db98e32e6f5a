import { z } from 'zod';
import { count, digest, health, id, json, named, offer, text, time } from './vocabulary';

const kind = z.enum(['CHANGE', 'ROLLBACK', 'UNKNOWN']);
const step = named(
  'Step',
  z.object({
    index: count,
    state: text.describe('PENDING, RUNNING, DONE, FAILED, UNDONE, SKIPPED or UNCLEAR'),
    capability: text,
    change_kind: text,
    settings: z.array(z.object({ key: text, old: json, new: json })),
    code: text.nullable(),
    detail: text.nullable(),
    started_at: time.nullable(),
    ended_at: time.nullable(),
    health_seen: z.array(z.object({ scope: text, state: health, version: count, at: time })),
  }),
);
export const job = named(
  'Job',
  z.object({
    job_id: id,
    kind,
    attempt: count,
    version: count,
    state: text,
    code: text.nullable(),
    reason: text.nullable(),
    created_at: time,
    started_at: time.nullable(),
    ended_at: time.nullable(),
    steps: z.array(step),
  }),
);
const evaluation = named(
  'Evaluation',
  z.object({
    evaluation_id: id,
    job_id: id,
    kind,
    attempt: count,
    capabilities_healthy: text.describe('YES, NO or UNKNOWN'),
    execution_matched: text.describe('YES, NO or UNKNOWN'),
    invariants: z.array(z.object({ id: text, holds: text, evidence: json })),
    scopes: z.array(z.object({ scope: text, before: health, after: health, worst: health, samples: count })),
    reason: text,
    window_start: time,
    window_end: time,
    evaluated_at: time,
  }),
);
export const audit = named(
  'Audit',
  z.object({
    audit_id: id,
    job_id: id,
    kind,
    job_attempt: count,
    attempt: count,
    verdict: z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']),
    is_final: z.boolean().describe('false: the auditor tries again by itself'),
    checks: z.array(z.object({ id: text, result: z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']), evidence: json })),
    reason: text,
    concluded_at: time,
    attested_by: text.nullable().describe('a founder whose signed word counts in it'),
    audit_digest: digest.describe('SHA-256 of the very message that an attestation answers'),
    attest: offer,
  }),
);
export const incident = named(
  'Incident',
  z.object({
    incident_id: id,
    contract_id: id,
    issue_id: id,
    state: z.enum(['OPEN', 'ROLLED_BACK', 'ROLLBACK_FAILED', 'RESOLVED', 'UNKNOWN']),
    version: count,
    title: text,
    reason: text,
    rollback_attempts: count,
    left_behind: z.array(z.object({ capability: text, detail: text })),
    acknowledged_by: text.nullable(),
    resolved_by: text.nullable(),
    opened_at: time,
    changed_at: time,
    actions: z.object({ acknowledge: offer, resolve: offer }),
  }),
);

/** What happened after the approval. */
export const progress = named(
  'Progress',
  z.object({
    jobs: z.array(job),
    evaluations: z.array(evaluation),
    audits: z.array(audit),
    incident: incident.nullable(),
  }),
);

export type ProgressView = z.input<typeof progress>;
export type IncidentView = z.input<typeof incident>;
export type AuditView = z.input<typeof audit>;
export type JobView = z.input<typeof job>;
export type EvaluationView = z.input<typeof evaluation>;
