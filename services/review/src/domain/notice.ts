/** What a founder is told outside the page. */
export type NoticeKind =
  | 'EXPIRING'
  | 'ESCALATED'
  | 'EXPIRED'
  | 'HELD'
  | 'CANCELLED'
  | 'CANCELLATION_ASKED'
  | 'INCIDENT_OPENED'
  | 'ROLLBACK_FAILED'
  | 'INCONCLUSIVE'
  | 'ISSUE_ESCALATED';

export interface Notice {
  readonly aggregate: 'contract' | 'incident' | 'audit' | 'issue';
  readonly aggregateId: string;
  readonly version: number;
  readonly kind: NoticeKind;
  /** A customer's words, as they came; they are made inert where they leave. */
  readonly title: string | null;
  /** Where in the page. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A recorded change of a contract or an incident. */
export interface RecordedChange {
  readonly version: number;
  readonly from: string | null;
  readonly to: string;
  readonly cause: string;
  readonly code: string | null;
  readonly at: number;
}

interface Changed {
  readonly id: string;
  readonly contractId: string;
  readonly title: string;
  readonly changes: readonly RecordedChange[];
}

/** What of a contract's changes the founder is told; each change has a version of its own. */
export function contractNotices({ id, title, changes }: Omit<Changed, 'contractId'>): Notice[] {
  return changes.flatMap((change) => {
    const kind = contractNotice(change);
    if (!kind) return [];
    const { version, at } = change;
    return [{ aggregate: 'contract', aggregateId: id, version, kind, title, path: `/contracts/${id}`, at }];
  });
}

/** What of an incident's changes the founder is told. */
export function incidentNotices({ id, contractId, title, changes }: Changed): Notice[] {
  return changes.flatMap(({ version, from, to, at }) => {
    if (from === to || (to !== 'OPEN' && to !== 'ROLLBACK_FAILED')) return [];
    const kind = to === 'OPEN' ? 'INCIDENT_OPENED' : 'ROLLBACK_FAILED';
    return [{ aggregate: 'incident', aggregateId: id, version, kind, title, path: `/contracts/${contractId}`, at }];
  });
}

/** An audit that could not tell and is not tried again asks for a human. */
export function auditNotices(audit: {
  readonly id: string;
  readonly contractId: string;
  readonly version: number;
  readonly verdict: string;
  readonly isFinal: boolean;
  readonly at: number;
}): Notice[] {
  if (audit.verdict !== 'INCONCLUSIVE' || !audit.isFinal) return [];
  const { id, contractId, version, at } = audit;
  const path = `/contracts/${contractId}`;
  return [{ aggregate: 'audit', aggregateId: id, version, kind: 'INCONCLUSIVE', title: null, path, at }];
}

/** An issue without a contract that a human should see. */
export function issueNotice(issue: {
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly at: number;
}): Notice {
  const { id, revision, title, at } = issue;
  const version = revision + 1;
  return { aggregate: 'issue', aggregateId: id, version, kind: 'ISSUE_ESCALATED', title, path: '/attention', at };
}

function contractNotice({ from, to, cause, code }: RecordedChange): NoticeKind | null {
  if (to === 'EXPIRED' && from !== to) return 'EXPIRED';
  if (cause === 'TIMER' && code === 'REVIEW_WARNING') return 'EXPIRING';
  if (cause === 'TIMER' && code === 'REVIEW_ESCALATION') return 'ESCALATED';
  if (cause === 'FACT' && to === 'APPROVED' && from === to) return 'HELD';
  if (cause === 'CancellationReceived') return to === 'REJECTED' ? 'CANCELLED' : 'CANCELLATION_ASKED';
  return null;
}

const TOLD_WITHIN_MS = 86_400_000;

/** Old news is no news: when projections are rebuilt, or a channel is set up, history is not told again. */
export function isNews({ at }: Notice, now: number): boolean {
  return now - at < TOLD_WITHIN_MS;
}
