import type { Hints, Origin } from '@mandate/schemas';
import { citingOutside, type Outgoing, say } from '@mandate/service-kit';
import type { AdmittedInput } from '../domain/crm-input';
import type { IntakeEvent } from '../domain/receive';

export type IssueReceivedEvent = Extract<IntakeEvent, { type: 'issue-received' }>;
const HINTED_CAPABILITIES_MAX = 50;

/** Where an input came from, as every later message of its issue repeats it. */
export function toOrigin(input: AdmittedInput, receivedAt: number): Origin {
  return {
    source: input.source,
    source_system: input.sourceSystem,
    reference: input.reference,
    submitter: input.submitter,
    tenant: input.tenant,
    received_at: receivedAt,
  };
}

/** @param digest SHA-256 of the bytes as received: what is cited */
export function toIssueReceived(
  event: IssueReceivedEvent,
  input: AdmittedInput,
  digest: Buffer,
  now: number,
): Outgoing {
  return say({
    message: 'IssueReceived',
    key: event.issueId,
    says: 'RECEIVED',
    issueId: event.issueId,
    version: 1,
    planDigest: null,
    cites: citingOutside(digest),
    now,
    value: {
      issue_id: event.issueId,
      origin: toOrigin(input, now),
      idempotency_key: input.idempotencyKey,
      subject: input.subject,
      body: input.body,
      hints: toHints(input),
      payload_digest: digest,
      recurrence_of: event.recurrenceOf,
      related_to: event.relatedTo,
      follows: event.follows,
      status: 'RECEIVED',
      received_at: now,
    },
  });
}

function toHints(input: AdmittedInput): Hints {
  const names = (input.hintCapabilities ?? '').split(',').map((name) => name.trim());
  return {
    severity: input.hintSeverity,
    capabilities: [...new Set(names)].filter((name) => name !== '').slice(0, HINTED_CAPABILITIES_MAX),
    change: input.hintChange,
  };
}
