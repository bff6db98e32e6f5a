import type { IntakeEvent } from './receive';
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
      return [
        {
          state: 'DUPLICATE',
          code: 'DUPLICATE',
          field: 'idempotency_key',
          sentence: 'This was received before; nothing new was started.',
          details: {},
          issueId: event.issueId,
          contractId: null,
        },
      ];
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
