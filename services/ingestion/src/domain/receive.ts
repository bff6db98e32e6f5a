import { DAY_MS } from './admit';
import { type Content, differing } from './content';
import type { InputKind } from './crm-input';
import { type Refusal, refusal } from './refusal';

/** Within it, a (source system, kind, idempotency key) names one thing; measured by the broker's append time. */
export const SAME_KEY_MS = DAY_MS;

/** An admitted input, reduced to what decides its fate. */
export interface Intake {
  readonly kind: InputKind;
  readonly sourceSystem: string;
  readonly reference: string;
  readonly idempotencyKey: string;
  readonly requestId: string | null;
  readonly content: Content;
  /** Epoch milliseconds; the broker's, over HTTP the service's clock. */
  readonly appendedAt: number;
  /** The id it gets if it becomes an issue. */
  readonly newIssueId: string;
}

/** The last use of an idempotency key. */
export interface KeyUse {
  readonly subjectId: string;
  readonly appendedAt: number;
  readonly repetition: number;
  /** What it was used for; null where the use is older than the record of it. */
  readonly reference: string | null;
  readonly content: Content | null;
}

/** What stands in the way of cancelling an issue again. */
export type CancelledState = 'CANCELLED' | 'UNDER_WAY' | 'TOO_LATE';

/** An issue as far as this service has read. `contractStatus` is null without a contract. */
export interface KnownIssue {
  readonly issueId: string;
  readonly idempotencyKey: string;
  readonly isOpen: boolean;
  readonly isCancelled: boolean;
  readonly contractId: string | null;
  readonly contractStatus: string | null;
}

/** A question that was asked about a contract. */
export interface AskedRequest {
  readonly requestId: string;
  readonly contractId: string;
  readonly issueId: string;
  readonly sourceSystem: string;
}

/** What an input is judged against. */
export interface Known {
  readonly earlier: KeyUse | null;
  /** Issues of the same source system and reference, newest first. */
  readonly issues: readonly KnownIssue[];
  readonly request: AskedRequest | null;
}

/** One issue that a cancellation reaches. `contractId`: told now. Neither: told to the contract to come. */
export interface CancelledIssue {
  readonly issueId: string;
  readonly contractId: string | null;
  /** Without a contract the cancellation ends the issue; with one, the contract's rejection does. */
  readonly isEnd: boolean;
}

export type IntakeEvent =
  | {
      readonly type: 'issue-received';
      readonly issueId: string;
      readonly repetition: number;
      readonly recurrenceOf: string | null;
      readonly relatedTo: string | null;
      readonly follows: string | null;
    }
  | {
      readonly type: 'duplicate';
      readonly issueId: string;
      /** Under which the key was used first. */
      readonly reference: string | null;
      /** Fields of the wire in which this input is another than the one that used the key. */
      readonly differs: readonly string[];
    }
  | { readonly type: 'already-cancelled'; readonly issueId: string; readonly state: CancelledState }
  | { readonly type: 'issues-cancelled'; readonly issues: readonly CancelledIssue[] }
  | { readonly type: 'clarification-received'; readonly request: AskedRequest }
  | { readonly type: 'input-refused'; readonly refusal: Refusal };

/**
 * Decides what an input is: something new, a repetition, an answer, a withdrawal, or nothing that can be taken. Pure.
 *
 * @returns exactly one event; a refusal is one, too. Never throws.
 */
export function receive(intake: Intake, known: Known): IntakeEvent {
  const { earlier } = known;
  if (earlier && Math.abs(intake.appendedAt - earlier.appendedAt) < SAME_KEY_MS) {
    return duplicate(intake, earlier); // FLOW-002
  }
  switch (intake.kind) {
    case 'ISSUE':
      return receiveIssue(intake, known);
    case 'CANCELLATION':
      return receiveCancellation(intake, known.issues);
    case 'CLARIFICATION':
      return receiveClarification(intake, known.request);
  }
}

/** Nothing new either way; but a key that was used for something else is told as that, or an issue would vanish. */
function duplicate({ reference, content }: Intake, earlier: KeyUse): IntakeEvent {
  const isElsewhere = earlier.reference !== null && earlier.reference !== reference;
  const differs = [...(isElsewhere ? ['reference'] : []), ...differing(content, earlier.content ?? content)];
  return { type: 'duplicate', issueId: earlier.subjectId, reference: earlier.reference, differs };
}

