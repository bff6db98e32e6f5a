import { Condition, cell, type ServiceTables, table } from '../table';
import type { Said, Told } from '../told';
import { cancelledIn, ISSUE_EVENTS, ISSUE_PROGRESS, isTrimmed } from './issue.tables';
import { each, newest, type Of, read } from './recorded';
import { OUTSIDE_OF_EVERY_HOP, referenceTables } from './reference.tables';

/** A contract's newest message, with how often ingestion has spoken to it. */
interface Heard {
  readonly by: Said<'ContractChanged'>;
  readonly isCancellationSaid: boolean;
  readonly saidVersion: number;
}

function heardIn(told: Told): readonly Heard[] {
  const cancellations = told.lives('CancellationReceived');
  const answers = told.lives('ClarificationReceived');
  return told
    .newest('ContractChanged', (m) => m.key)
    .map((by) => {
      const said = [...(cancellations.get(by.key) ?? []), ...(answers.get(by.key) ?? [])];
      const saidVersion = Math.max(0, ...said.map((m) => m.link.version));
      return { by, isCancellationSaid: cancellations.has(by.key), saidVersion };
    });
}

/** JSON text, whatever its spacing. */
const jsonText = (value: unknown): Condition =>
  new Condition((found) => isJson(found) && cell(read(String(found))) === cell(value), String(cell(value)));

function isJson(text: unknown): boolean {
  try {
    return typeof text === 'string' && JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

const CONTRACTS_HEARD = table<Heard>({
  name: 'contracts_heard',
  key: ['contract_id'],
  told: heardIn,
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    issue_id: ({ by }) => by.value.issue_id,
    version: ({ by }) => by.value.version,
    status: ({ by }) => by.value.status,
    revision: ({ by }) => by.value.revision,
    plan_digest: ({ by }) => by.link.planDigest,
    origin: ({ by }) => jsonText(by.value.origin),
    waiting: ({ by: { value } }) => value.waiting && `${value.waiting.reason}: ${value.waiting.detail}`,
    open_request_id: ({ by: { value } }) =>
      value.clarification && value.clarification.answered_at === null ? value.clarification.request_id : null,
    is_cancellation_said: ({ isCancellationSaid }) => isCancellationSaid,
    said_version: ({ saidVersion }) => saidVersion,
  },
  untold: {},
});

const INCIDENTS_HEARD = table<Of<'IncidentChanged'>>({
  name: 'incidents_heard',
  key: ['incident_id'],
  told: newest('IncidentChanged', (m) => m.key),
  columns: {
    incident_id: ({ by }) => by.value.incident_id,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
  },
  untold: {},
});

const REQUESTS = table<Of<'ContractChanged'>>({
  name: 'clarification_requests',
  key: ['request_id'],
  told: (told) => {
    const asked = new Map<string, Said<'ContractChanged'>>();
    for (const m of told.of('ContractChanged')) {
      const id = m.value.clarification?.request_id;
      if (id !== undefined && !asked.has(id)) asked.set(id, m);
    }
    return [...asked.values()].map((by) => ({ by }));
  },
  columns: {
    request_id: ({ by }) => by.value.clarification?.request_id,
    contract_id: ({ by }) => by.value.contract_id,
    issue_id: ({ by }) => by.value.issue_id,
    source_system: ({ by }) => by.value.origin.source_system,
    question: ({ by }) => by.value.clarification?.question,
    requested_at: ({ by }) => by.value.clarification?.requested_at,
  },
  untold: {},
});

const CANCELLATIONS = table<Of<'CancellationReceived'>>({
  name: 'cancellations',
  key: ['issue_id'],
  told: newest('CancellationReceived', (m) => m.value.issue_id),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    reason: ({ by }) => by.value.reason,
    digest: ({ by }) => by.link.causeDigest,
    requested_at: ({ by }) => by.value.received_at,
  },
  untold: {},
  // Of an issue without a contract only its CRM was told.
  mayHave: (row, told) => isTrimmed(told) || cancelledIn(told).has(String(row['issue_id'])),
});

const UPDATES = table<Of<'CrmUpdate'>>({
  name: 'crm_updates',
  key: ['update_key', 'version'],
  told: each('CrmUpdate'),
  columns: {
    update_key: ({ by }) => by.key,
    version: ({ by }) => by.link.version,
    update_id: ({ by }) => by.value.update_id,
    source_system: ({ by }) => by.value.source_system,
    reference: ({ by }) => by.value.reference,
    issue_id: ({ by }) => by.value.issue_id,
    contract_id: ({ by }) => by.value.contract_id,
    state: ({ by }) => by.value.state,
    code: ({ by }) => by.value.code,
    field: ({ by }) => by.value.field,
    sentence: ({ by }) => by.value.sentence,
    details: ({ by }) => by.value.details,
    topic_offset: ({ by }) => by.value.topic_offset,
    at: ({ by }) => by.value.at,
    channel: () => 'crm.updates.v1',
  },
  untold: { aggregate: 'what it reports on', aggregate_version: 'and which state of that' },
  // The topic keeps seven days; an update that is no longer there cannot be compared.
  mayHave: (_, told) => isTrimmed(told),
});

const REFERENCES = table<Of<'CrmUpdate'>>({
  name: 'crm_references',
  key: ['update_key'],
  told: newest('CrmUpdate', (m) => m.key),
  columns: {
    update_key: ({ by }) => by.key,
    source_system: ({ by }) => by.value.source_system,
    reference: ({ by }) => by.value.reference,
    version: ({ by }) => by.link.version,
  },
  untold: {},
  mayHave: (row, told) => isTrimmed(told) || Number(row['version']) === 0,
});

/** Ingestion's tables. */
export const INGESTION_TABLES: ServiceTables = {
  service: 'ingestion',
  audited: [
    ...[ISSUE_EVENTS, ISSUE_PROGRESS, CONTRACTS_HEARD, INCIDENTS_HEARD, REQUESTS, CANCELLATIONS, UPDATES, REFERENCES],
    ...referenceTables('ingestion'),
  ],
  outside: {
    ...OUTSIDE_OF_EVERY_HOP,
    intake_keys: 'which idempotency keys were used last',
    refused_inputs: 'what CRMs sent that could not be taken',
  },
};
