import { type LinkedName, NIL_ID } from '@mandate/contracts';
import { type ContractChanged, decode, type EligibilityJudged } from '@mandate/schemas';
import { type Row, type ServiceTables, storable, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { type Change, changesOf, each, newest, type Of, RECORDED } from './recorded';
import { OUTSIDE_OF_EVERY_HOP, referenceTables } from './reference.tables';

const ISSUES = table<Of<'IssueReceived'>>({
  name: 'issues',
  key: ['issue_id'],
  told: each('IssueReceived'),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    received_at: ({ by }) => by.value.received_at,
    value: ({ by }) => by.bytes,
  },
  untold: {},
});

const REVISION_PROPOSALS = table<Of<'ProposalMade'>>({
  name: 'revision_proposals',
  key: ['contract_id'],
  told: (told) =>
    newest('ProposalMade', (m) => `${m.value.contract_id}`)(told).filter(({ by }) => by.value.contract_id !== null),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.link.version,
    value: ({ by }) => by.bytes,
  },
  untold: {},
});

/** A MAY_NOT that a human should see, since it makes no contract. */
function isForHuman({ verdict, proposal }: EligibilityJudged): boolean {
  const { severity, recommended_action: action } = decode('ProposalMade', proposal);
  return verdict === 'MAY_NOT' && (severity === 'critical' || action === 'escalate' || action === 'defer');
}

const ESCALATED = table<Of<'EligibilityJudged'>>({
  name: 'escalated_issues',
  key: ['issue_id', 'revision'],
  told: (told) => each('EligibilityJudged')(told).filter(({ by }) => isForHuman(by.value)),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    revision: ({ by }) => by.value.revision,
    contract_id: ({ by }) => by.value.contract_id,
    judged_at: ({ by }) => by.value.judged_at,
    value: ({ by }) => by.bytes,
  },
  untold: { is_acknowledged: 'that a human has looked at it: no message says so' },
});

const CONTRACTS = table<Of<'ContractChanged'>>({
  name: 'contracts',
  key: ['contract_id'],
  told: newest('ContractChanged', (m) => m.key),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    issue_id: ({ by }) => by.value.issue_id,
    parent_contract_id: ({ by }) => by.value.parent_contract_id,
    version: ({ by }) => by.value.version,
    status: ({ by }) => by.value.status,
    title: ({ by }) => storable(by.value.title),
    risk_level: ({ by }) => by.value.risk_level,
    source: ({ by }) => by.value.origin.source,
    source_system: ({ by }) => storable(by.value.origin.source_system),
    reference: ({ by }) => storable(by.value.origin.reference),
    capabilities: ({ by }) => by.value.affected_capabilities,
    expires_at: ({ by }) => by.value.expires_at,
    is_paused: ({ by }) => by.value.ttl_paused_at !== null,
    waiting_since: ({ by }) => by.value.waiting?.since,
    window_end: ({ by }) => by.value.approval?.window_end,
    created_at: ({ by }) => by.value.created_at,
    changed_at: ({ by }) => by.value.changed_at,
    value: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
  },
  untold: { search: 'made of other columns by the database' },
});

/** The founder's decision that a message answers. */
const decisionOf = ({ cause, link }: Said): Buffer | null =>
  cause?.type === 'ReviewDecided' ? link.causeDigest : null;

const CONTRACT_CHANGES = table<Change<'ContractChanged'>>({
  name: 'contract_changes',
  key: ['contract_id', 'version'],
  told: (told) => changesOf(told, 'ContractChanged'),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    from_status: ({ change }) => change.from,
    to_status: ({ change }) => change.to,
    actor: ({ change }) => storable(change.actor),
    decision: ({ by }) => decisionOf(by),
    ...RECORDED,
  },
  untold: {},
});

interface Round {
  readonly by: Said<'ContractChanged'>;
  readonly round: NonNullable<ContractChanged['clarification']>;
}

