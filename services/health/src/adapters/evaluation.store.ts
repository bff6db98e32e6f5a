import { newId } from '@mandate/contracts';
import { decode, type JobChanged } from '@mandate/schemas';
import { type HopBatch, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Snapshot } from './health.store';

/** A job's end that is to be evaluated. */
export interface PendingEvaluation {
  readonly evaluationId: string;
  readonly job: JobChanged;
  readonly mandate: Buffer;
  readonly planDigest: Buffer;
  readonly snapshot: Snapshot;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly dueAt: number;
}

/** A job's end with when it started and when it is to be judged; epoch milliseconds. */
export interface NewEvaluation {
  readonly message: HopBatch<'JobChanged'>['messages'][number];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly dueAt: number;
}

interface Row {
  readonly evaluation_id: string;
  readonly job: Buffer;
  readonly mandate: Buffer;
  readonly plan_digest: Buffer;
  readonly snapshot: Snapshot;
  readonly started_at: string;
  readonly ended_at: string;
  readonly due_at: string;
}

export const EVALUATION_TIMER = 'evaluation';
const COLUMNS = 'evaluation_id, job, mandate, plan_digest, snapshot, started_at, ended_at, due_at';

/** Evaluations, one per job and attempt. */
@Injectable()
export class EvaluationStore {
  /** Opens evaluations; an end that is known already is left alone. Returns the ids of new ones with when they are due. */
  async open(
    tx: Tx,
    ends: readonly NewEvaluation[],
    snapshots: readonly Snapshot[],
    now: number,
  ): Promise<{ aggregateId: string; dueAt: number }[]> {
    const m = ends.map((e) => e.message);
    const rows = await tx.rows<{ evaluation_id: string; due_at: string }>(
      `INSERT INTO evaluations (evaluation_id, job_id, attempt, contract_id, job, mandate, plan_digest, snapshot, started_at, ended_at, due_at)
       SELECT id, j, a, c, job, m, p, s::jsonb, st, en, due FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bytea[], $6::bytea[],
         $7::bytea[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[]) AS t (id, j, a, c, job, m, p, s, st, en, due)
       ON CONFLICT (job_id, attempt) DO NOTHING RETURNING evaluation_id, due_at`,
      [
        ends.map(() => newId(now)),
        m.map((x) => x.value.job_id),
        m.map((x) => x.value.attempt),
        m.map((x) => x.value.contract_id),
        m.map((x) => x.bytes),
        m.map((x) => x.mandate),
        m.map((x) => x.link.planDigest),
        snapshots.map((s) => JSON.stringify(s)),
        ends.map((e) => e.startedAt),
        ends.map((e) => e.endedAt),
        ends.map((e) => e.dueAt),
      ],
    );
    return rows.map((r) => ({ aggregateId: r.evaluation_id, dueAt: Number(r.due_at) }));
  }

  /** Those of these evaluations that are still open, locked in id order. */
  async lockOpen(tx: Tx, ids: readonly string[]): Promise<PendingEvaluation[]> {
    const rows = await tx.rows<Row>(
      `SELECT ${COLUMNS} FROM evaluations WHERE evaluation_id = ANY ($1::uuid[]) AND answer IS NULL ORDER BY evaluation_id FOR UPDATE`,
      [ids],
    );
    return rows.map(toPending);
  }

  /** The CHANGE job of a contract, whether evaluated or not; null if its end has not been heard of. */
  async changeJob(tx: Tx, contractId: string): Promise<JobChanged | null> {
    const rows = await tx.rows<{ job: Buffer }>(
      'SELECT job FROM evaluations WHERE contract_id = $1 ORDER BY started_at, attempt',
      [contractId],
    );
    return rows.map((r) => decode('JobChanged', r.job)).find((j) => j.kind === 'CHANGE') ?? null;
  }

  /** Keeps the answer and gives it the next version of its contract; the row lock of `lockOpen` guards it. */
  async conclude(tx: Tx, pending: PendingEvaluation, answer: object, now: number): Promise<number> {
    const [row] = await tx.rows<{ version: string }>(
      `UPDATE evaluations SET answer = $2::jsonb, evaluated_at = $3,
         version = (SELECT coalesce(max(e.version), 0) + 1 FROM evaluations e WHERE e.contract_id = $4)
       WHERE evaluation_id = $1 RETURNING version`,
      [pending.evaluationId, JSON.stringify(answer), now, pending.job.contract_id],
    );
    return Number(row?.version);
  }
}

function toPending(r: Row): PendingEvaluation {
  return {
    evaluationId: r.evaluation_id,
    job: decode('JobChanged', r.job),
    mandate: r.mandate,
    planDigest: r.plan_digest,
    snapshot: r.snapshot,
    startedAt: Number(r.started_at),
    endedAt: Number(r.ended_at),
    dueAt: Number(r.due_at),
  };
}
