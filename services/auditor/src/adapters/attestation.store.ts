import { decode, type Messages, type ReviewDecided } from '@mandate/schemas';
import { type Message, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Attested } from '../domain/audit';
import type { Case } from './case.store';

/** The audit that an attestation answers, as it was recorded. */
export interface AnsweredAudit {
  readonly auditId: string;
  readonly contractId: string;
  readonly version: number;
  readonly jobId: string;
  readonly jobAttempt: number;
  /** The last attempt of a case that is open, and the founder was asked. */
  readonly isAsked: boolean;
}

/** A founder's word that counts: what it says, how to cite it, and how it is carried on. */
export interface Attestation extends Attested {
  readonly mandate: Buffer;
  readonly wire: NonNullable<Messages['AuditConcluded']['attestation']>;
}

/** An attestation with what was found about it. */
export interface Examined {
  readonly message: Message<ReviewDecided>;
  readonly audit: AnsweredAudit | null;
  readonly problem: string | null;
}

interface AuditRow {
  readonly audit_id: string;
  readonly contract_id: string;
  readonly version: string;
  readonly job_id: string;
  readonly job_attempt: string;
  readonly is_asked: boolean;
}

/** What founders attested, each an immutable row, whether it counts or not (AM-04). */
@Injectable()
export class AttestationStore {
  /** The audits of these contracts at these versions; their cases are locked. */
  async audits(tx: Tx, cited: readonly { contractId: string; version: number }[]): Promise<AnsweredAudit[]> {
    const contracts = cited.map((c) => c.contractId);
    await tx.run('SELECT FROM cases WHERE contract_id = ANY ($1::uuid[]) ORDER BY job_id, job_attempt FOR UPDATE', [
      contracts,
    ]);
    const rows = await tx.rows<AuditRow>(
      `SELECT a.audit_id, a.contract_id, a.version, a.job_id, a.job_attempt,
         NOT c.is_closed AND c.resolve_by IS NOT NULL AND a.attempt = c.attempts AS is_asked
       FROM audits a JOIN cases c USING (job_id, job_attempt)
       WHERE (a.contract_id, a.version) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[]))`,
      [contracts, cited.map((c) => c.version)],
    );
    return rows.map((r) => ({
      auditId: r.audit_id,
      contractId: r.contract_id,
      version: Number(r.version),
      jobId: r.job_id,
      jobAttempt: Number(r.job_attempt),
      isAsked: r.is_asked,
    }));
  }

  async keep(tx: Tx, examined: readonly Examined[], now: number): Promise<void> {
    await tx.run(
      `INSERT INTO attestations (decision_id, contract_id, audit_id, job_id, job_attempt, value, mandate, problem, received_at)
       SELECT d, c, a, j, n, v, m, p, $9
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bytea[], $7::bytea[], $8::text[]) AS t (d, c, a, j, n, v, m, p)
       ON CONFLICT DO NOTHING`,
      [
        examined.map((e) => e.message.value.decision_id),
        examined.map((e) => e.message.value.contract_id),
        examined.map((e) => e.audit?.auditId ?? null),
        examined.map((e) => e.audit?.jobId ?? null),
        examined.map((e) => e.audit?.jobAttempt ?? null),
        examined.map((e) => e.message.bytes),
        examined.map((e) => e.message.mandate),
        examined.map((e) => e.problem),
        now,
      ],
    );
  }

  /** The words that count on a case, the latest first. */
  async of(tx: Tx, one: Case): Promise<Attestation[]> {
    const rows = await tx.rows<{ value: Buffer; mandate: Buffer }>(
      `SELECT value, mandate FROM attestations WHERE job_id = $1 AND job_attempt = $2 AND problem IS NULL
       ORDER BY received_at DESC, decision_id DESC`,
      [one.jobId, one.jobAttempt],
    );
    return rows.map(({ value, mandate }) => toAttestation(decode('ReviewDecided', value), mandate));
  }
}

function toAttestation(value: ReviewDecided, mandate: Buffer): Attestation {
  const { decision_id, actor: founder, key_id, statement, signature, decided_at: attested_at } = value;
  const signed = {
    key_id: key_id ?? '',
    statement: statement ?? Buffer.alloc(0),
    signature: signature ?? Buffer.alloc(0),
  };
  return {
    decisionId: decision_id,
    founder,
    checks: value.attested_checks ?? [],
    reason: value.reason ?? '',
    mandate,
    wire: { decision_id, founder, ...signed, attested_at },
  };
}
