import { citing, type HealthView, type Outgoing, Reference, Timers, Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { LIMITS } from '../config';
import type { Facts, Limits } from '../domain/next';
import { toCapabilityChanged } from './capability-changed.wire';
import { Drivers } from './drivers';
import { JobStore, type StoredJob } from './job.store';
import { toJobChanged } from './job-changed.wire';
import { JobLedger } from './job-ledger';
import { JobMetrics } from './job-metrics';
import { type LockedRegistry, RegistryStore } from './registry.store';
import type { Bench } from './step-runner';

/** The timer that moves a job. */
export const JOB_TIMER = 'job';

/** Moves jobs in one transaction: locks them and the registry, records, and says what was recorded. */
@Injectable()
export class JobDesk {
  constructor(
    private readonly jobs: JobStore,
    private readonly registries: RegistryStore,
    private readonly reference: Reference,
    private readonly drivers: Drivers,
    private readonly timers: Timers,
    private readonly metrics: JobMetrics,
    @Inject(LIMITS) private readonly limits: Limits,
  ) {}

  /** @param work moves one job and returns when it is due again (epoch milliseconds; null: not by itself) */
  async move(
    tx: Tx,
    jobIds: readonly string[],
    cause: string,
    now: number,
    work: (job: StoredJob, bench: Bench) => Promise<number | null>,
  ): Promise<Outgoing[]> {
    const ledger = new JobLedger(await this.jobs.lock(tx, 'job_id', jobIds), cause);
    const registry = await this.registries.lock(tx, [...new Set(ledger.jobs().flatMap((j) => j.terms.affected))]);
    const health = await this.reference.health(now, tx);
    const { drivers } = this;
    const bench: Bench = { ledger, registry, drivers, facts: factsOf(now, health, registry, drivers, this.limits) };
    const due: { aggregateId: string; dueAt: number }[] = [];
    const over: string[] = [];
    for (const job of ledger.jobs()) {
      const dueAt = await work(job, bench);
      if (dueAt === null) over.push(job.jobId);
      else due.push({ aggregateId: job.jobId, dueAt });
    }
    await this.registries.save(tx, registry, now);
    await this.jobs.save(tx, ledger.changes());
    await this.timers.set(tx, JOB_TIMER, due);
    await this.timers.clear(tx, JOB_TIMER, over);
    tx.afterCommit(() => this.metrics.observe(ledger.changes()));
    const byId = new Map(ledger.jobs().map((j) => [j.jobId, j]));
    const basis = { registryVersion: registry.version, healthVersion: health.healthVersion };
    return [
      ...registry.changes.flatMap((c) => {
        const job = byId.get(c.jobId ?? '');
        return job ? [toCapabilityChanged(c, citing(job.cites), job.planDigest, now)] : [];
      }),
      ...ledger.changes().map((c) => toJobChanged(c, basis, now)),
    ];
  }
}

function factsOf(now: number, health: HealthView, registry: LockedRegistry, drivers: Drivers, limits: Limits): Facts {
  return {
    now,
    limits,
    seen: (scope) => ({ scope, state: health.stateOf(scope), version: health.versionOf(scope), at: now }),
    target: (capability) => registry.states.get(capability),
    noWayTo: (capability) => drivers.whyNot(registry.states.get(capability)),
    blockedBy: (capability) => {
      const [signal] = health.blockingSignals([capability]);
      return signal
        ? `${signal.kind} on ${signal.scope} by ${signal.author ?? signal.source}: ${signal.reason ?? 'no reason given'}`
        : null;
    },
  };
}
