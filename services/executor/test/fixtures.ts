import {
  type CapabilityDefinition,
  type CapabilityState,
  type Change,
  type Json,
  planDigest,
} from '@mandate/contracts';
import { TestClock } from '@mandate/service-kit';
import { Drivers } from '../src/adapters/drivers';
import type { StoredJob } from '../src/adapters/job.store';
import { JobLedger } from '../src/adapters/job-ledger';
import { LockedRegistry } from '../src/adapters/registry.store';
import type { Bench } from '../src/adapters/step-runner';
import type { HealthSeen, Job, Terms } from '../src/domain/job';
import { newChangeJob, newRollbackJob } from '../src/domain/new-job';
import type { Facts, Limits } from '../src/domain/next';

export const CONTRACT = '00000000-0000-7000-8000-000000000001';
export const NOON = 1_700_000_000_000;
export const LIMITS: Limits = {
  stepHealthWaitMs: 60_000,
  recheckMs: 500,
  rollbackAttempts: 3,
  rollbackBackoffMs: 1_000,
};

export const aDefinition = (name: string, more: Partial<CapabilityDefinition> = {}): CapabilityDefinition => ({
  name,
  aliases: [],
  description: '',
  owner: 'o',
  lifecycle: 'LAUNCHED',
  enabled: true,
  frozen: false,
  driver: 'registry',
  keys: ['size', 'depth'].map((key) => ({
    key,
    aliases: [],
    description: '',
    schema: { type: 'integer', minimum: 0, maximum: 9 },
    first_value: 3,
  })),
  risk: {},
  irreversible_allowed: [],
  probes: [],
  constraints: { max_duration_ms: 60_000, step_timeout_ms: 5_000, steps_per_minute: 60, allowed_targets: [] },
  ...more,
});

export const aCapability = (name: string, more: Partial<CapabilityState> = {}): CapabilityState => ({
  capability: name,
  version: 1,
  definition: aDefinition(name),
  enabled: true,
  lifecycle: 'LAUNCHED',
  values: { size: 3, depth: 3 },
  provisional_contract_id: null,
  ...more,
});

export const setTo = (capability: string, to: Json, old: Json = 3, key = 'size'): Change => ({
  kind: 'configuration_update',
  capability,
  setting: { key, old, new: to },
});

export const someTerms = (affected: readonly string[], more: Partial<Terms> = {}): Terms => ({
  affected,
  windowStart: NOON - 60_000,
  windowEnd: NOON + 3_600_000,
  constraints: { max_duration_ms: 600_000, step_timeout_ms: 5_000, steps_per_minute: 60, allowed_targets: [] },
  ...more,
});

export const aRegistry = (...states: CapabilityState[]): LockedRegistry =>
  new LockedRegistry(
    states.length,
    { version: 1, digest: Buffer.alloc(32), size: states.length },
    new Map(states.map((s) => [s.capability, s])),
  );

/** Facts at an instant; everything is HEALTHY and nothing blocked unless told. */
export const someFacts = (
  registry: LockedRegistry,
  now = NOON,
  more: { ill?: Record<string, HealthSeen['state']>; blocked?: string | null; limits?: Partial<Limits> } = {},
): Facts => ({
  now,
  limits: { ...LIMITS, ...more.limits },
  seen: (scope) => ({ scope, state: more.ill?.[scope] ?? 'HEALTHY', version: 1, at: now }),
  blockedBy: () => more.blocked ?? null,
  noWayTo: () => null,
  target: (capability) => registry.states.get(capability),
});

const stored = (job: Job, plan: Buffer = Buffer.alloc(32)): StoredJob => ({
  ...job,
  issueId: CONTRACT,
  origin: {
    source: 'support_ticket',
    source_system: 's',
    reference: 'r',
    submitter: null,
    tenant: null,
    received_at: 1,
  },
  planDigest: plan,
  cites: Buffer.alloc(0),
});

export function aChangeJob(
  changes: readonly Change[],
  registry: LockedRegistry,
  terms: Partial<Terms> = {},
): StoredJob {
  const affected = [...new Set(changes.map((c) => c.capability))].sort();
  const order = {
    jobId: '00000000-0000-7000-8000-00000000000a',
    contractId: CONTRACT,
    terms: someTerms(affected, terms),
    lastVersion: 0,
    now: NOON,
  };
  const plan = planDigest({ changes, affected_capabilities: order.terms.affected });
  return stored(
    newChangeJob(order, changes, (c) => registry.states.get(c)),
    plan,
  );
}

export function aRollbackJob(change: StoredJob): StoredJob {
  const order = {
    jobId: '00000000-0000-7000-8000-00000000000b',
    contractId: CONTRACT,
    terms: change.terms,
    lastVersion: change.version,
    now: NOON,
  };
  return stored(newRollbackJob(order, change));
}

export const aLedger = (...jobs: StoredJob[]): JobLedger => new JobLedger(jobs, 'TIMER');

/** The drivers of an executor that has no targets outside. */
export const someDrivers = (): Drivers => new Drivers({}, new TestClock(NOON));

/** What a transaction at an instant moves this job with. */
export const aBench = (job: StoredJob, registry: LockedRegistry, drivers: Bench['drivers'], facts: Facts): Bench => ({
  ledger: aLedger(job),
  registry,
  drivers,
  facts,
});
