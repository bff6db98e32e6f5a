import type { AuditConcluded, IncidentChanged, JobChanged, JobEvaluated } from '@mandate/schemas';
import { decode } from '@mandate/schemas';
import { Database, type Message, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** What happened after the approval. */
export interface Progress {
  readonly jobs: readonly JobChanged[];
  readonly evaluations: readonly JobEvaluated[];
  /** Each with the bytes of its message. */
  readonly audits: readonly { readonly audit: AuditConcluded; readonly bytes: Buffer }[];
  readonly incident: IncidentChanged | null;
}

export interface StoredAudit {
  readonly value: Buffer;
  readonly mandate: Buffer;
  readonly is_superseded: boolean;
}

/** Jobs, evaluations and audits as their last messages told them; the higher version wins. */
@Injectable()
export class ProgressStore {
  constructor(private readonly database: Database) {}

  projectJobs(tx: Tx, messages: readonly Message<JobChanged>[]): Promise<number> {
    const newest = newestBy(messages, (m) => m.value.job_id);
    return tx.run(
      `INSERT INTO jobs (job_id, contract_id, version, kind, ended_at, value)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::bytea[])
       ON CONFLICT (job_id) DO UPDATE SET version = excluded.version, ended_at = excluded.ended_at, value = excluded.value
       WHERE jobs.version < excluded.version`,
      [
        newest.map((m) => m.value.job_id),
        newest.map((m) => m.value.contract_id),
        newest.map((m) => m.link.version),
        newest.map((m) => m.value.kind),
        newest.map((m) => m.value.ended_at),
        newest.map((m) => m.bytes),
      ],
    );
  }

  projectEvaluations(tx: Tx, messages: readonly Message<JobEvaluated>[]): Promise<number> {
    return tx.run(
      `INSERT INTO evaluations (evaluation_id, contract_id, version, job_id, evaluated_at, value)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bytea[]) ON CONFLICT DO NOTHING`,
      [
        messages.map((m) => m.value.evaluation_id),
        messages.map((m) => m.value.contract_id),
        messages.map((m) => m.link.version),
        messages.map((m) => m.value.job_id),
        messages.map((m) => m.value.evaluated_at),
        messages.map((m) => m.bytes),
      ],
    );
  }

  projectAudits(tx: Tx, messages: readonly Message<AuditConcluded>[]): Promise<number> {
    return tx.run(
      `INSERT INTO audits (audit_id, contract_id, version, job_id, verdict, is_final, concluded_at, decision, value, mandate)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::boolean[], $7::bigint[], $8::bytea[],
         $9::bytea[], $10::bytea[]) ON CONFLICT DO NOTHING`,
      [
        messages.map((m) => m.value.audit_id),
        messages.map((m) => m.value.contract_id),
        messages.map((m) => m.link.version),
        messages.map((m) => m.value.job_id),
        messages.map((m) => m.value.verdict),
        messages.map((m) => m.value.is_final),
        messages.map((m) => m.value.concluded_at),
        messages.map(decisionOf),
        messages.map((m) => m.bytes),
        messages.map((m) => m.mandate),
      ],
    );
  }

  /** An audit with the header to cite it by, and whether a later one has spoken. */
  async audit(auditId: string, reader: Pick<Database, 'rows'> | Tx = this.database): Promise<StoredAudit | null> {
    const [row] = await reader.rows<StoredAudit>(
      `SELECT value, mandate, EXISTS (SELECT 1 FROM audits later WHERE later.contract_id = a.contract_id AND later.version > a.version)
         AS is_superseded FROM audits a WHERE audit_id = $1`,
      [auditId],
    );
    return row ?? null;
  }

  async of(contractId: string): Promise<Progress> {
    const values = (table: 'jobs' | 'evaluations' | 'audits' | 'incidents') =>
      this.database
        .rows<{ value: Buffer }>(`SELECT value FROM ${table} WHERE contract_id = $1 ORDER BY version`, [contractId])
        .then((rows) => rows.map((r) => r.value));
    const [jobs, evaluations, audits, incidents] = await Promise.all(
      (['jobs', 'evaluations', 'audits', 'incidents'] as const).map(values),
    );
    return {
      jobs: (jobs ?? []).map((bytes) => decode('JobChanged', bytes)),
      evaluations: (evaluations ?? []).map((bytes) => decode('JobEvaluated', bytes)),
      audits: (audits ?? []).map((bytes) => ({ audit: decode('AuditConcluded', bytes), bytes })),
      incident: incidents?.[0] ? decode('IncidentChanged', incidents[0]) : null,
    };
  }
}

/** Digest of the founder's decision that a message answers. */
export function decisionOf({ cause, link }: Message<unknown>): Buffer | null {
  return cause?.type === 'ReviewDecided' ? link.causeDigest : null;
}

export function newestBy<V>(
  messages: readonly Message<V>[],
  idOf: (message: Message<V>) => string,
): readonly Message<V>[] {
  const newest = new Map<string, Message<V>>();
  for (const m of messages) if ((newest.get(idOf(m))?.link.version ?? -1) < m.link.version) newest.set(idOf(m), m);
  return [...newest.values()];
}
