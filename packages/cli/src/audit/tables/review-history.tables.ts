import { type LinkedName, NIL_ID } from '@mandate/contracts';
import { type Row, storable, table } from '../table';
import { isA, type Said, type Told } from '../told';

const HEARD: readonly LinkedName[] = [
  'IssueReceived',
  'ClarificationReceived',
  'ProposalMade',
  'EligibilityJudged',
  'ContractChanged',
  'JobChanged',
  'JobEvaluated',
  'AuditConcluded',
  'IncidentChanged',
];

const HOPS = table<{ readonly by: Said }>({
  name: 'hops',
  key: ['digest'],
  told: (told) =>
    told
      .all()
      .filter((m) => HEARD.includes(m.link.type) && m.link.issueId !== NIL_ID)
      .map((by) => ({ by })),
  columns: {
    digest: ({ by }) => by.digest,
    issue_id: ({ by }) => by.link.issueId,
    contract_id: ({ by }) => (by.value as { contract_id?: string | null }).contract_id,
    message: ({ by }) => by.link.type,
    says: ({ by }) => by.link.says,
    writer: ({ by }) => by.link.writer,
    version: ({ by }) => by.link.version,
    at: ({ by }) => by.link.time,
    has_effect: ({ by }) => by.edge.effect,
    cause_digest: ({ by }) => by.link.causeDigest,
    cause_message: ({ by }) => by.cause?.type,
    cause_says: ({ by }) => by.cause?.says,
  },
  untold: {},
});

/** A decision with what it was made on. */
interface Decided {
  readonly by: Said<'ReviewDecided'>;
  readonly cited: Said | null;
}

const decided = (told: Told): readonly Decided[] =>
  told.of('ReviewDecided').map((by) => ({ by, cited: told.causeOf(by) }));

const DECISIONS = table<Decided>({
  name: 'decisions',
  key: ['decision_id'],
  told: decided,
  columns: {
    decision_id: ({ by }) => by.value.decision_id,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.link.version,
    digest: ({ by }) => by.digest,
    says: ({ by }) => by.link.says,
    cited: ({ by }) => by.link.causeDigest,
    cited_message: ({ by }) => by.cause?.type,
    cited_says: ({ by }) => by.cause?.says,
  },
  untold: {},
});

function subject({ by, cited }: Decided): string {
  if (isA('AuditConcluded', cited)) return `audit/${cited.value.audit_id}`;
  if (isA('IncidentChanged', cited)) return `incident/${cited.value.incident_id}`;
  return `contract/${by.value.contract_id}`;
}

/** Of the actions that were said; REVIEW-004 keeps those that were refused as well, of which no message tells. */
const EVENTS = table<Decided>({
  name: 'review_events',
  key: ['event_id'],
  told: decided,
  columns: {
    event_id: ({ by }) => by.value.decision_id,
    subject,
    contract_id: ({ by }) => by.value.contract_id,
    action: ({ by }) => by.value.action,
    actor: ({ by }) => storable(by.value.actor),
    on_behalf_of: ({ by }) => by.value.on_behalf_of,
    at: ({ by }) => by.value.decided_at,
    reason: ({ by }) => storable(by.value.reason),
    session_id: ({ by }) => by.value.session_id,
    dossier_seen: ({ by }) => by.value.dossier_digest,
    version_seen: ({ by }) => by.value.version_seen,
    request_id: ({ by }) => by.value.request_id,
    idempotency_key: ({ by }) => by.value.idempotency_key,
    outcome: () => 'ACCEPTED',
    code: () => null,
    about: () => null,
  },
  untold: {
    modifications: 'the changes as they were asked for; what was said of them is in the message',
    request_digest: 'of the HTTP request',
  },
  mayHave: (row: Row) => row['outcome'] === 'REFUSED' || row['action'] === 'ACKNOWLEDGE_ISSUE',
});

/** The chain as review has seen it, and what it said itself. */
export const REVIEW_HISTORY = [HOPS, DECISIONS, EVENTS];
