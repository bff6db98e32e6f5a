import { Metrics } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { hasEnded } from '../domain/job';
import type { JobChange } from './job.store';

/** How many jobs end how, and how long they take from their creation; alerts rest on both. */
@Injectable()
export class JobMetrics {
  private readonly ended: Counter<'kind' | 'state'>;
  private readonly seconds: Histogram<'kind'>;

  constructor(metrics: Metrics) {
    const registers = [metrics.registry];
    this.ended = new Counter({
      name: 'mandate_jobs_ended_total',
      help: 'Jobs that ended, each attempt of a rollback',
      labelNames: ['kind', 'state'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'mandate_job_seconds',
      help: 'Time from a job being ordered to its end',
      labelNames: ['kind'],
      buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 86_400],
      registers,
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
