import { type LinkedName, type Says, topicOf } from '@mandate/contracts';
import { ANYTHING, oneOf, type ServiceTables, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { each, type Of, read } from './recorded';
import { OUTSIDE_OF_EVERY_HOP, referenceTables } from './reference.tables';

interface Claims {
  readonly contract_id?: string | null;
  readonly job_id?: string | null;
  readonly registry_version?: number;
}

const claims = ({ value }: Said): Claims => value as Claims;
const isByContract = (type: LinkedName): boolean => topicOf(type).key === 'contract';

/** What is recorded beside a message; seq, hash and head are recomputed in order, see `recordFindings`. */
const EVIDENCE = table<{ readonly by: Said }>({
  name: 'evidence',
  key: ['link_digest'],
  told: (told) =>
    told
      .all()
      .filter((m) => m.topic.startsWith('mandate.'))
      .map((by) => ({ by })),
  columns: {
    link_digest: ({ by }) => by.digest,
    offset: ({ by }) => by.offset,
    version: ({ by }) => by.link.version,
    time: ({ by }) => by.link.time,
    registry_version: ({ by }) => (by.link.type === 'CapabilityChanged' ? claims(by).registry_version : null),
    issue_id: ({ by }) => by.link.issueId,
    contract_id: ({ by }) => (isByContract(by.link.type) ? by.key : claims(by).contract_id),
    job_id: ({ by }) => claims(by).job_id,
    message_type: ({ by }) => by.link.type,
    says: ({ by }) => by.link.says,
    key: ({ by }) => Buffer.from(by.key),
    mandate: ({ by }) => by.header,
    value: ({ by }) => by.bytes,
  },
  untold: {
    recorded_at: "the auditor's clock; the chain of hashes covers it",
    seq: 'the place in its log: recomputed',
    log: 'recomputed',
    hash: 'recomputed',
  },
});

const FAILED: readonly Says[] = ['JOB_FAILED', 'ROLLBACK_FAILED'];

/** A job's evaluated end, with the audits of it. */
interface Case {
  readonly by: Said<'JobEvaluated'>;
  readonly audits: readonly Said<'AuditConcluded'>[];
}

function casesIn(told: Told): readonly Case[] {
  const audits = told.lives('AuditConcluded');
  return told.of('JobEvaluated').map((by) => {
    const { job_id, attempt } = by.value;
    const isOfIt = ({ value }: Said<'AuditConcluded'>) => value.job_id === job_id && value.job_attempt === attempt;
    return { by, audits: (audits.get(by.key) ?? []).filter(isOfIt) };
  });
}

const CASES = table<Case>({
  name: 'cases',
  key: ['job_id', 'job_attempt'],
  told: casesIn,
  columns: {
    job_id: ({ by }) => by.value.job_id,
    job_attempt: ({ by }) => by.value.attempt,
    contract_id: ({ by }) => by.value.contract_id,
    has_failed: ({ by }) => by.cause !== null && FAILED.includes(by.cause.says),
    evaluation: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
    link_digest: ({ by }) => by.digest,
    attempts: ({ audits }) => Math.max(0, ...audits.map((a) => a.value.attempt)),
    is_closed: ({ audits }) => audits.some((a) => a.value.verdict !== 'INCONCLUSIVE'),
  },
  untold: { received_at: "the auditor's clock", resolve_by: 'until when a founder may resolve it' },
});

const AUDITS = table<Of<'AuditConcluded'>>({
  name: 'audits',
  key: ['audit_id'],
  told: each('AuditConcluded'),
  columns: {
    audit_id: ({ by }) => by.value.audit_id,
    job_id: ({ by }) => by.value.job_id,
    job_attempt: ({ by }) => by.value.job_attempt,
    contract_id: ({ by }) => by.value.contract_id,
    attempt: ({ by }) => by.value.attempt,
    version: ({ by }) => by.link.version,
    verdict: ({ by }) => by.value.verdict,
    is_final: ({ by }) => by.value.is_final,
    checks: ({ by }) => by.value.checks.map(({ evidence, ...rest }) => ({ ...rest, evidence: read(evidence) })),
    reason: ({ by }) => by.value.reason,
    concluded_at: ({ by }) => by.value.concluded_at,
  },
  untold: {},
});

/** A founder's word on an audit, and whether a verdict rests on it. */
interface Attested {
  readonly by: Said<'ReviewDecided'>;
  readonly audit: Said<'AuditConcluded'> | null;
  readonly counts: boolean;
}

function attestedIn(told: Told): readonly Attested[] {
  const attested = told.of('ReviewDecided').filter((m) => m.link.says === 'ATTEST');
  return attested.map((by) => {
    const cited = told.causeOf(by);
    const counts = told.of('AuditConcluded').some((a) => a.value.attestation?.decision_id === by.value.decision_id);
    return { by, audit: isA('AuditConcluded', cited) ? cited : null, counts };
  });
}

const ATTESTATIONS = table<Attested>({
  name: 'attestations',
  key: ['decision_id'],
  told: attestedIn,
  columns: {
    decision_id: ({ by }) => by.value.decision_id,
    contract_id: ({ by }) => by.value.contract_id,
    audit_id: ({ audit, counts }) => orNothing(audit?.value.audit_id, counts),
    job_id: ({ audit, counts }) => orNothing(audit?.value.job_id, counts),
    job_attempt: ({ audit, counts }) => orNothing(audit?.value.job_attempt, counts),
    value: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
    problem: ({ counts }) => (counts ? null : ANYTHING),
  },
  untold: { received_at: "the auditor's clock" },
});

/** An attestation that does not count may have been kept without its audit. */
const orNothing = (value: unknown, counts: boolean): unknown => (counts ? value : oneOf(value, null));

/** The auditor's tables. */
export const AUDITOR_TABLES: ServiceTables = {
  service: 'auditor',
  audited: [EVIDENCE, CASES, AUDITS, ATTESTATIONS, ...referenceTables('auditor')],
  recomputed: {
    logs: 'the end of each chain of hashes',
    checkpoints: 'what was signed; that the newest were cut off only a kept one shows',
    checkpoint_heads: 'how far the evidence went then',
  },
  outside: {
    ...OUTSIDE_OF_EVERY_HOP,
    holes: 'offsets that are yet to be explained',
    findings: 'what the auditor saw that must not be: found again by whoever reads the topics',
  },
};