function roundsIn(told: Told): readonly Round[] {
  const newestOf = new Map<string, Round>();
  for (const by of told.of('ContractChanged')) {
    const round = by.value.clarification;
    const name = `${by.key} ${round?.request_id}`;
    if (round && (newestOf.get(name)?.by.value.version ?? -1) < by.value.version) newestOf.set(name, { by, round });
  }
  return [...newestOf.values()];
}

const ROUNDS = table<Round>({
  name: 'clarification_rounds',
  key: ['contract_id', 'request_id'],
  told: roundsIn,
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    request_id: ({ round }) => storable(round.request_id),
    question: ({ round }) => storable(round.question),
    requested_at: ({ round }) => round.requested_at,
    answer: ({ round }) => storable(round.answer),
    answered_at: ({ round }) => round.answered_at,
    version: ({ by }) => by.value.version,
  },
  untold: {},
});

const JOBS = table<Of<'JobChanged'>>({
  name: 'jobs',
  key: ['job_id'],
  told: newest('JobChanged', (m) => m.value.job_id),
  columns: {
    job_id: ({ by }) => by.value.job_id,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.link.version,
    kind: ({ by }) => by.value.kind,
    ended_at: ({ by }) => by.value.ended_at,
    value: ({ by }) => by.bytes,
  },
  untold: {},
});

const EVALUATIONS = table<Of<'JobEvaluated'>>({
  name: 'evaluations',
  key: ['evaluation_id'],
  told: each('JobEvaluated'),
  columns: {
    evaluation_id: ({ by }) => by.value.evaluation_id,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.link.version,
    job_id: ({ by }) => by.value.job_id,
    evaluated_at: ({ by }) => by.value.evaluated_at,
    value: ({ by }) => by.bytes,
  },
  untold: {},
});

const AUDITS = table<Of<'AuditConcluded'>>({
  name: 'audits',
  key: ['audit_id'],
  told: each('AuditConcluded'),
  columns: {
    audit_id: ({ by }) => by.value.audit_id,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.link.version,
    job_id: ({ by }) => by.value.job_id,
    verdict: ({ by }) => by.value.verdict,
    is_final: ({ by }) => by.value.is_final,
    concluded_at: ({ by }) => by.value.concluded_at,
    decision: ({ by }) => decisionOf(by),
    value: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
  },
  untold: {},
});

const INCIDENTS = table<Of<'IncidentChanged'>>({
  name: 'incidents',
  key: ['contract_id'],
  told: newest('IncidentChanged', (m) => m.key),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    incident_id: ({ by }) => by.value.incident_id,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
    opened_at: ({ by }) => by.value.opened_at,
    value: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
  },
  untold: {},
});

const INCIDENT_CHANGES = table<Change<'IncidentChanged'>>({
  name: 'incident_changes',
  key: ['contract_id', 'version'],
  told: (told) => changesOf(told, 'IncidentChanged'),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    from_state: ({ change }) => change.from,
    to_state: ({ change }) => change.to,
    actor: ({ change }) => storable(change.actor),
    decision: ({ by }) => decisionOf(by),
    ...RECORDED,
  },
  untold: {},
});

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

/** The review service's tables. */
export const REVIEW_TABLES: ServiceTables = {
  service: 'review',
  audited: [
    ...[ISSUES, REVISION_PROPOSALS, ESCALATED, CONTRACTS, CONTRACT_CHANGES, ROUNDS, JOBS, EVALUATIONS, AUDITS],
    ...[INCIDENTS, INCIDENT_CHANGES, HOPS, DECISIONS, EVENTS],
    ...referenceTables('review'),
  ],
  outside: {
    ...OUTSIDE_OF_EVERY_HOP,
    events: 'what open pages are told; a page reads the state itself',
    issue_acknowledgements: 'what a human made of an escalated issue: no message says so',
    founder_keys: 'keys that were asked for: which of them counts is in the signed manifest',
    enrolment_challenges: 'of passkeys that are being made',
    sessions: 'who is signed in',
    sign_ins: 'sign-ins under way',
    notices: 'what founders were told outside the page',
  },
};
