import type { CancelledState, IntakeEvent } from './receive';
import type { Refusal } from './refusal';
import type { Told } from './told';

/** What a CRM is told at once about its input: one update, or one for each issue that it cancels. Pure. */
export function tellIntake(event: IntakeEvent): readonly Told[] {
  switch (event.type) {
    case 'issue-received':
      return [
        {
          state: 'RECEIVED',
          code: null,
          field: null,
          sentence: 'The issue was received and will be looked at.',
          details: { recurrence_of: event.recurrenceOf, related_to: event.relatedTo, follows: event.follows },
          issueId: event.issueId,
          contractId: null,
        },
      ];
    case 'duplicate':
      return [tellDuplicate(event)];
    case 'already-cancelled':
      return [tellCancelledAgain(event.issueId, event.state)];
    case 'issues-cancelled':
      return event.issues.map(({ issueId, contractId, isEnd }) =>
        isEnd ? cancelled(issueId) : passedOn(issueId, contractId),
      );
    case 'clarification-received':
      return [
        {
          state: 'NOTE',
          code: 'ANSWER_PASSED_ON',
          field: null,
          sentence: 'The answer was received and passed on to the founder.',
          details: { clarification_request_id: event.request.requestId },
          issueId: event.request.issueId,
          contractId: event.request.contractId,
        },
      ];
    case 'input-refused':
      return [tellRefusal(event.refusal)];
  }
}

/** Names what the key was used for before, so that its sender can tell a repetition from an issue that was swallowed. */
function tellDuplicate({ issueId, reference, differs }: Extract<IntakeEvent, { type: 'duplicate' }>): Told {
  const earlier = reference === null ? `issue ${issueId}` : `${reference} (issue ${issueId})`;
  const isReused = differs.length > 0;
  const sentence = isReused
    ? `This idempotency key was used for ${earlier}, ${differenceOf(differs)}; nothing new was started. ` +
      'Send it again with a key of its own if it is another issue.'
    : `This was received before as ${earlier}; nothing new was started.`;
  return {
    state: 'DUPLICATE',
    code: isReused ? 'KEY_REUSED' : 'DUPLICATE',
    field: 'idempotency_key',
    sentence,
    details: { issue_id: issueId, reference, ...(isReused ? { differs } : {}) },
    issueId,
    contractId: null,
  };
}

function differenceOf(differs: readonly string[]): string {
  if (!differs.includes('reference')) return 'whose content differs';
  return differs.length > 1 ? 'whose reference and content differ' : 'whose reference differs';
}

function tellCancelledAgain(issueId: string, state: CancelledState): Told {
  const sentences: Readonly<Record<CancelledState, string>> = {
    CANCELLED: `Issue ${issueId} was already cancelled; nothing new was started.`,
    UNDER_WAY: `The cancellation of issue ${issueId} was already received and takes effect unless execution starts first; nothing new was started.`,
    TOO_LATE: `A cancellation of issue ${issueId} was already received, but execution had started by then; nothing new was started.`,
  };
  return {
    state: 'DUPLICATE',
    code: 'ALREADY_CANCELLED',
    field: 'reference',
    sentence: sentences[state],
    details: { issue_id: issueId },
    issueId,
    contractId: null,
  };
}

/** A refusal as its sender is told it. */
export function tellRefusal({ code, field, sentence }: Refusal): Told {
  return { state: 'REFUSED', code, field, sentence, details: {}, issueId: null, contractId: null };
}

function cancelled(issueId: string): Told {
  return {
    state: 'CANCELLED',
    code: 'CANCELLED_BEFORE_CONTRACT',
    field: null,
    sentence: 'The issue was cancelled; should a contract still come of it, it will be rejected for that reason.',
    details: {},
    issueId,
    contractId: null,
  };
}

/** Told when a contract is asked to stop; that it did is told once the contract says so. */
export function passedOn(issueId: string, contractId: string | null): Told {
  return {
    state: 'NOTE',
    code: 'CANCELLATION_PASSED_ON',
    field: null,
    sentence: 'The cancellation was passed on to the contract; it takes effect unless execution starts first.',
    details: {},
    issueId,
    contractId,
  };
}
