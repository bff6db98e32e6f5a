import { changeFromWire } from '@mandate/contracts';
import type { ContractChanged, JobChanged, Step } from '@mandate/schemas';
import { type ServiceTables, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { type Change, changesOf, newest, type Of, RECORDED, read } from './recorded';
import { definitionOf, OUTSIDE_OF_EVERY_HOP, referenceTables, valuesOf } from './reference.tables';

type Changed = Said<'JobChanged'>;

/** A job's newest message, with what ordered it and, of a rollback, the job that it undoes. */
interface Job {
  readonly by: Changed;
  readonly all: readonly Changed[];
  readonly order: Said<'ContractChanged'> | null;
  readonly undone: Job | null;
}

function jobsIn(told: Told): readonly Job[] {
  return told.once('jobs', () => [...told.lives('JobChanged').values()].flatMap((said) => jobsOf(told, said)));
}

function jobsOf(told: Told, said: readonly Changed[]): Job[] {
  const ids = [...new Set(said.map((m) => m.value.job_id))];
  const jobs = ids.map((id): Job => {
    const all = said.filter((m) => m.value.job_id === id);
    const by = all.at(-1) as Changed;
    const order = told.causeOf(by);
    return { by, all, order: isA('ContractChanged', order) ? order : null, undone: null };
  });
  const change = jobs.find((j) => j.by.value.kind === 'CHANGE') ?? null;
  return jobs.map((job) => (job.by.value.kind === 'ROLLBACK' ? { ...job, undone: change } : job));
}

/** What the founder signed besides the changes; a rollback has that of its CHANGE job. */
function termsOf({ by, order, undone }: Job): object | null {
  if (undone) return termsOf(undone);
  if (!order) return null;
  const { approval, affected_capabilities: affected, constraints } = order.value;
  if (by.value.kind === 'ROLLBACK') {
    const at = by.value.created_at;
    return { affected, windowStart: at, windowEnd: at, constraints };
  }
  return { affected, ...signedTerms(approval) };
}

function signedTerms(approval: ContractChanged['approval']): object {
  const statement = read(String(approval?.statement)) as { window_start: number; window_end: number };
  const { window_start: windowStart, window_end: windowEnd, ...rest } = statement;
  return { windowStart, windowEnd, constraints: (rest as { constraints?: object }).constraints };
}

/** Since when it waits: the first of the messages that say why it does. */
function waitingSince({ all }: Job): number | null {
  const isWaiting = ({ value }: Changed): boolean => value.code !== null && value.ended_at === null;
  const from = all.findLastIndex((m) => !isWaiting(m)) + 1;
  return all[from]?.value.changes.at(-1)?.at ?? null;
}

function snapshots({ capability_versions }: JobChanged): readonly object[] {
  return capability_versions.map(({ capability, before, after, state_before, state_after }) => {
    return { capability, before, after, stateBefore: read(state_before), stateAfter: read(state_after) };
  });
}

const JOBS = table<Job>({
  name: 'jobs',
  key: ['job_id'],
  told: jobsIn,
  columns: {
    job_id: ({ by }) => by.value.job_id,
    contract_id: ({ by }) => by.value.contract_id,
    issue_id: ({ by }) => by.value.issue_id,
    kind: ({ by }) => by.value.kind,
    origin: ({ by }) => by.value.origin,
    plan: termsOf,
    plan_digest: ({ by }) => by.value.plan_digest,
    cites: ({ order }) => order?.header,
    created_at: ({ by }) => by.value.created_at,
    version: ({ by }) => by.value.version,
    attempt: ({ by }) => by.value.attempt,
    state: ({ by }) => by.value.state,
    code: ({ by }) => by.value.code,
    reason: ({ by }) => by.value.reason,
    waiting_since: waitingSince,
    snapshots: ({ by }) => snapshots(by.value),
    started_at: ({ by }) => by.value.started_at,
    ended_at: ({ by }) => by.value.ended_at,
  },
  untold: {},
});

interface JobStep {
  readonly by: Changed;
  readonly step: Step;
  readonly position: number;
  /** The step of the CHANGE job that it undoes. */
  readonly undone: Step | undefined;
}

const STEPS = table<JobStep>({
  name: 'job_steps',
  key: ['job_id', 'step_index'],
  told: (told) =>
    jobsIn(told).flatMap(({ by, undone }) =>
      by.value.steps.map((step, position) => {
        return { by, step, position, undone: undone?.by.value.steps.find((s) => s.index === step.index) };
      }),
    ),
  columns: {
    job_id: ({ by }) => by.value.job_id,
    step_index: ({ step }) => step.index,
    position: ({ position }) => position,
    change: ({ step }) => changeFromWire(step.change),
    inverse: ({ step }) => step.inverse && changeFromWire(step.inverse),
    idempotency_key: ({ step }) => step.idempotency_key,
    undoes: ({ undone }) => undone?.idempotency_key,
    state: ({ step }) => step.state,
    health_seen: ({ step }) => step.health_seen,
    code: ({ step }) => step.code,
    detail: ({ step }) => step.detail,
    started_at: ({ step }) => step.started_at,
    ended_at: ({ step }) => step.ended_at,
  },
  untold: {},
});

const JOB_LOG = table<Change<'JobChanged'>>({
  name: 'job_log',
  key: ['contract_id', 'version'],
  told: (told) => changesOf(told, 'JobChanged'),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    job_id: ({ by }) => by.value.job_id,
    kind: ({ by }) => by.value.kind,
    attempt: ({ by }) => by.value.attempt,
    from_state: ({ change }) => change.from,
    to_state: ({ change }) => change.to,
    ...RECORDED,
  },
  untold: {},
});

