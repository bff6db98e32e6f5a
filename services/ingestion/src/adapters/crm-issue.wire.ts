import { topicOf } from '@mandate/contracts';
import { type CrmIssue, decode, messageNameOf, schemaId, UndecodableError } from '@mandate/schemas';
import type { CrmInput, ReadInput } from '../domain/crm-input';
import { type Refusal, refusal } from '../domain/refusal';

export const CRM_ISSUE_BYTES_MAX = topicOf('CrmIssue').valueBytesMax;

/** Reads the bytes of a record of crm.issues.v1, whatever they are: size, frame, schema id, then Avro. Never throws. */
export function readCrmIssue(bytes: Buffer): ReadInput {
  const unreadable = (why: Refusal): ReadInput => ({ type: 'unreadable', refusal: why, from: null });
  if (bytes.length > CRM_ISSUE_BYTES_MAX) {
    return unreadable(
      refusal('TOO_LARGE', null, `The record has ${bytes.length} bytes; at most ${CRM_ISSUE_BYTES_MAX} are read.`),
    );
  }
  const name = messageNameOf(bytes);
  if (name !== 'CrmIssue') {
    const is = name ? `The record holds a ${name}` : 'The record is not framed Avro of a known schema';
    const wants = `this topic takes CrmIssue: a zero byte, the schema id ${schemaId('CrmIssue')} in four bytes, then Avro`;
    return unreadable(refusal('UNDECODABLE', null, `${is}; ${wants}.`));
  }
  try {
    return { type: 'read', input: toInput(decode('CrmIssue', bytes)) };
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    return unreadable(refusal('UNDECODABLE', null, `The record is ${error.message}.`));
  }
}

function toInput(issue: CrmIssue): CrmInput {
  return {
    kind: issue.kind,
    source: issue.source,
    sourceSystem: issue.source_system,
    reference: issue.reference,
    idempotencyKey: issue.idempotency_key,
    submitter: issue.submitter,
    tenant: issue.tenant,
    subject: issue.subject,
    body: issue.body,
    occurredAt: issue.occurred_at,
    hintSeverity: issue.hint_severity,
    hintCapabilities: issue.hint_capabilities,
    hintChange: issue.hint_change,
    clarificationRequestId: issue.clarification_request_id,
    rawPayload: issue.raw_payload,
  };
}
