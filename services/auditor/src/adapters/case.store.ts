import { newId } from '@mandate/contracts';
import { decode, type JobEvaluated } from '@mandate/schemas';
import { type HopBatch, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Audit } from '../domain/audit';
import type { CaseDecision, CaseState } from '../domain/case';

/** A finished job whose audit is under way. */
export interface Case extends CaseState {
  readonly jobId: string;
  readonly jobAttempt: number;
  readonly contractId: string;
  readonly evaluation: JobEvaluated;
  readonly mandate: Buffer;
  readonly linkDigest: Buffer;
}

/** An attempt as it was recorded. */
export interface RecordedAudit {
  readonly auditId: string;
  readonly attempt: number;
  readonly version: number;
}

interface Row {
  readonly job_id: string;
  readonly job_attempt: string;
  readonly contract_id: string;
  readonly has_failed: boolean;
  readonly evaluation: Buffer;
  readonly mandate: Buffer;
  readonly link_digest: Buffer;
  readonly received_at: string;
  readonly attempts: number;
  readonly is_closed: boolean;
  readonly resolve_by: string | null;
  readonly is_answered: boolean;
}

export const AUDIT_TIMER = 'audit';
/** The key of a case's timer. */
export const caseKey = (jobId: string, attempt: number | string): string => `${jobId}/${attempt}`;

/** Cases, and the verdicts on them, each an immutable row (AUDIT-004). */
@Injectable()
export class CaseStore {
  /** Opens cases; one that is open already is left alone (AUDIT-001). Returns the keys of new ones. */
  async open(tx: Tx, batch: HopBatch<'JobEvaluated'>): Promise<string[]> {
    const m = batch.messages;
    const rows = await tx.rows<{ job_id: string; job_attempt: string }>(
      `INSERT INTO cases (job_id, job_attempt, contract_id, has_failed, evaluation, mandate, link_digest, received_at)
       SELECT j, a, c, f, e, m, l, $8 FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::boolean[], $5::bytea[], $6::bytea[], $7::bytea[])
         AS t (j, a, c, f, e, m, l)
       ON CONFLICT DO NOTHING RETURNING job_id, job_attempt`,
      [
        m.map((x) => x.value.job_id),
        m.map((x) => x.value.attempt),
        m.map((x) => x.value.contract_id),
        m.map((x) => x.cause?.says === 'JOB_FAILED' || x.cause?.says === 'ROLLBACK_FAILED'),
        m.map((x) => x.bytes),
        m.map((x) => x.mandate),
        m.map((x) => x.digest),
        batch.now,
      ],
    );
    return rows.map((r) => caseKey(r.job_id, r.job_attempt));
  }

  /** These cases; all cases of their contracts are locked, so that a contract's verdicts are counted one by one. */
  async lock(tx: Tx, keys: readonly string[]): Promise<Case[]> {
    const rows = await tx.rows<Row>(
      `SELECT *, EXISTS (SELECT FROM attestations a WHERE a.job_id = cases.job_id AND a.job_attempt = cases.job_attempt AND problem IS NULL
           AND a.audit_id = (SELECT audit_id FROM audits l WHERE l.job_id = cases.job_id AND l.job_attempt = cases.job_attempt
             ORDER BY attempt DESC LIMIT 1)) AS is_answered
       FROM cases WHERE contract_id IN (SELECT contract_id FROM cases WHERE job_id || '/' || job_attempt = ANY ($1::text[]))
       ORDER BY job_id, job_attempt FOR UPDATE`,
      [keys],
    );
    return rows.filter((r) => keys.includes(caseKey(r.job_id, r.job_attempt))).map(toCase);
  }

  /** Records an attempt with the next version of its contract. */
  async conclude(
    tx: Tx,
    one: Case,
    audit: Audit,
    decision: CaseDecision & { kind: 'conclude' },
    now: number,
  ): Promise<RecordedAudit> {
    const auditId = newId(now);
    const attempt = one.attempts + 1;
    const [row] = await tx.rows<{ version: string }>(
      `INSERT INTO audits (audit_id, job_id, job_attempt, contract_id, attempt, verdict, is_final, checks, reason, concluded_at, version)
       SELECT $1, $2, $3, $4::uuid, $5, $6, $7, $8::jsonb, $9, $10, coalesce(max(version), 0) + 1 FROM audits WHERE contract_id = $4::uuid
       RETURNING version`,
      [
        auditId,
        one.jobId,
        one.jobAttempt,
        one.contractId,
        attempt,
        decision.verdict,
        decision.isFinal,
        JSON.stringify(audit.checks),
        decision.reason,
        now,
      ],
    );
    await tx.run(
      'UPDATE cases SET attempts = $3, is_closed = $4, resolve_by = $5 WHERE job_id = $1 AND job_attempt = $2',
      [one.jobId, one.jobAttempt, attempt, decision.nextAt === null, decision.resolveBy],
    );
    return { auditId, attempt, version: Number(row?.version) };
  }

  /** The key of a case's timer. */
  keyOf(one: Case): string {
    return caseKey(one.jobId, one.jobAttempt);
  }
}

function toCase(r: Row): Case {
  return {
    jobId: r.job_id,
    jobAttempt: Number(r.job_attempt),
    contractId: r.contract_id,
    hasFailed: r.has_failed,
    evaluation: decode('JobEvaluated', r.evaluation),
    mandate: r.mandate,
    linkDigest: r.link_digest,
    receivedAt: Number(r.received_at),
    attempts: r.attempts,
    isClosed: r.is_closed,
    resolveBy: r.resolve_by === null ? null : Number(r.resolve_by),
    isAnswered: r.is_answered,
  };
}
