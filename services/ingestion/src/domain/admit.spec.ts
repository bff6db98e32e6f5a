import { crmInput, NOON, read } from '../testing/inputs';
import { admit, DAY_MS } from './admit';
import type { CrmInput } from './crm-input';
import { refusal } from './refusal';

const refused = (more: Partial<CrmInput>) => {
  const admission = admit(read(more), NOON);
  return admission.type === 'refused' ? [admission.refusal.code, admission.refusal.field] : 'admitted';
};

describe('admit', () => {
  it('takes an input within all limits as it is', () => {
    const admission = admit(read({ rawPayload: Buffer.from('{"a":1}') }), NOON);
    const { rawPayload: _, ...rest } = crmInput();
    expect(admission).toEqual({ type: 'admitted', input: { ...rest, document: '{"a":1}' } });
  });

  it.each([
    ['sourceSystem', 'source_system', 100],
    ['reference', 'reference', 256],
    ['idempotencyKey', 'idempotency_key', 256],
    ['submitter', 'submitter', 256],
    ['tenant', 'tenant', 100],
    ['subject', 'subject', 200],
    ['body', 'body', 10_000],
    ['hintSeverity', 'hint_severity', 100],
    ['hintCapabilities', 'hint_capabilities', 2_000],
    ['hintChange', 'hint_change', 2_000],
    ['clarificationRequestId', 'clarification_request_id', 100],
  ] as const)('FIELD_TOO_LONG: %s beyond its limit, counted in characters', (of, wire, max) => {
    expect(refused({ [of]: 'é'.repeat(max) })).toBe('admitted');
    expect(refused({ [of]: '🚀'.repeat(max) })).toBe('admitted');
    expect(refused({ [of]: 'é'.repeat(max + 1) })).toEqual(['FIELD_TOO_LONG', wire]);
    expect(refused({ [of]: '🚀'.repeat(max + 1) })).toEqual(['FIELD_TOO_LONG', wire]);
    expect(refused({ [of]: 'x'.repeat(5 * max) })).toEqual(['FIELD_TOO_LONG', wire]);
  });

  it.each([
    ['sourceSystem', 'source_system'],
    ['reference', 'reference'],
    ['idempotencyKey', 'idempotency_key'],
  ] as const)('FIELD_REQUIRED, FIELD_INVALID: %s must be there and legible', (of, wire) => {
    for (const empty of ['', '  ', '\t']) expect(refused({ [of]: empty })).toEqual(['FIELD_REQUIRED', wire]);
    for (const bad of ['a\u0000b', 'a\nb', 'a\ufffdb', 'a\ud800b', '\u0085x']) {
      expect(refused({ [of]: bad })).toEqual(['FIELD_INVALID', wire]);
    }
    expect(refused({ [of]: 'Größe/7 – ✓' })).toBe('admitted');
  });

  it.each(['UNKNOWN', '', 'issue'])('KIND_UNKNOWN: %p', (kind) => {
    expect(refused({ kind })).toEqual(['KIND_UNKNOWN', 'kind']);
  });

  it.each(['email', '', 'CRM_FEEDBACK'])('SOURCE_UNKNOWN: %p', (source) => {
    expect(refused({ source })).toEqual(['SOURCE_UNKNOWN', 'source']);
  });

  it('FIELD_REQUIRED: an issue says something, a clarification answers something', () => {
    expect(refused({ subject: ' ', body: '' })).toEqual(['FIELD_REQUIRED', 'body']);
    expect(refused({ subject: '', body: 'x' })).toBe('admitted');
    expect(refused({ kind: 'CLARIFICATION' })).toEqual(['FIELD_REQUIRED', 'clarification_request_id']);
    expect(refused({ kind: 'CLARIFICATION', clarificationRequestId: 'q', body: '' })).toEqual([
      'FIELD_REQUIRED',
      'body',
    ]);
    expect(refused({ kind: 'CANCELLATION', subject: '', body: '' })).toBe('admitted');
  });

  it('TIMESTAMP_OFF: more than seven days either way', () => {
    expect(refused({ occurredAt: NOON - 7 * DAY_MS })).toBe('admitted');
    expect(refused({ occurredAt: NOON + 7 * DAY_MS })).toBe('admitted');
    expect(refused({ occurredAt: NOON - 7 * DAY_MS - 1 })).toEqual(['TIMESTAMP_OFF', 'occurred_at']);
    expect(refused({ occurredAt: NOON + 7 * DAY_MS + 1 })).toEqual(['TIMESTAMP_OFF', 'occurred_at']);
    expect(refused({ occurredAt: Number.MIN_SAFE_INTEGER })).toEqual(['TIMESTAMP_OFF', 'occurred_at']);
  });

  it('PAYLOAD_TOO_LARGE, PAYLOAD_TOO_DEEP, PAYLOAD_NOT_JSON: the document of the CRM', () => {
    const of = (text: string) => refused({ rawPayload: Buffer.from(text) });
    expect(of(`"${'x'.repeat(65_534)}"`)).toBe('admitted');
    expect(of(`"${'x'.repeat(65_535)}"`)).toEqual(['PAYLOAD_TOO_LARGE', 'raw_payload']);
    expect(of('['.repeat(32) + ']'.repeat(32))).toBe('admitted');
    expect(of('['.repeat(33) + ']'.repeat(33))).toEqual(['PAYLOAD_TOO_DEEP', 'raw_payload']);
    expect(of('['.repeat(65_000))).toEqual(['PAYLOAD_TOO_DEEP', 'raw_payload']);
    for (const bad of ['', '{', 'nul', "{'a':1}", '01']) expect(of(bad)).toEqual(['PAYLOAD_NOT_JSON', 'raw_payload']);
    expect(refused({ rawPayload: Buffer.from([0x22, 0xff, 0x22]) })).toEqual(['PAYLOAD_NOT_JSON', 'raw_payload']);
  });

  it('tells a refusal to its sender where that is legible, else to nobody', () => {
    const from = (more: Partial<CrmInput>) => {
      const admission = admit(read({ source: 'x', ...more }), NOON);
      return admission.type === 'refused' ? admission.from : undefined;
    };
    expect(from({})).toEqual({ sourceSystem: 'desk', reference: 'T-1' });
    expect(from({ reference: 'a\u0000' })).toBeNull();
    expect(from({ sourceSystem: 'x'.repeat(101) })).toBeNull();
    const why = refusal('UNDECODABLE', null, 'no');
    expect(admit({ type: 'unreadable', refusal: why, from: null }, NOON)).toEqual({
      type: 'refused',
      refusal: why,
      from: null,
    });
  });

  it('shows what a text hides, and leaves the rest alone', () => {
    const admission = admit(read({ body: 'a\u0000b\ud800c 🚀', submitter: '\udc00' }), NOON);
    expect(admission).toMatchObject({ input: { body: 'a␀b\ufffdc 🚀', submitter: '\ufffd', tenant: null } });
  });
});
