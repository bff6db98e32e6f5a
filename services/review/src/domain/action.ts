import type { RequestedChange } from './modification';

/** What a founder may do; every kind has the same frame. Digests are 32 bytes. */
export type Action = ContractAction | AuditAction | IncidentAction | IssueAction;

interface Frame {
  /** The signed-in founder: the subject of the token or session. */
  readonly actor: string;
}
interface OnContract extends Frame {
  readonly contractId: string;
  /** The dossier that the founder was shown; null where the action does not name one. */
  readonly dossierSeen: Buffer | null;
}

export type ContractAction = Approve | Reject | RequestClarification | ProvideClarification | ModifyScope | Note;

export interface Approve extends OnContract {
  readonly kind: 'APPROVE';
  readonly approval: SignedStatement | null;
}

export interface Reject extends OnContract {
  readonly kind: 'REJECT';
  readonly reason: string;
}

export interface RequestClarification extends OnContract {
  readonly kind: 'REQUEST_CLARIFICATION';
  readonly question: string;
}

/** The founder records what the requestor answered. */
export interface ProvideClarification extends OnContract {
  readonly kind: 'PROVIDE_CLARIFICATION';
  readonly answer: string;
}

export interface ModifyScope extends OnContract {
  readonly kind: 'MODIFY_SCOPE';
  readonly changes: readonly RequestedChange[];
  /** Null: those of the changes. */
  readonly capabilities: readonly string[] | null;
  readonly reason: string;
}

export interface Note extends OnContract {
  readonly kind: 'NOTE';
  readonly note: string;
}

export type AuditAction = Attest;
export interface Attest extends Frame {
  readonly kind: 'ATTEST';
  readonly auditId: string;
  readonly attestation: SignedStatement | null;
}

export type IncidentAction = AcknowledgeIncident | ResolveIncident;
export interface AcknowledgeIncident extends Frame {
  readonly kind: 'ACKNOWLEDGE_INCIDENT';
  readonly incidentId: string;
  readonly note: string;
}
export interface ResolveIncident extends Frame {
  readonly kind: 'RESOLVE_INCIDENT';
  readonly incidentId: string;
  readonly resolution: SignedStatement | null;
}

/** An escalated issue has no contract: it is settled in review's own tables. */
export type IssueAction = AcknowledgeIssue;
export interface AcknowledgeIssue extends Frame {
  readonly kind: 'ACKNOWLEDGE_ISSUE';
  readonly issueId: string;
  readonly note: string;
}

/** A statement as it was sent: nothing in it is believed before its signature holds. */
export interface SignedStatement {
  readonly statement: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
}

/** What the action is about, as one text. */
export function subjectOf(action: Action): string {
  switch (action.kind) {
    case 'ATTEST':
      return `audit/${action.auditId}`;
    case 'ACKNOWLEDGE_INCIDENT':
    case 'RESOLVE_INCIDENT':
      return `incident/${action.incidentId}`;
    case 'ACKNOWLEDGE_ISSUE':
      return `issue/${action.issueId}`;
    default:
      return `contract/${action.contractId}`;
  }
}

/** What the founder said in words, trimmed; null where the action has none. */
export function wordsOf(action: Action): string | null {
  switch (action.kind) {
    case 'REJECT':
    case 'MODIFY_SCOPE':
      return action.reason.trim() || null;
    case 'REQUEST_CLARIFICATION':
      return action.question.trim() || null;
    case 'PROVIDE_CLARIFICATION':
      return action.answer.trim() || null;
    case 'NOTE':
    case 'ACKNOWLEDGE_INCIDENT':
    case 'ACKNOWLEDGE_ISSUE':
      return action.note.trim() || null;
    case 'ATTEST':
    case 'RESOLVE_INCIDENT':
    case 'APPROVE':
      return null;
  }
}

/** The signed statement of an action that has one. */
export function signedIn(action: Action): SignedStatement | null {
  if (action.kind === 'APPROVE') return action.approval;
  if (action.kind === 'ATTEST') return action.attestation;
  return action.kind === 'RESOLVE_INCIDENT' ? action.resolution : null;
}
