import type { AuditConcluded, IncidentChanged, JobChanged, JobEvaluated } from '@mandate/schemas';
import { decode } from '@mandate/schemas';
import { Database, type Message, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** What happened after the approval. */
export interface Progress {
  readonly jobs: readonly JobChanged[];
  readonly evaluations: readonly JobEvaluated[];
  readonly audits: readonly AuditConcluded[];
  readonly incident: IncidentChanged | null;
}

/** Jobs, evaluations, audits and incidents as their last messages told them; the higher version wins. */
@Injectable()
export class ProgressStore {
  constructor(private readonly database: Database) {}

  projectJobs(tx: Tx, messages: readonly Message<JobChanged>[]): Promise<number> {
    const newest = newestBy(messages, (m) => m.value.job_id);
    return tx.run(
      `INSERT INTO jobs (job_id, contract_id, version, value) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bytea[])
       ON CONFLICT (job_id) DO UPDATE SET version = excluded.version, value = excluded.value WHERE jobs.version < excluded.version`,
      [
        newest.map((m) => m.value.job_id),
        newest.map((m) => m.value.contract_id),
        newest.map((m) => m.link.version),
        newest.map((m) => m.bytes),
      ],
    );
  }

  projectEvaluations(tx: Tx, messages: readonly Message<JobEvaluated>[]): Promise<number> {
    return tx.run(
      `INSERT INTO evaluations (evaluation_id, contract_id, version, value)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bytea[]) ON CONFLICT DO NOTHING`,
      [
        messages.map((m) => m.value.evaluation_id),
        messages.map((m) => m.value.contract_id),
        messages.map((m) => m.link.version),
        messages.map((m) => m.bytes),
      ],
    );
  }

  projectAudits(tx: Tx, messages: readonly Message<AuditConcluded>[]): Promise<number> {
    return tx.run(
      `INSERT INTO audits (audit_id, contract_id, version, verdict, is_final, value)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::boolean[], $6::bytea[]) ON CONFLICT DO NOTHING`,
      [
        messages.map((m) => m.value.audit_id),
        messages.map((m) => m.value.contract_id),
        messages.map((m) => m.link.version),
        messages.map((m) => m.value.verdict),
        messages.map((m) => m.value.is_final),
        messages.map((m) => m.bytes),
      ],
    );
  }

  projectIncidents(tx: Tx, messages: readonly Message<IncidentChanged>[]): Promise<number> {
    const newest = newestBy(messages, (m) => m.value.contract_id);
    return tx.run(
      `INSERT INTO incidents (contract_id, version, state, opened_at, value)
       SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bytea[])
       ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, state = excluded.state, value = excluded.value
       WHERE incidents.version < excluded.version`,
      [
        newest.map((m) => m.value.contract_id),
        newest.map((m) => m.link.version),
        newest.map((m) => m.value.state),
        newest.map((m) => m.value.opened_at),
        newest.map((m) => m.bytes),
      ],
    );
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
      audits: (audits ?? []).map((bytes) => decode('AuditConcluded', bytes)),
      incident: incidents?.[0] ? decode('IncidentChanged', incidents[0]) : null,
    };
  }
}

function newestBy<V>(messages: readonly Message<V>[], idOf: (message: Message<V>) => string): readonly Message<V>[] {
  const newest = new Map<string, Message<V>>();
  for (const m of messages) if ((newest.get(idOf(m))?.link.version ?? -1) < m.link.version) newest.set(idOf(m), m);
  return [...newest.values()];
}
