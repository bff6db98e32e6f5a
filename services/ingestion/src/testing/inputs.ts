import type { CrmInput, ReadInput } from '../domain/crm-input';
import type { Intake } from '../domain/receive';

export const NOON = Date.UTC(2026, 10, 24, 12);

/** An input that is admitted, with what a test changes about it. */
export function crmInput(more: Partial<CrmInput> = {}): CrmInput {
  return {
    kind: 'ISSUE',
    source: 'support_ticket',
    sourceSystem: 'desk',
    reference: 'T-1',
    idempotencyKey: 'key-1',
    submitter: 'alex@example.com',
    tenant: null,
    subject: 'Please raise the API rate limit',
    body: 'From 100 to 200 per minute.',
    occurredAt: NOON,
    hintSeverity: null,
    hintCapabilities: null,
    hintChange: null,
    clarificationRequestId: null,
    rawPayload: null,
    ...more,
  };
}

export function read(more: Partial<CrmInput> = {}): ReadInput {
  return { type: 'read', input: crmInput(more) };
}

let made = 0;
/** An admitted input, reduced to what decides its fate. */
export function intake(more: Partial<Intake> = {}): Intake {
  made++;
  return {
    kind: 'ISSUE',
    sourceSystem: 'desk',
    reference: 'T-1',
    idempotencyKey: 'key-1',
    requestId: null,
    content: { subject: 's', body: 'b' },
    appendedAt: NOON,
    newIssueId: `issue-${made}`,
    ...more,
  };
}
