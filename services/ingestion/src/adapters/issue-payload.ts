import type { AdmittedInput } from '../domain/crm-input';
import { visibleJson } from '../domain/visible';

/** An issue as JSON text that `jsonb` takes: its fields, and the CRM's own document as it was written. */
export function issuePayload(input: AdmittedInput): string {
  const { document, ...fields } = input;
  const own = JSON.stringify({
    kind: fields.kind,
    source: fields.source,
    source_system: fields.sourceSystem,
    reference: fields.reference,
    idempotency_key: fields.idempotencyKey,
    submitter: fields.submitter,
    tenant: fields.tenant,
    subject: fields.subject,
    body: fields.body,
    occurred_at: fields.occurredAt,
    hint_severity: fields.hintSeverity,
    hint_capabilities: fields.hintCapabilities,
    hint_change: fields.hintChange,
  });
  return `${own.slice(0, -1)},"raw_payload":${document === null ? 'null' : visibleJson(document)}}`;
}
