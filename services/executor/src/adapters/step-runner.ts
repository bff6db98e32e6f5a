import { nextOfChange } from '../domain/change-job';
import { snapshotsOf } from '../domain/job';
import type { Facts, Next } from '../domain/next';
import { isLastOfCapability, nextAttemptAt, nextOfRollback } from '../domain/rollback-job';
import { liveOf } from './capability-changed.wire';
import type { Drivers } from './drivers';
import type { StoredJob } from './job.store';
import type { JobLedger } from './job-ledger';
import type { LockedRegistry } from './registry.store';

/**
 * Moves a job by what it decides to do now, at most one step, and records it.
 * @returns when to look again (epoch milliseconds); null if it has nothing more to do
 */
export async function advance(
  job: StoredJob,
  ledger: JobLedger,
  registry: LockedRegistry,
  drivers: Drivers,
  facts: Facts,
): Promise<number | null> {
  const next = nextOf(job, facts);
  switch (next.kind) {
    case 'nothing':
      return null;
    case 'wait':
      if (!next.isSilent && next.code !== job.code) {
        const { code, reason, index, healthSeen } = next;
        ledger.record(job.jobId, { type: 'waiting', code, reason, index, healthSeen }, facts.now);
      }
      return next.dueAt;
    case 'end':
      end(job, ledger, next, facts);
      return null;
    case 'run':
      return run(job, next, ledger, registry, drivers, facts);
  }
}

async function run(
  job: StoredJob,
  next: Next & { kind: 'run' },
  ledger: JobLedger,
  registry: LockedRegistry,
  drivers: Drivers,
  facts: Facts,
): Promise<number | null> {
  const { step, healthSeen, attempt } = next;
  const { now } = facts;
  if (job.state !== 'RUNNING')
    ledger.record(job.jobId, { type: 'started', attempt, snapshots: presentOf(job, facts) }, now);
  const outcome = await drivers.run(job.kind, step, facts.target(step.change.capability));
  const recorded = { type: 'step-recorded', index: step.index, healthSeen, startedAt: now } as const;
  if (outcome.outcome !== 'DONE') {
    const { outcome: state, code, detail } = outcome;
    const failed = ledger.record(job.jobId, { ...recorded, state, code, detail, after: null }, now);
    const ended = end(failed, ledger, { state: 'FAILED', code, reason: `step ${step.index}: ${detail}` }, facts);
    return ended.kind === 'ROLLBACK' ? nextAttemptAt(ended, facts) : null;
  }
  const isChange = job.kind === 'CHANGE';
  const isStillProvisional = isChange || !isLastOfCapability(job, step);
  const written = registry.put(
    { ...outcome.target, provisional_contract_id: isStillProvisional ? job.contractId : null },
    { cause: job.kind, contractId: job.contractId, jobId: job.jobId, issueId: job.issueId },
  );
  const after = { capability: written.capability, version: written.version, live: liveOf(written) };
  const moved = ledger.record(
    job.jobId,
    { ...recorded, state: isChange ? 'DONE' : 'UNDONE', code: null, detail: null, after },
    now,
  );
  const following = nextOf(moved, facts);
  if (following.kind !== 'end' || following.state !== 'COMPLETED') return now;
  end(moved, ledger, following, facts);
  return null;
}

function nextOf(job: StoredJob, facts: Facts): Next {
  return job.kind === 'CHANGE' ? nextOfChange(job, facts) : nextOfRollback(job, facts);
}

function end(
  job: StoredJob,
  ledger: JobLedger,
  how: { state: 'COMPLETED' | 'FAILED'; code: string | null; reason: string | null },
  facts: Facts,
): StoredJob {
  const { state, code, reason } = how;
  return ledger.record(job.jobId, { type: 'ended', state, code, reason, snapshots: presentOf(job, facts) }, facts.now);
}

function presentOf(job: StoredJob, facts: Facts) {
  return snapshotsOf(job.terms.affected, (capability) => {
    const target = facts.target(capability);
    return target && { version: target.version, live: liveOf(target) };
  });
}
