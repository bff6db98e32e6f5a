import { CONTRACT_EDGES, CONTRACT_STATES, leftBehindBy } from '@mandate/contracts';
import { oneOf, type ServiceTables, storable, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { CONTRACT_STATE } from './contract.tables';
import { type Change, changesOf, newest, type Of, RECORDED } from './recorded';
import { OUTSIDE_OF_EVERY_HOP, referenceTables } from './reference.tables';

const JOBS = table<Of<'JobChanged'>>({
  name: 'jobs',
  key: ['contract_id', 'kind'],
  told: newest('JobChanged', (m) => `${m.key} ${m.value.kind}`),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    kind: ({ by }) => by.value.kind,
    job_id: ({ by }) => by.value.job_id,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
    attempt: ({ by }) => by.value.attempt,
    left_behind: ({ by }) => leftBehindBy(by.value),
    ended_at: ({ by }) => by.value.ended_at,
  },
  untold: {},
});

/** A verdict, and whether contract or incident moved on it. */
interface Verdict {
  readonly by: Said<'AuditConcluded'>;
  readonly isAnswered: boolean;
}

const AUDITS = table<Verdict>({
  name: 'audits',
  key: ['digest'],
  told: (told) =>
    told.of('AuditConcluded').map((by) => {
      const isAnswered = told.answersTo(by).some((m) => isA('ContractChanged', m) || isA('IncidentChanged', m));
      return { by, isAnswered };
    }),
  columns: {
    digest: ({ by }) => by.digest,
    contract_id: ({ by }) => by.value.contract_id,
    job_id: ({ by }) => by.value.job_id,
    version: ({ by }) => by.link.version,
    verdict: ({ by }) => by.value.verdict,
    outcome: ({ isAnswered }) => (isAnswered ? 'APPLIED' : oneOf('WAITING', 'TOO_LATE')),
    value: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
  },
  untold: { received_at: "this service's clock" },
});

interface Ended {
  readonly by: Said<'ContractChanged'>;
  readonly capability: string;
  readonly kind: string;
}

function endedIn(told: Told): readonly Ended[] {
  return [...told.lives('ContractChanged').values()].flatMap((all) => {
    const by = all.find((m) => m.value.status === 'COMPLETED' || m.value.status === 'FAILED');
    return (by?.value.proposed_changes ?? []).map(({ capability, kind }) => ({
      by: by as Said<'ContractChanged'>,
      capability,
      kind,
    }));
  });
}

const OUTCOMES = table<Ended>({
  name: 'outcomes',
  key: ['contract_id', 'capability', 'change_kind'],
  told: endedIn,
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    capability: ({ capability }) => capability,
    change_kind: ({ kind }) => kind,
    outcome: ({ by }) => by.value.status,
    ended_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

const INCIDENTS = table<Of<'IncidentChanged'>>({
  name: 'incidents',
  key: ['incident_id'],
  told: newest('IncidentChanged', (m) => m.key),
  columns: {
    incident_id: ({ by }) => by.value.incident_id,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
    title: ({ by }) => storable(by.value.title),
    reason: ({ by }) => storable(by.value.reason),
    rollback_attempts: ({ by }) => by.value.rollback_attempts,
    left_behind: ({ by }) => by.value.left_behind,
    acknowledged_by: ({ by }) => by.value.acknowledged_by,
    resolved_by: ({ by }) => by.value.resolved_by,
    opened_at: ({ by }) => by.value.opened_at,
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

const INCIDENT_LOG = table<Change<'IncidentChanged'>>({
  name: 'incident_log',
  key: ['incident_id', 'version'],
  told: (told) => changesOf(told, 'IncidentChanged'),
  columns: {
    incident_id: ({ by }) => by.value.incident_id,
    from_state: ({ change }) => change.from,
    to_state: ({ change }) => change.to,
    actor: ({ change }) => storable(change.actor),
    ...RECORDED,
    reason: ({ change }) => storable(change.reason ?? ''),
  },
  untold: {},
});

interface ContractEdge {
  readonly by: null;
  readonly from: string;
  readonly to: string;
}

/** CONTRACT-001: not from the topics, but every copy of Mandate knows them. */
const EDGES = table<ContractEdge>({
  name: 'contract_edges',
  key: ['from_state', 'to_state'],
  told: () => {
    const stays = CONTRACT_STATES.map((state) => [state, state] as const);
    return [...CONTRACT_EDGES, ...stays].map(([from, to]) => ({ by: null, from, to }));
  },
  columns: { from_state: ({ from }) => from, to_state: ({ to }) => to },
  untold: {},
});

/** The contract service's tables. */
export const CONTRACT_TABLES: ServiceTables = {
  service: 'contract',
  audited: [
    ...CONTRACT_STATE,
    ...[JOBS, AUDITS, OUTCOMES, INCIDENTS, INCIDENT_LOG, EDGES],
    ...referenceTables('contract'),
  ],
  outside: OUTSIDE_OF_EVERY_HOP,
};