const CAPABILITIES = table<Of<'CapabilityChanged'>>({
  name: 'capabilities',
  key: ['capability'],
  told: newest('CapabilityChanged', (m) => m.key),
  columns: {
    capability: ({ by }) => by.value.capability,
    version: ({ by }) => by.value.version,
    registry_version: ({ by }) => by.value.registry_version,
    definition: ({ by }) => definitionOf(by.value),
    enabled: ({ by }) => by.value.enabled,
    lifecycle: ({ by }) => by.value.lifecycle,
    values: ({ by }) => valuesOf(by.value),
    provisional_contract_id: ({ by }) => by.value.provisional_contract_id,
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

const CAPABILITY_LOG = table<Of<'CapabilityChanged'>>({
  name: 'capability_log',
  key: ['registry_version'],
  told: (told) => told.of('CapabilityChanged').map((by) => ({ by })),
  columns: {
    registry_version: ({ by }) => by.value.registry_version,
    capability: ({ by }) => by.value.capability,
    version: ({ by }) => by.value.version,
    cause: ({ by }) => by.value.cause,
    contract_id: ({ by }) => by.value.contract_id,
    job_id: ({ by }) => by.value.job_id,
    catalogue_version: ({ by }) => by.value.catalogue_version,
    enabled: ({ by }) => by.value.enabled,
    lifecycle: ({ by }) => by.value.lifecycle,
    values: ({ by }) => valuesOf(by.value),
    provisional_contract_id: ({ by }) => by.value.provisional_contract_id,
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

const COUNTER = table<{ readonly by: Said<'CapabilityChanged'> | null }>({
  name: 'registry_counter',
  key: ['only_row'],
  told: (told) => {
    const by = told.of('CapabilityChanged').reduce<Said<'CapabilityChanged'> | null>((last, m) => {
      return last && last.value.registry_version >= m.value.registry_version ? last : m;
    }, null);
    return [{ by }];
  },
  columns: { only_row: () => true, registry_version: ({ by }) => by?.value.registry_version ?? 0 },
  untold: {},
});

const CATALOGUES = table<Of<'CapabilityChanged'>>({
  name: 'catalogues',
  key: ['catalogue_version'],
  told: (told) => {
    const first = new Map<number, Said<'CapabilityChanged'>>();
    for (const m of told.of('CapabilityChanged'))
      if (m.link.says === 'DEFINED' && !first.has(m.value.catalogue_version)) first.set(m.value.catalogue_version, m);
    return [...first.values()].map((by) => ({ by }));
  },
  columns: {
    catalogue_version: ({ by }) => by.value.catalogue_version,
    digest: ({ by }) => by.value.catalogue_digest,
    size: ({ by }) => by.value.catalogue_size,
    applied_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

interface JobEdge {
  readonly by: null;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

const JOB_MOVES = [
  'PENDING PENDING',
  'PENDING RUNNING',
  'PENDING COMPLETED',
  'PENDING FAILED',
  'RUNNING RUNNING',
  'RUNNING COMPLETED',
  'RUNNING FAILED',
];

/** Not from the topics, but every copy of Mandate knows them. */
const JOB_EDGES = table<JobEdge>({
  name: 'job_edges',
  key: ['kind', 'from_state', 'to_state'],
  told: () =>
    [
      ...JOB_MOVES.map((move) => `CHANGE ${move}`),
      ...JOB_MOVES.map((move) => `ROLLBACK ${move}`),
      'ROLLBACK FAILED RUNNING',
    ].map((edge) => {
      const [kind, from, to] = edge.split(' ') as [string, string, string];
      return { by: null, kind, from, to };
    }),
  columns: { kind: ({ kind }) => kind, from_state: ({ from }) => from, to_state: ({ to }) => to },
  untold: {},
});

/** The executor's tables. */
export const EXECUTOR_TABLES: ServiceTables = {
  service: 'executor',
  audited: [
    ...[JOBS, STEPS, JOB_LOG, CAPABILITIES, CAPABILITY_LOG, COUNTER, CATALOGUES, JOB_EDGES],
    ...referenceTables('executor'),
  ],
  outside: OUTSIDE_OF_EVERY_HOP,
};
