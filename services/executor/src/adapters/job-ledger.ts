import { evolve, type JobEvent, type JobKind, recordOf } from '../domain/job';
import { recordOfCreation } from '../domain/new-job';
import type { JobChange, StoredJob } from './job.store';

/** The locked jobs of one transaction, with what has been recorded of them so far. */
export class JobLedger {
  private readonly entries = new Map<string, JobChange>();

  /** @param cause what the records are recorded on: a message type, TIMER or OPERATOR */
  constructor(
    locked: readonly StoredJob[],
    private readonly cause: string,
    private readonly actor = 'executor',
  ) {
    for (const job of locked) this.entries.set(job.jobId, { before: job, job, records: [], cause, actor });
  }

  jobs(): readonly StoredJob[] {
    return [...this.entries.values()].map((e) => e.job);
  }

  /** @throws Error if it is not among those that were locked */
  of(jobId: string): StoredJob {
    const entry = this.entries.get(jobId);
    if (!entry) throw new Error(`job ${jobId} is not locked`);
    return entry.job;
  }

  find(contractId: string, kind: JobKind): StoredJob | null {
    return this.jobs().find((j) => j.contractId === contractId && j.kind === kind) ?? null;
  }

  /** The version of a contract's last job; 0 if it has none. */
  lastVersion(contractId: string): number {
    return Math.max(0, ...this.jobs().map((j) => (j.contractId === contractId ? j.version : 0)));
  }

  add(job: StoredJob): void {
    this.entries.set(job.jobId, {
      before: null,
      job,
      records: [recordOfCreation(job)],
      cause: this.cause,
      actor: this.actor,
    });
  }

  /** Records an event of a job and returns the job as it is then. */
  record(jobId: string, event: JobEvent, now: number): StoredJob {
    const entry = this.entries.get(jobId);
    if (!entry) throw new Error(`job ${jobId} is not locked`);
    const job: StoredJob = { ...entry.job, ...evolve(entry.job, event, now) };
    this.entries.set(jobId, { ...entry, job, records: [...entry.records, recordOf(entry.job, event, job, now)] });
    return job;
  }

  /** What is to be saved and said. */
  changes(): readonly JobChange[] {
    return [...this.entries.values()].filter((e) => e.records.length > 0);
  }
}
