import type { StackConnection } from './connection';

/** A sample issue, as a customer's system would publish it: the bytes of a CrmIssue and its record key. */
export interface SampleIssue {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** The issues that a stack's first start publishes, so that the review queue is not empty. */
export const sampleIssues: readonly SampleIssue[] = [];

/** Publishes the sample issues as the user `crm`. */
export async function publishSamples(stack: StackConnection): Promise<void> {
  if (sampleIssues.length === 0) return;
  const producer = stack.kafka('crm').producer();
  await producer.connect();
  try {
    await producer.send({
      topic: 'crm.issues.v1',
      acks: -1,
      messages: sampleIssues.map(({ key, value }) => ({ key, value })),
    });
  } finally {
    await producer.disconnect();
  }
}
