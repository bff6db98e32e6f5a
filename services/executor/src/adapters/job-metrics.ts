import { ageSeconds, CLOCK, type Clock, Database, Metrics } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { hasEnded } from '../domain/job';
import type { JobChange } from './job.store';

const KINDS = ['CHANGE', 'ROLLBACK'] as const;

/** How many jobs run, how they end, and how long they take from their creation; alerts rest on all of it. */
@Injectable()
export class JobMetrics {
  private readonly ended: Counter<'kind' | 'state'>;
  private readonly seconds: Histogram<'kind'>;

  constructor(metrics: Metrics, database: Database, @Inject(CLOCK) clock: Clock) {
    this.ended = metrics.counter('mandate_jobs_ended_total', 'Jobs that ended, each attempt of a rollback', [
      'kind',
      'state',
    ]);
    for (const kind of KINDS) for (const state of ['COMPLETED', 'FAILED']) this.ended.inc({ kind, state }, 0);
    this.seconds = metrics.histogram(
      'mandate_job_seconds',
      'Time from a job being ordered to its end',
      [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 86_400],
      ['kind'],
    );
    const open = metrics.gauge('mandate_jobs', 'Jobs that have not ended', ['kind', 'state']);
    const oldest = metrics.gauge('mandate_job_oldest_age_seconds', 'How long the oldest of them is in its state', [
      'kind',
      'state',
    ]);
    metrics.onRead(async () => {
      const now = clock.now();
      const rows = await database.rows<{ kind: string; state: string; n: string; since: string }>(
        `SELECT kind, state, count(*) AS n, min(coalesce(started_at, created_at)) AS since FROM jobs
         WHERE state IN ('PENDING', 'RUNNING') GROUP BY 1, 2`,
      );
      for (const kind of KINDS)
        for (const state of ['PENDING', 'RUNNING']) {
          const row = rows.find((r) => r.kind === kind && r.state === state);
          open.set({ kind, state }, Number(row?.n ?? 0));
          oldest.set({ kind, state }, ageSeconds(row?.since, now));
        }
    });
  }

  observe(changes: readonly JobChange[]): void {
    for (const { job, records } of changes) {
      if (!hasEnded(job) || records.length === 0) continue;
      this.ended.inc({ kind: job.kind, state: job.state });
      this.seconds.observe({ kind: job.kind }, ((job.endedAt ?? job.createdAt) - job.createdAt) / 1_000);
    }
  }
}
