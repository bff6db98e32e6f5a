import { type CrmIssue, encode } from '@mandate/schemas';
import type { StackConnection } from './connection';

/** A sample issue, as a customer's system would publish it. */
export type SampleIssue = Pick<CrmIssue, 'source' | 'reference' | 'submitter' | 'subject' | 'body'>;

/** The issues that a stack's first start publishes, so that the review queue is not empty. */
export const sampleIssues: readonly SampleIssue[] = [
  {
    source: 'support_ticket',
    reference: 'DESK-1041',
    submitter: 'mira@orchard.example',
    subject: 'Bursts are cut off in our nightly sync',
    body: 'Hello,\n\nour nightly sync runs into 429 answers. Please raise the burst size of the API rate limit from 20 to 40.\n\nThanks\nMira',
  },
  {
    source: 'support_ticket',
    reference: 'DESK-1042',
    submitter: 'jonas@fjord.example',
    subject: 'Sign-in sessions are too short',
    body: 'Our clerks are signed out in the middle of an order. Please set the session lifetime to 8 hours.',
  },
  {
    source: 'ops_alert',
    reference: 'OPS-77',
    submitter: 'oncall',
    subject: 'Export jobs are cut off',
    body: 'Please raise the row limit of bulk export from 10000 to 50000.',
  },
  {
    source: 'support_ticket',
    reference: 'DESK-1044',
    submitter: 'sten@fjord.example',
    subject: 'More notices about a parcel',
    body: 'Please raise the notices per parcel from 3 to 5, people ask us where their parcel is.',
  },
  {
    source: 'crm_feedback',
    reference: 'FB-310',
    submitter: null,
    subject: 'Great product',
    body: 'I just wanted to say thank you, everything works well.',
  },
  {
    source: 'support_ticket',
    reference: 'DESK-1043',
    submitter: 'ines@harbour.example',
    subject: 'Rounding on invoices',
    body: 'Please change the rounding of the billing ledger to half_up.',
  },
];

/** A whole CrmIssue of the local stack's sample source system. */
export function sampleCrmIssue(issue: SampleIssue, occurredAt: number): CrmIssue {
  return {
    ...issue,
    kind: 'ISSUE',
    source_system: 'sample-desk',
    idempotency_key: issue.reference,
    tenant: null,
    occurred_at: occurredAt,
    hint_severity: null,
    hint_capabilities: null,
    hint_change: null,
    clarification_request_id: null,
    raw_payload: null,
  };
}

/** Publishes issues as the user `crm`. */
export async function publishIssues(stack: StackConnection, issues: readonly CrmIssue[]): Promise<void> {
  if (issues.length === 0) return;
  const producer = stack.kafka('crm').producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({
      topic: 'crm.issues.v1',
      acks: -1,
      messages: issues.map((i) => ({ key: `${i.source_system}/${i.reference}`, value: encode('CrmIssue', i) })),
    });
  } finally {
    await producer.disconnect();
  }
}

/** Publishes the sample issues. */
export function publishSamples(stack: StackConnection): Promise<void> {
  return publishIssues(
    stack,
    sampleIssues.map((issue) => sampleCrmIssue(issue, Date.now())),
  );
}
