import {
  citing,
  type DueTimer,
  type HealthView,
  OnTimer,
  type Outgoing,
  Reference,
  type TimerBatch,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { toCapabilityChanged } from '../adapters/capability-changed.wire';
import { Drivers } from '../adapters/drivers';
import { JobStore } from '../adapters/job.store';
import { toJobChanged } from '../adapters/job-changed.wire';
import { JobLedger } from '../adapters/job-ledger';
import { JobMetrics } from '../adapters/job-metrics';
import { type LockedRegistry, RegistryStore } from '../adapters/registry.store';
import { advance } from '../adapters/step-runner';
import { LIMITS } from '../config';
import type { Facts, Limits } from '../domain/next';

/** Moves jobs on: each firing is at most one step of a job, with its outcome, in one transaction (JOB-004). */
@Controller()
export class OnDueJob {
  constructor(
    private readonly jobs: JobStore,
    private readonly registries: RegistryStore,
    private readonly reference: Reference,
    private readonly drivers: Drivers,
    private readonly timers: Timers,
    private readonly metrics: JobMetrics,
    @Inject(LIMITS) private readonly limits: Limits,
  ) {}

  @OnTimer('job')
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const { now } = batch;
    const ledger = new JobLedger(
      await this.jobs.lock(
        tx,
        'job_id',
        batch.messages.map((t) => t.aggregateId),
      ),
      'TIMER',
    );
    const registry = await this.registries.lock(tx, [...new Set(ledger.jobs().flatMap((j) => j.terms.affected))]);
    const health = await this.reference.health(now, tx);
    const facts = factsOf(now, health, registry, this.limits);
    const due: DueTimer[] = [];
    for (const job of ledger.jobs()) {
      const dueAt = await advance(job, ledger, registry, this.drivers, facts);
      if (dueAt !== null) due.push({ aggregateId: job.jobId, dueAt });
    }
    await this.registries.save(tx, registry, now);
    await this.jobs.save(tx, ledger.changes());
    await this.timers.set(tx, 'job', due);
    this.metrics.observe(ledger.changes());
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

function factsOf(now: number, health: HealthView, registry: LockedRegistry, limits: Limits): Facts {
  return {
    now,
    limits,
    seen: (scope) => ({ scope, state: health.stateOf(scope), version: health.versionOf(scope), at: now }),
    target: (capability) => registry.states.get(capability),
    blockedBy: (capability) => {
      const [signal] = health.blockingSignals([capability]);
      return signal
        ? `${signal.kind} on ${signal.scope} by ${signal.author ?? signal.source}: ${signal.reason ?? 'no reason given'}`
        : null;
    },
  };
}
