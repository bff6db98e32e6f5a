import { changeFromWire, type Says, sha256 } from '@mandate/contracts';
import type { JobChanged, JobEvaluated, Signal } from '@mandate/schemas';
import { ANYTHING, type ServiceTables, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { each, newest, type Of, read } from './recorded';
import { definitionOf, OUTSIDE_OF_EVERY_HOP, referenceTables, valuesOf } from './reference.tables';

const GOVERNANCE = ['freeze', 'maintenance'];
const governance = (signals: readonly Signal[]): readonly Signal[] =>
  signals.filter((s) => GOVERNANCE.includes(s.kind));

const SCOPES = table<Of<'HealthChanged'>>({
  name: 'health_scopes',
  key: ['scope'],
  told: newest('HealthChanged', (m) => m.key),
  columns: {
    scope: ({ by }) => by.value.scope,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
    basis: ({ by }) => by.value.basis,
    signal_ids: ({ by }) => governance(by.value.signals).map((s) => s.signal_id),
    said_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
  // Of which nothing has been said yet.
  mayHave: (row) => Number(row['version']) === 0 && row['state'] === 'UNKNOWN' && row['said_at'] === null,
});

const HISTORY = table<Of<'HealthChanged'>>({
  name: 'health_history',
  key: ['scope', 'version'],
  told: each('HealthChanged'),
  columns: {
    scope: ({ by }) => by.value.scope,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
    basis: ({ by }) => by.value.basis,
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

/** A signal as it was said, with the message that no longer says it before its time. */
interface Raised {
  readonly by: Said<'HealthChanged'>;
  readonly signal: Signal;
  readonly lift: Said<'HealthChanged'> | null;
}

function signalsIn(told: Told): readonly Raised[] {
  return told.once('signals', () =>
    [...told.lives('HealthChanged').values()].flatMap((said) => {
      const raised = new Map<string, Raised>();
      for (const by of said) {
        const present = governance(by.value.signals);
        for (const signal of present)
          if (!raised.has(signal.signal_id)) raised.set(signal.signal_id, { by, signal, lift: null });
        for (const [id, known] of raised) {
          const isLifted = !present.some((s) => s.signal_id === id) && by.value.changed_at < known.signal.expires_at;
          if (isLifted && !known.lift) raised.set(id, { ...known, lift: by });
        }
      }
      return [...raised.values()];
    }),
  );
}

const SIGNALS = table<Raised>({
  name: 'signals',
  key: ['signal_id'],
  told: signalsIn,
  columns: {
    signal_id: ({ signal }) => signal.signal_id,
    scope: ({ signal }) => signal.scope,
    kind: ({ signal }) => signal.kind,
    reason: ({ signal }) => signal.reason,
    author: ({ signal }) => signal.author,
    raised_at: ({ signal }) => signal.observed_at,
    expires_at: ({ signal }) => signal.expires_at,
  },
  untold: {},
});

const LIFTS = table<Raised>({
  name: 'signal_lifts',
  key: ['signal_id'],
  told: (told) => signalsIn(told).filter(({ lift }) => lift !== null),
  columns: { signal_id: ({ signal }) => signal.signal_id, lifted_at: ({ lift }) => lift?.value.changed_at },
  untold: { author: 'who lifted it: a message says that a signal is gone, not by whom', reason: 'why it was lifted' },
});

/** INV-2: the contract that a value names is the one that its link cites. */
function citesOwn({ value, cause }: Said<'CapabilityChanged'>): boolean {
  if (value.contract_id === null) return cause === null;
  return cause?.subject.equals(sha256(value.contract_id)) ?? false;
}

const CAPABILITY_HISTORY = table<Of<'CapabilityChanged'>>({
  name: 'capability_history',
  key: ['capability', 'version'],
  told: each('CapabilityChanged'),
  columns: {
    capability: ({ by }) => by.value.capability,
    version: ({ by }) => by.value.version,
    registry_version: ({ by }) => by.value.registry_version,
    cause: ({ by }) => by.value.cause,
    contract_id: ({ by }) => by.value.contract_id,
    job_id: ({ by }) => by.value.job_id,
    cites_own: ({ by }) => citesOwn(by),
    frozen: ({ by }) => definitionOf(by.value).frozen,
    key_schemas: ({ by }) => Object.fromEntries(definitionOf(by.value).keys.map((k) => [k.key, k.schema])),
    enabled: ({ by }) => by.value.enabled,
    lifecycle: ({ by }) => by.value.lifecycle,
    values: ({ by }) => valuesOf(by.value),
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

const CONTRACT_SCOPES = table<Of<'ContractChanged'>>({
  name: 'contract_scopes',
  key: ['contract_id'],
  told: newest('ContractChanged', (m) => m.key),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.value.version,
    plan_digest: ({ by }) => by.value.plan_digest,
    capabilities: ({ by }) => by.value.affected_capabilities,
    changes: ({ by }) => by.value.proposed_changes.map(changeFromWire),
  },
  untold: {},
});

const ENDS: readonly Says[] = ['JOB_DONE', 'JOB_FAILED', 'ROLLBACK_DONE', 'ROLLBACK_FAILED'];

/** A job's end, with what was found of it; null while its window is being watched. */
interface End {
  readonly by: Said<'JobChanged'>;
  readonly evaluated: JobEvaluated | null;
  readonly version: number | null;
}

function endsIn(told: Told): readonly End[] {
  const ends = told.of('JobChanged').filter((m) => ENDS.includes(m.link.says));
  return ends.map((by) => {
    const answer = told.answersTo(by).find((m) => isA('JobEvaluated', m)) as Said<'JobEvaluated'> | undefined;
    return { by, evaluated: answer?.value ?? null, version: answer?.link.version ?? null };
  });
}

/** The first step's start, or the job's. */
function startedAt({ steps, started_at, created_at }: JobChanged): number {
  const first = Math.min(...steps.flatMap((s) => s.started_at ?? []));
  return Number.isFinite(first) ? first : (started_at ?? created_at);
}

function answerOf({ evaluated }: End): object | null {
  if (!evaluated) return null;
  const { capabilities_healthy, execution_matched, invariants, scopes, reason } = evaluated;
  return {
    capabilitiesHealthy: capabilities_healthy,
    executionMatched: execution_matched,
    invariants: invariants.map(({ evidence, ...rest }) => ({ ...rest, evidence: read(evidence) })),
    scopes,
    reason,
  };
}

const EVALUATIONS = table<End>({
  name: 'evaluations',
  key: ['job_id', 'attempt'],
  told: endsIn,
  columns: {
    evaluation_id: ({ evaluated }) => evaluated?.evaluation_id ?? ANYTHING,
    job_id: ({ by }) => by.value.job_id,
    attempt: ({ by }) => by.value.attempt,
    contract_id: ({ by }) => by.value.contract_id,
    job: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
    plan_digest: ({ by }) => by.link.planDigest,
    started_at: ({ by }) => startedAt(by.value),
    ended_at: ({ by }) => by.value.ended_at,
    evaluated_at: ({ evaluated }) => evaluated?.evaluated_at,
    version: ({ version }) => version,
    answer: answerOf,
  },
  untold: {
    snapshot: "every scope's state before the job; what was looked at of it is in the answer",
    due_at: 'when to look',
  },
});

/** The health service's tables. */
export const HEALTH_TABLES: ServiceTables = {
  service: 'health',
  audited: [
    ...[SCOPES, HISTORY, SIGNALS, LIFTS, CAPABILITY_HISTORY, CONTRACT_SCOPES, EVALUATIONS],
    ...referenceTables('health'),
  ],
  outside: {
    ...OUTSIDE_OF_EVERY_HOP,
    probes: 'what is probed, and how it stood last: what came of it is said',
    observations: 'single results, kept for a short while',
    alerts: 'what Alertmanager says fires now',
  },
};