function receiveIssue(intake: Intake, { earlier, issues }: Known): IntakeEvent {
  const others = issues.filter((i) => i.idempotencyKey !== intake.idempotencyKey);
  const open = others.find((i) => i.isOpen);
  return {
    type: 'issue-received',
    issueId: intake.newIssueId,
    repetition: earlier ? earlier.repetition + 1 : 0,
    recurrenceOf: earlier?.subjectId ?? null,
    relatedTo: open?.issueId ?? null,
    follows: open ? null : (others[0]?.issueId ?? null),
  };
}

/** The issue whose key the cancellation names; if it names none, every open issue of the reference. */
function receiveCancellation(intake: Intake, issues: readonly KnownIssue[]): IntakeEvent {
  const named = issues.find((i) => i.idempotencyKey === intake.idempotencyKey);
  const meant = named ? [named] : issues.filter((i) => i.isOpen);
  const fresh = meant.filter((i) => !i.isCancelled);
  const cancellable = fresh.filter((i) => i.isOpen && i.contractStatus !== 'ACTIVE');
  if (cancellable.length > 0) return { type: 'issues-cancelled', issues: cancellable.map(cancel) };
  const again = meant.find((i) => i.isCancelled) ?? (named ? undefined : issues.find((i) => i.isCancelled));
  if (again) return { type: 'already-cancelled', issueId: again.issueId, state: cancelledState(again) };
  return { type: 'input-refused', refusal: tooLateToCancel(fresh, issues) };
}

/** A withdrawn issue may still be open: its contract has been asked to stop, and has not said yet that it did. */
function cancelledState({ isOpen, contractStatus }: KnownIssue): CancelledState {
  if (isOpen) return contractStatus === 'ACTIVE' ? 'TOO_LATE' : 'UNDER_WAY';
  return contractStatus === null || ['REJECTED', 'SUPERSEDED'].includes(contractStatus) ? 'CANCELLED' : 'TOO_LATE';
}

function cancel(issue: KnownIssue): CancelledIssue {
  // A superseded contract takes no decision any more; its successor is told when it is heard of.
  const contractId = issue.contractStatus === 'SUPERSEDED' ? null : issue.contractId;
  return { issueId: issue.issueId, contractId, isEnd: issue.contractStatus === null };
}

function tooLateToCancel(fresh: readonly KnownIssue[], issues: readonly KnownIssue[]): Refusal {
  if (fresh.some((i) => i.isOpen)) {
    const sentence =
      'The change is already being executed and can no longer be cancelled; it will be audited, and undone if it does harm.';
    return refusal('ALREADY_ACTIVE', 'reference', sentence);
  }
  if (issues.length > 0) {
    return refusal(
      'ALREADY_ENDED',
      'reference',
      'Every issue of this reference has ended; there is nothing left to cancel.',
    );
  }
  return refusal('ISSUE_UNKNOWN', 'reference', 'No issue of this source system has this reference.');
}

function receiveClarification(intake: Intake, request: AskedRequest | null): IntakeEvent {
  if (request && request.sourceSystem === intake.sourceSystem) return { type: 'clarification-received', request };
  const sentence =
    'No such question was asked of this source system; the update CLARIFICATION_ASKED names the id to answer.';
  return { type: 'input-refused', refusal: refusal('REQUEST_UNKNOWN', 'clarification_request_id', sentence) };
}

/** What is known once an event has happened. Never refuses. */
export function evolve(known: Known, intake: Intake, event: IntakeEvent): Known {
  const use = (subjectId: string): KeyUse => ({
    subjectId,
    appendedAt: intake.appendedAt,
    repetition: event.type === 'issue-received' ? event.repetition : 0,
    reference: intake.reference,
    content: intake.content,
  });
  switch (event.type) {
    case 'issue-received': {
      const { issueId } = event;
      const { idempotencyKey } = intake;
      const issue = {
        issueId,
        idempotencyKey,
        isOpen: true,
        isCancelled: false,
        contractId: null,
        contractStatus: null,
      };
      return { ...known, earlier: use(issueId), issues: [issue, ...known.issues] };
    }
    case 'issues-cancelled': {
      const by = new Map(event.issues.map((i) => [i.issueId, i]));
      const issues = known.issues.map((i) => {
        const cancelled = by.get(i.issueId);
        return cancelled ? { ...i, isCancelled: true, isOpen: i.isOpen && !cancelled.isEnd } : i;
      });
      return { ...known, earlier: use((event.issues[0] as CancelledIssue).issueId), issues };
    }
    case 'clarification-received':
      return { ...known, earlier: use(event.request.issueId) };
    default:
      return known;
  }
}
