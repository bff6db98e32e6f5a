import type { CrmInput, ReadInput } from '../domain/crm-input';
import { DOCUMENT_LEVELS_MAX, levelsOf, memberText, repeatedMember } from '../domain/json-document';
import { type Refusal, refusal } from '../domain/refusal';
import { CRM_ISSUE_BYTES_MAX } from './crm-issue.wire';

/** What the request says besides its body. */
export interface HttpContext {
  /** The source system that the bearer token is bound to. */
  readonly sourceSystem: string;
  readonly idempotencyKey: string | null;
  /** Epoch milliseconds; stands for `occurred_at` where the body has none. */
  readonly now: number;
}

const TEXT_FIELDS = [
  'kind',
  'source',
  'source_system',
  'reference',
  'idempotency_key',
  'submitter',
  'tenant',
  'subject',
  'body',
  'hint_severity',
  'hint_change',
  'clarification_request_id',
] as const;
type TextField = (typeof TEXT_FIELDS)[number];
const OTHER_FIELDS: readonly string[] = ['hint_capabilities', 'occurred_at', 'raw_payload'];

class Unreadable extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.sentence);
  }
}

/** Reads a JSON body into the same input that Avro bytes give. Never throws on what a client sends. */
export function readHttpIssue(bytes: Buffer, context: HttpContext): ReadInput {
  let fields: Readonly<Record<string, unknown>> = {};
  try {
    const { text, isUtf8 } = textOf(bytes);
    fields = parseObject(text, isUtf8);
    if (!isUtf8) throw new Unreadable(brokenUtf8(fields));
    refuseUnknown(fields);
    refuseRepeated(text);
    return { type: 'read', input: toInput(fields, memberText(text, 'raw_payload'), context) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { reference } = fields;
    const from = typeof reference === 'string' ? { sourceSystem: context.sourceSystem, reference } : null;
    return { type: 'unreadable', refusal: error.refusal, from };
  }
}

/** Bytes that are not UTF-8 are decoded all the same, with U+FFFD where they break: to say whose they are, and where. */
function textOf(bytes: Buffer): { readonly text: string; readonly isUtf8: boolean } {
  if (bytes.length > CRM_ISSUE_BYTES_MAX) {
    throw new Unreadable(
      refusal('TOO_LARGE', null, `The body has ${bytes.length} bytes; at most ${CRM_ISSUE_BYTES_MAX} are read.`),
    );
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder('utf-8').decode(bytes), isUtf8: false };
  }
}

const NOT_UTF8 = refusal('UNDECODABLE', null, 'The body is not valid UTF-8.');

function brokenUtf8(fields: Readonly<Record<string, unknown>>): Refusal {
  const broken = TEXT_FIELDS.find((name) => typeof fields[name] === 'string' && fields[name].includes('\ufffd'));
  return broken ? refusal('FIELD_INVALID', broken, `${broken} is not valid UTF-8.`) : NOT_UTF8;
}

function refuseRepeated(text: string): void {
  const twice = repeatedMember(text);
  if (twice === null) return;
  throw new Unreadable(refusal('FIELD_INVALID', twice.slice(0, 100), `${twice.slice(0, 100)} stands there twice.`));
}

function parseObject(text: string, isUtf8: boolean): Readonly<Record<string, unknown>> {
  // raw_payload stands one level deep, and is measured again by itself.
  if (levelsOf(text) > DOCUMENT_LEVELS_MAX + 1) {
    throw new Unreadable(
      refusal('TOO_DEEP', null, `The body is nested deeper than ${DOCUMENT_LEVELS_MAX + 1} levels.`),
    );
  }
  const value = parse(text, isUtf8);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Unreadable(refusal('UNDECODABLE', null, 'The body must be one JSON object.'));
  }
  // Without a prototype nothing can be inherited, and a key called __proto__ is a key.
  return Object.assign(Object.create(null), value) as Record<string, unknown>;
}

function refuseUnknown(fields: Readonly<Record<string, unknown>>): void {
  const known: readonly string[] = [...TEXT_FIELDS, ...OTHER_FIELDS];
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const sentence = `There is no such field. Known are ${known.join(', ')}.`;
  throw new Unreadable(refusal('FIELD_UNKNOWN', unknown.slice(0, 100), sentence));
}

function parse(text: string, isUtf8: boolean): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!isUtf8) throw new Unreadable(NOT_UTF8);
    throw new Unreadable(refusal('UNDECODABLE', null, `The body is not JSON: ${(error as Error).message}.`));
  }
}

function toInput(fields: Readonly<Record<string, unknown>>, rawPayload: string | null, context: HttpContext): CrmInput {
  const text = (name: TextField): string | null => {
    const value = fields[name] ?? null;
    if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
      // An escape like \ud800 alone: no UTF-8 can hold it.
      throw new Unreadable(refusal('FIELD_INVALID', name, `${name} holds half of a surrogate pair.`));
    }
    if (value === null || typeof value === 'string') return value;
    throw new Unreadable(refusal('FIELD_TYPE', name, `${name} must be a string.`));
  };
  const named = text('source_system');
  if (named !== null && named !== context.sourceSystem) {
    const sentence = `This token speaks for ${context.sourceSystem} only; leave source_system out or name that.`;
    throw new Unreadable(refusal('SOURCE_SYSTEM_NOT_YOURS', 'source_system', sentence));
  }
  return {
    kind: text('kind') ?? 'ISSUE',
    source: text('source') ?? '',
    sourceSystem: context.sourceSystem,
    reference: text('reference') ?? '',
    idempotencyKey: idempotencyKey(text('idempotency_key'), context.idempotencyKey),
    submitter: text('submitter'),
    tenant: text('tenant'),
    subject: text('subject') ?? '',
    body: text('body') ?? '',
    occurredAt: instant(fields.occurred_at ?? null, context.now),
    hintSeverity: text('hint_severity'),
    hintCapabilities: names(fields.hint_capabilities ?? null),
    hintChange: text('hint_change'),
    clarificationRequestId: text('clarification_request_id'),
    rawPayload: rawPayload === null || rawPayload === 'null' ? null : Buffer.from(rawPayload),
  };
}

function idempotencyKey(inBody: string | null, inHeader: string | null): string {
  if (inBody !== null && inHeader !== null && inBody !== inHeader) {
    const sentence = 'The header Idempotency-Key and the field idempotency_key differ; one of them is enough.';
    throw new Unreadable(refusal('FIELD_INVALID', 'idempotency_key', sentence));
  }
  return inBody ?? inHeader ?? '';
}

function instant(value: unknown, now: number): number {
  if (value === null) return now;
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isSafeInteger(ms)) return ms;
  const sentence = 'occurred_at must be milliseconds since 1970 (UTC) or an ISO 8601 date and time.';
  throw new Unreadable(refusal('FIELD_TYPE', 'occurred_at', sentence));
}

function names(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value.join(',');
  throw new Unreadable(
    refusal('FIELD_TYPE', 'hint_capabilities', 'hint_capabilities must be a string or a list of strings.'),
  );
}
