import { leftBehindBy } from '@mandate/contracts';
import type { JobChanged } from '@mandate/schemas';
import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { LeftBehind } from '../domain/incident';

/** A contract's job as far as this service has heard. */
export interface KnownJob {
  readonly contractId: string;
  readonly kind: string;
  readonly jobId: string;
  readonly state: string;
  readonly attempt: number;
  readonly leftBehind: readonly LeftBehind[];
}
interface JobRow {
  readonly contract_id: string;
  readonly kind: string;
  readonly job_id: string;
  readonly state: string;
  readonly attempt: number;
  readonly left_behind: readonly LeftBehind[];
}

/** The jobs of contracts: which verdict may close them, and what a rollback left behind. */
@Injectable()
export class JobsStore {
  async of(tx: Tx, contractIds: readonly string[]): Promise<KnownJob[]> {
    const rows = await tx.rows<JobRow>(
      'SELECT contract_id, kind, job_id, state, attempt, left_behind FROM jobs WHERE contract_id = ANY ($1::uuid[])',
      [contractIds],
    );
    return rows.map((r) => ({
      contractId: r.contract_id,
      kind: r.kind,
      jobId: r.job_id,
      state: r.state,
      attempt: r.attempt,
      leftBehind: r.left_behind,
    }));
  }

  /** Keeps the newest version of each job. CONTRACT-003, SM-006: a second job of a kind does not replace the first. */
  async keep(tx: Tx, jobs: readonly JobChanged[]): Promise<void> {
    const newest = new Map<string, JobChanged>();
    for (const job of jobs) {
      const key = `${job.contract_id} ${job.kind}`;
      if ((newest.get(key)?.version ?? 0) < job.version) newest.set(key, job);
    }
    const rows = [...newest.values()];
    if (rows.length === 0) return;
    await tx.run(
      `INSERT INTO jobs (contract_id, kind, job_id, version, state, attempt, left_behind, ended_at)
       SELECT c, k, j, v, s, a, l::json, e FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::int[], $7::text[], $8::bigint[])
         AS t (c, k, j, v, s, a, l, e)
       ON CONFLICT (contract_id, kind) DO UPDATE SET version = excluded.version, state = excluded.state, attempt = excluded.attempt,
         left_behind = excluded.left_behind, ended_at = excluded.ended_at
         WHERE jobs.version < excluded.version AND jobs.job_id = excluded.job_id`,
      [
        rows.map((j) => j.contract_id),
        rows.map((j) => j.kind),
        rows.map((j) => j.job_id),
        rows.map((j) => j.version),
        rows.map((j) => j.state),
        rows.map((j) => j.attempt),
        rows.map((j) => JSON.stringify(leftBehindBy(j))),
        rows.map((j) => j.ended_at),
      ],
    );
  }
}
