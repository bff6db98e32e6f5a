import type { Change } from '@mandate/contracts';
import type { Origin } from '@mandate/schemas';
import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Job, JobRecord, JobStep, Snapshot, Terms } from '../domain/job';

/** A job with what its messages need besides. */
export interface StoredJob extends Job {
  readonly issueId: string;
  readonly origin: Origin;
  readonly planDigest: Buffer;
  /** The ContractChanged that ordered it. */
  readonly cites: Buffer;
}

/** A job's new state and the records that led to it; of one transaction and one message. */
export interface JobChange {
  readonly before: StoredJob | null;
  readonly job: StoredJob;
  readonly records: readonly JobRecord[];
  /** What led to the records: a message type, TIMER or OPERATOR. */
  readonly cause: string;
  readonly actor: string;
}

type Column = 'job_id' | 'contract_id';

/** Jobs, their steps and their log. */
@Injectable()
export class JobStore {
  /** Locks jobs in id order; by job or by contract. */
  async lock(tx: Tx, by: Column, ids: readonly string[]): Promise<readonly StoredJob[]> {
    const rows = await tx.rows<JobRow>(`SELECT * FROM jobs WHERE ${by} = ANY ($1::uuid[]) ORDER BY job_id FOR UPDATE`, [
      ids,
    ]);
    if (rows.length === 0) return [];
    const steps = await tx.rows<StepRow>(
      'SELECT * FROM job_steps WHERE job_id = ANY ($1::uuid[]) ORDER BY job_id, position',
      [rows.map((r) => r.job_id)],
    );
    const byJob = new Map<string, JobStep[]>(rows.map((r) => [r.job_id, []]));
    for (const s of steps) byJob.get(s.job_id)?.push(stepOf(s));
    return rows.map((r) => jobOf(r, byJob.get(r.job_id) ?? []));
  }

  /** The job of a kind that a contract has, if any; not locked. */
  async idOf(tx: Tx, contractId: string, kind: Job['kind']): Promise<string | null> {
    const [row] = await tx.rows<{ job_id: string }>('SELECT job_id FROM jobs WHERE contract_id = $1 AND kind = $2', [
      contractId,
      kind,
    ]);
    return row?.job_id ?? null;
  }

  /** Writes changes: new jobs with their plan, moved jobs and their steps, and the log of all. */
  async save(tx: Tx, changes: readonly JobChange[]): Promise<void> {
    const made = changes.filter((c) => c.before === null).map((c) => c.job);
    const moved = changes.filter((c) => c.before !== null);
    await this.insert(tx, made);
    await this.update(
      tx,
      moved.map((c) => c.job),
    );
    await this.updateSteps(
      tx,
      moved.flatMap((c) => changedSteps(c)),
    );
    await this.log(tx, changes);
  }

  private async insert(tx: Tx, jobs: readonly StoredJob[]): Promise<void> {
    if (jobs.length === 0) return;
    await tx.run(
      `INSERT INTO jobs (job_id, contract_id, issue_id, kind, origin, plan, plan_digest, cites, created_at, version, attempt, state, code, reason,
         snapshots, started_at, ended_at)
       SELECT j, c, i, k, o::json, p::json, pd, ci, ca, v, a, s, co, re, sn::json, st, e
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::bigint[], $10::bigint[],
         $11::int[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::bigint[])
         AS t (j, c, i, k, o, p, pd, ci, ca, v, a, s, co, re, sn, st, e)`,
      [
        jobs.map((j) => j.jobId),
        jobs.map((j) => j.contractId),
        jobs.map((j) => j.issueId),
        jobs.map((j) => j.kind),
        jobs.map((j) => JSON.stringify(j.origin)),
        jobs.map((j) => JSON.stringify(j.terms)),
        jobs.map((j) => j.planDigest),
        jobs.map((j) => j.cites),
        jobs.map((j) => j.createdAt),
        jobs.map((j) => j.version),
        jobs.map((j) => j.attempt),
        jobs.map((j) => j.state),
        jobs.map((j) => j.code),
        jobs.map((j) => j.reason),
        jobs.map((j) => JSON.stringify(j.snapshots)),
        jobs.map((j) => j.startedAt),
        jobs.map((j) => j.endedAt),
      ],
    );
    await this.insertSteps(
      tx,
      jobs.flatMap((j) => j.steps.map((step, position) => ({ jobId: j.jobId, position, step }))),
    );
  }

  private async insertSteps(
    tx: Tx,
    steps: readonly { jobId: string; position: number; step: JobStep }[],
  ): Promise<void> {
    if (steps.length === 0) return;
    await tx.run(
      `INSERT INTO job_steps (job_id, step_index, position, change, inverse, idempotency_key, undoes, state, health_seen)
       SELECT j, i, p, c::json, inv::json, k, u, s, '[]'::json
       FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[]) AS t (j, i, p, c, inv, k, u, s)`,
      [
        steps.map((s) => s.jobId),
        steps.map((s) => s.step.index),
        steps.map((s) => s.position),
        steps.map((s) => JSON.stringify(s.step.change)),
        steps.map((s) => (s.step.inverse === null ? null : JSON.stringify(s.step.inverse))),
        steps.map((s) => s.step.idempotencyKey),
        steps.map((s) => s.step.undoes),
        steps.map((s) => s.step.state),
      ],
    );
  }

