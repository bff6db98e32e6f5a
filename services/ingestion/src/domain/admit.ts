import type { Addressee, Admission, AdmittedInput, CrmInput, InputKind, ReadInput } from './crm-input';
import { DOCUMENT_BYTES_MAX, DOCUMENT_LEVELS_MAX, type DocumentFault, readDocument } from './json-document';
import { type Refusal, refusal } from './refusal';
import { visibleText } from './visible';

export const DAY_MS = 86_400_000;
export const TIMESTAMP_OFF_MS_MAX = 7 * DAY_MS;
const SOURCES: readonly string[] = ['crm_feedback', 'support_ticket', 'ops_alert'];
const KINDS: readonly string[] = ['ISSUE', 'CLARIFICATION', 'CANCELLATION'] satisfies InputKind[];

type TextField = Exclude<keyof CrmInput, 'occurredAt' | 'rawPayload' | 'kind' | 'source'>;
/** Limits in characters (code points). An identity is compared, so nothing invisible or unreadable may stand in it. */
const TEXTS: readonly {
  readonly of: TextField;
  readonly wire: string;
  readonly max: number;
  readonly isIdentity?: true;
}[] = [
  { of: 'sourceSystem', wire: 'source_system', max: 100, isIdentity: true },
  { of: 'reference', wire: 'reference', max: 256, isIdentity: true },
  { of: 'idempotencyKey', wire: 'idempotency_key', max: 256, isIdentity: true },
  { of: 'submitter', wire: 'submitter', max: 256 },
  { of: 'tenant', wire: 'tenant', max: 100 },
  { of: 'subject', wire: 'subject', max: 200 },
  { of: 'body', wire: 'body', max: 10_000 },
  { of: 'hintSeverity', wire: 'hint_severity', max: 100 },
  { of: 'hintCapabilities', wire: 'hint_capabilities', max: 2_000 },
  { of: 'hintChange', wire: 'hint_change', max: 2_000 },
  { of: 'clarificationRequestId', wire: 'clarification_request_id', max: 100 },
];

/**
 * Decides whether an input is within the limits; the first that does not hold is told. Pure.
 *
 * @param appendedAt the broker's append time, over HTTP the service's clock (epoch milliseconds)
 * @returns the input with its texts made visible, or a refusal and whom to tell (null: nobody legible)
 */
export function admit(read: ReadInput, appendedAt: number): Admission {
  if (read.type === 'unreadable') return { type: 'refused', refusal: read.refusal, from: legible(read.from) };
  const { input } = read;
  const wrong = textRefusal(input) ?? meaningRefusal(input) ?? timeRefusal(input.occurredAt, appendedAt);
  if (wrong) return { type: 'refused', refusal: wrong, from: legible(input) };
  const document = input.rawPayload === null ? { text: null } : readDocument(input.rawPayload);
  if ('fault' in document) return { type: 'refused', refusal: documentRefusal(document.fault), from: legible(input) };
  return { type: 'admitted', input: visible(input, document.text) };
}

/** The sender, if both names are within their limits. */
export function legible(from: Addressee | null): Addressee | null {
  if (!from || identityRefusal('source_system', from.sourceSystem, 100)) return null;
  if (identityRefusal('reference', from.reference, 256)) return null;
  return { sourceSystem: from.sourceSystem, reference: from.reference };
}

function identityRefusal(field: string, text: string, max: number): Refusal | null {
  if (text.trim() === '') return refusal('FIELD_REQUIRED', field, `${field} is empty; it says whose input this is.`);
  if (isLonger(text, max)) return tooLong(field, max);
  if (!/[\p{Cc}\p{Surrogate}\ufffd]/u.test(text)) return null;
  return refusal('FIELD_INVALID', field, `${field} may hold no control characters and must be valid UTF-8.`);
}

const tooLong = (field: string, max: number): Refusal =>
  refusal(
    'FIELD_TOO_LONG',
    field,
    `${field} is longer than ${max} characters; nothing was cut off, please shorten it.`,
  );

/** Counts code points, and only where the cheaper count of code units could be over. */
function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max);
}

function textRefusal(input: CrmInput): Refusal | null {
  for (const { of, wire, max, isIdentity } of TEXTS) {
    const text = input[of];
    const wrong = isIdentity
      ? identityRefusal(wire, text ?? '', max)
      : text && isLonger(text, max)
        ? tooLong(wire, max)
        : null;
    if (wrong) return wrong;
  }
  return null;
}

function meaningRefusal(input: CrmInput): Refusal | null {
  const isBlank = (text: string | null): boolean => (text ?? '').trim() === '';
  if (!KINDS.includes(input.kind)) {
    return refusal('KIND_UNKNOWN', 'kind', 'kind must be ISSUE, CLARIFICATION or CANCELLATION.');
  }
  if (!SOURCES.includes(input.source)) {
    return refusal('SOURCE_UNKNOWN', 'source', `source must be one of ${SOURCES.join(', ')}.`);
  }
  if (input.kind === 'ISSUE' && isBlank(input.subject) && isBlank(input.body)) {
    return refusal('FIELD_REQUIRED', 'body', 'An issue needs a subject or a body.');
  }
  if (input.kind === 'CLARIFICATION' && isBlank(input.clarificationRequestId)) {
    const sentence = 'A clarification names the request that it answers, as the update that asked for it said.';
    return refusal('FIELD_REQUIRED', 'clarification_request_id', sentence);
  }
  if (input.kind === 'CLARIFICATION' && isBlank(input.body)) {
    return refusal('FIELD_REQUIRED', 'body', 'A clarification needs its answer in body.');
  }
  return null;
}

function timeRefusal(occurredAt: number, appendedAt: number): Refusal | null {
  if (Math.abs(occurredAt - appendedAt) <= TIMESTAMP_OFF_MS_MAX) return null;
  const sentence =
    'occurred_at is more than 7 days away from the time the input arrived; it counts milliseconds since 1970 (UTC).';
  return refusal('TIMESTAMP_OFF', 'occurred_at', sentence);
}

function documentRefusal(fault: DocumentFault): Refusal {
  const sentences: Readonly<Record<DocumentFault, string>> = {
    PAYLOAD_TOO_LARGE: `raw_payload is larger than ${DOCUMENT_BYTES_MAX} bytes.`,
    PAYLOAD_TOO_DEEP: `raw_payload is nested deeper than ${DOCUMENT_LEVELS_MAX} levels.`,
    PAYLOAD_NOT_JSON: 'raw_payload is not a JSON document in UTF-8.',
  };
  return refusal(fault, 'raw_payload', sentences[fault]);
}

function visible(input: CrmInput, document: string | null): AdmittedInput {
  const shown = (text: string | null): string | null => (text === null ? null : visibleText(text));
  const { rawPayload: _, kind, ...rest } = input;
  return {
    ...rest,
    kind: kind as InputKind,
    submitter: shown(input.submitter),
    tenant: shown(input.tenant),
    subject: visibleText(input.subject),
    body: visibleText(input.body),
    hintSeverity: shown(input.hintSeverity),
    hintCapabilities: shown(input.hintCapabilities),
    hintChange: shown(input.hintChange),
    clarificationRequestId: shown(input.clarificationRequestId),
    document,
  };
}
