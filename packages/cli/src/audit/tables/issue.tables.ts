import { sha256 } from '@mandate/contracts';
import { type CrmIssue, decode, type IssueReceived, messageNameOf } from '@mandate/schemas';
import { ANYTHING, Condition, cell, oneOf, type Row, table } from '../table';
import type { Said, Told } from '../told';
import { each, type Of, read } from './recorded';

type Issue = Said<'IssueReceived'>;

/** Text that can be stored and shown: no NUL, no half of a surrogate pair. */
const visible = (text: string): string => text.replaceAll('\u0000', '\u2400').replace(/\p{Surrogate}/gu, '\ufffd');
const visibleOrNull = (text: string | null): string | null => (text === null ? null : visible(text));

/** The CRM's own bytes, of which the message names the digest. */
const BYTES = (digest: Buffer): Condition =>
  new Condition(
    (found) => Buffer.isBuffer(found) && sha256(found).equals(digest),
    `the bytes of SHA-256 ${digest.toString('hex')}`,
  );

/** What can be looked at of an issue: what was said of it, and what its bytes hold besides. */
function payload(value: IssueReceived): Condition {
  const { origin, idempotency_key, subject, body, hints } = value;
  const { source, source_system, reference, submitter, tenant } = origin;
  const said = { kind: 'ISSUE', source, source_system, reference, idempotency_key, submitter, tenant, subject, body };
  const told = { ...said, hint_severity: hints.severity, hint_change: hints.change };
  return new Condition((found, row) => {
    const crm = crmIssueIn(row);
    const whole = crm ? { ...told, ...besides(crm) } : told;
    const held = found as Readonly<Record<string, unknown>>;
    const names = Object.keys(crm ? held : whole);
    return names.length >= Object.keys(whole).length && names.every((name) => isSame(held, whole, name));
  }, 'what the message and the bytes say');
}

const isSame = (held: object, whole: object, name: string): boolean =>
  cell((held as Row)[name]) === cell((whole as Row)[name]);

function crmIssueIn({ raw_payload: bytes }: Row): CrmIssue | null {
  return Buffer.isBuffer(bytes) && messageNameOf(bytes) === 'CrmIssue' ? decode('CrmIssue', bytes) : null;
}

function besides(crm: CrmIssue): object {
  const { occurred_at, raw_payload } = crm;
  const document = raw_payload === null ? null : read(visible(raw_payload.toString()));
  return { occurred_at, hint_capabilities: visibleOrNull(crm.hint_capabilities), raw_payload: document };
}

/** The time that the CRM claims; over HTTP it may have claimed none. */
const OCCURRED_AT = new Condition((found, row) => {
  const crm = crmIssueIn(row);
  return !crm || Number(found) === crm.occurred_at;
}, 'what the bytes say');

export const ISSUE_EVENTS = table<Of<'IssueReceived'>>({
  name: 'issue_events',
  key: ['issue_id'],
  told: each('IssueReceived'),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    source: ({ by }) => by.value.origin.source,
    raw_payload: ({ by }) => BYTES(by.value.payload_digest),
    payload: ({ by }) => payload(by.value),
    payload_digest: ({ by }) => by.value.payload_digest,
    received_at: ({ by }) => by.value.received_at,
    status: () => 'RECEIVED',
    source_system: ({ by }) => by.value.origin.source_system,
    reference: ({ by }) => by.value.origin.reference,
    idempotency_key: ({ by }) => by.value.idempotency_key,
    submitter: ({ by }) => by.value.origin.submitter,
    tenant: ({ by }) => by.value.origin.tenant,
    occurred_at: () => OCCURRED_AT,
    recurrence_of: ({ by }) => by.value.recurrence_of,
    related_to: ({ by }) => by.value.related_to,
    follows: ({ by }) => by.value.follows,
  },
  untold: {
    repetition: 'counts issues of one key a day apart',
    appended_at: "the broker's time of the CRM's record, which is kept for seven days",
    via: "where the CRM's record stood",
  },
});

/** An issue with the newest contract of it, and what ended it. */
interface Progress {
  readonly by: Issue;
  readonly contract: Said<'ContractChanged'> | null;
  readonly ends: readonly string[];
  readonly isCancelled: boolean | Condition;
}

const TERMINAL: readonly string[] = ['COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED'];

function progressIn(told: Told): readonly Progress[] {
  const newestOf = new Map<string, Said<'ContractChanged'>>();
  const ends = new Map<string, string[]>();
  const end = (issueId: string, by: string): void => void ends.set(issueId, [...(ends.get(issueId) ?? []), by]);
  for (const m of told.of('ContractChanged')) {
    const { issue_id: id, revision, version, status } = m.value;
    const before = newestOf.get(id)?.value;
    const isNewer = !before || before.revision < revision || (before.revision === revision && before.version < version);
    if (isNewer) newestOf.set(id, m);
    if (TERMINAL.includes(status)) end(id, status);
  }
  for (const { value } of told.of('EligibilityJudged'))
    if (value.verdict === 'MAY_NOT' && value.contract_id === null) end(value.issue_id, 'MAY_NOT');
  const cancelled = cancelledIn(told);
  return told.of('IssueReceived').map((by) => {
    const id = by.value.issue_id;
    const isUntold = isTrimmed(told) && !cancelled.has(id);
    const isCancelled = isUntold ? ANYTHING : cancelled.has(id);
    return { by, contract: newestOf.get(id) ?? null, ends: [...new Set(ends.get(id) ?? [])], isCancelled };
  });
}

/** Updates are on their topic for seven days. */
export const isTrimmed = (told: Told): boolean => [...told.trimmed].some((log) => log.startsWith('crm.updates.v1/'));

/** Issues that their CRM has withdrawn, as contracts or the CRM itself were told. */
export function cancelledIn(told: Told): ReadonlySet<string> {
  const passedOn = told.of('CancellationReceived').map((m) => m.value.issue_id);
  const updates = told.of('CrmUpdate').filter(({ value: { state, code } }) => {
    return state === 'CANCELLED' || (code ?? '').startsWith('CANCELLATION');
  });
  return new Set([...passedOn, ...updates.flatMap((m) => m.value.issue_id ?? [])]);
}

const ends = ({ ends: told, isCancelled }: Progress): readonly (string | null)[] => {
  const mayBeCancelled = isCancelled !== false ? ['CANCELLED'] : [];
  return told.length === 0 ? [null, ...mayBeCancelled] : [...told, ...mayBeCancelled];
};

export const ISSUE_PROGRESS = table<Progress>({
  name: 'issue_progress',
  key: ['issue_id'],
  told: progressIn,
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    source_system: ({ by }) => by.value.origin.source_system,
    reference: ({ by }) => by.value.origin.reference,
    idempotency_key: ({ by }) => by.value.idempotency_key,
    is_open: (s) => (ends(s).length > 1 ? oneOf(true, false) : s.ends.length === 0),
    is_cancelled: ({ isCancelled }) => isCancelled,
    ended_by: (s) => oneOf(...ends(s)),
    contract_id: ({ contract }) => contract?.value.contract_id,
    contract_status: ({ contract }) => contract?.value.status,
    revision: ({ contract }) => contract?.value.revision ?? 0,
  },
  untold: { seq: 'the order of arrival here' },
});