  private async update(tx: Tx, jobs: readonly StoredJob[]): Promise<void> {
    if (jobs.length === 0) return;
    await tx.run(
      `UPDATE jobs SET version = v, attempt = a, state = s, code = co, reason = re, waiting_since = w, snapshots = sn::json, started_at = st, ended_at = e
       FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::bigint[], $10::bigint[])
         AS t (j, v, a, s, co, re, w, sn, st, e)
       WHERE job_id = j`,
      [
        jobs.map((j) => j.jobId),
        jobs.map((j) => j.version),
        jobs.map((j) => j.attempt),
        jobs.map((j) => j.state),
        jobs.map((j) => j.code),
        jobs.map((j) => j.reason),
        jobs.map((j) => j.waitingSince),
        jobs.map((j) => JSON.stringify(j.snapshots)),
        jobs.map((j) => j.startedAt),
        jobs.map((j) => j.endedAt),
      ],
    );
  }

  private async updateSteps(tx: Tx, steps: readonly { jobId: string; step: JobStep }[]): Promise<void> {
    if (steps.length === 0) return;
    await tx.run(
      `UPDATE job_steps SET state = s, health_seen = h::json, code = c, detail = d, started_at = st, ended_at = e
       FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS t (j, i, s, h, c, d, st, e)
       WHERE job_id = j AND step_index = i`,
      [
        steps.map((s) => s.jobId),
        steps.map((s) => s.step.index),
        steps.map((s) => s.step.state),
        steps.map((s) => JSON.stringify(s.step.healthSeen)),
        steps.map((s) => s.step.code),
        steps.map((s) => s.step.detail),
        steps.map((s) => s.step.startedAt),
        steps.map((s) => s.step.endedAt),
      ],
    );
  }

  private async log(tx: Tx, changes: readonly JobChange[]): Promise<void> {
    const rows = changes.flatMap((c) => c.records.map((record) => ({ job: c.job, cause: c.cause, record })));
    if (rows.length === 0) return;
    await tx.run(
      `INSERT INTO job_log (contract_id, version, job_id, kind, attempt, from_state, to_state, cause, code, reason, at)
       SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])`,
      [
        rows.map((r) => r.job.contractId),
        rows.map((r) => r.record.version),
        rows.map((r) => r.job.jobId),
        rows.map((r) => r.job.kind),
        rows.map((r) => r.job.attempt),
        rows.map((r) => r.record.from),
        rows.map((r) => r.record.to),
        rows.map((r) => r.cause),
        rows.map((r) => r.record.code),
        rows.map((r) => r.record.reason),
        rows.map((r) => r.record.at),
      ],
    );
  }
}

/** Steps that this change moved; recorded ones are never written again. */
function changedSteps({ before, job }: JobChange): { jobId: string; step: JobStep }[] {
  return job.steps.flatMap((step, i) => (step === before?.steps[i] ? [] : [{ jobId: job.jobId, step }]));
}

interface JobRow {
  readonly job_id: string;
  readonly contract_id: string;
  readonly issue_id: string;
  readonly kind: Job['kind'];
  readonly origin: Origin;
  readonly plan: Terms;
  readonly plan_digest: Buffer;
  readonly cites: Buffer;
  readonly created_at: string;
  readonly version: string;
  readonly attempt: number;
  readonly state: Job['state'];
  readonly code: string | null;
  readonly reason: string | null;
  readonly waiting_since: string | null;
  readonly snapshots: readonly Snapshot[];
  readonly started_at: string | null;
  readonly ended_at: string | null;
}
interface StepRow {
  readonly job_id: string;
  readonly step_index: number;
  readonly change: Change;
  readonly inverse: Change | null;
  readonly idempotency_key: string;
  readonly undoes: string | null;
  readonly state: JobStep['state'];
  readonly health_seen: JobStep['healthSeen'];
  readonly code: string | null;
  readonly detail: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}
const time = (text: string | null): number | null => (text === null ? null : Number(text));

function stepOf(r: StepRow): JobStep {
  return {
    index: r.step_index,
    change: r.change,
    inverse: r.inverse,
    idempotencyKey: r.idempotency_key,
    undoes: r.undoes,
    state: r.state,
    healthSeen: r.health_seen,
    code: r.code,
    detail: r.detail,
    startedAt: time(r.started_at),
    endedAt: time(r.ended_at),
  };
}

function jobOf(r: JobRow, steps: readonly JobStep[]): StoredJob {
  return {
    jobId: r.job_id,
    contractId: r.contract_id,
    issueId: r.issue_id,
    kind: r.kind,
    origin: r.origin,
    terms: r.plan,
    planDigest: r.plan_digest,
    cites: r.cites,
    version: Number(r.version),
    attempt: r.attempt,
    state: r.state,
    steps,
    snapshots: r.snapshots,
    code: r.code,
    reason: r.reason,
    waitingSince: time(r.waiting_since),
    createdAt: Number(r.created_at),
    startedAt: time(r.started_at),
    endedAt: time(r.ended_at),
  };
}
