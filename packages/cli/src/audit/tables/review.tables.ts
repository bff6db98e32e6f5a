import { type ContractChanged, decode, type EligibilityJudged } from '@mandate/schemas';
import { type ServiceTables, storable, table } from '../table';
import { type Said, type Told } from '../told';
import { type Change, changesOf, each, newest, type Of, RECORDED } from './recorded';
import { OUTSIDE_OF_EVERY_HOP, referenceTables } from './reference.tables';
import { REVIEW_HISTORY } from './review-history.tables';

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

/** The review service's tables. */
export const REVIEW_TABLES: ServiceTables = {
  service: 'review',
  audited: [
    ...[ISSUES, REVISION_PROPOSALS, ESCALATED, CONTRACTS, CONTRACT_CHANGES, ROUNDS, JOBS, EVALUATIONS, AUDITS],
    ...[INCIDENTS, INCIDENT_CHANGES],
    ...REVIEW_HISTORY,
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
