import fc from 'fast-check';
import { NOON } from '../testing/inputs';
import { CRM_ISSUE_BYTES_MAX } from './crm-issue.wire';
import { type HttpContext, readHttpIssue } from './http-issue.wire';

const context: HttpContext = { sourceSystem: 'desk', idempotencyKey: null, now: NOON };
const read = (body: unknown, more: Partial<HttpContext> = {}) =>
  readHttpIssue(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), { ...context, ...more });
const refused = (body: unknown, more: Partial<HttpContext> = {}) => {
  const result = read(body, more);
  return result.type === 'unreadable' ? [result.refusal.code, result.refusal.field] : 'read';
};

describe('a JSON body', () => {
  it('gives the same input as Avro, with what may be left out', () => {
    const body = { source: 'ops_alert', reference: 'T-1', subject: 's', body: 'b', idempotency_key: 'k' };
    expect(read(body)).toEqual({
      type: 'read',
      input: {
        kind: 'ISSUE',
        source: 'ops_alert',
        sourceSystem: 'desk',
        reference: 'T-1',
        idempotencyKey: 'k',
        submitter: null,
        tenant: null,
        subject: 's',
        body: 'b',
        occurredAt: NOON,
        hintSeverity: null,
        hintCapabilities: null,
        hintChange: null,
        clarificationRequestId: null,
        rawPayload: null,
      },
    });
  });

  it('keeps raw_payload as it was written', () => {
    const text = '{"reference":"r","raw_payload":{"n": 1.50, "big": 12345678901234567890, "e":1e400}}';
    expect(read(text)).toMatchObject({
      input: { rawPayload: Buffer.from('{"n": 1.50, "big": 12345678901234567890, "e":1e400}') },
    });
  });

  it('takes the key from the header as well, and not two of them', () => {
    expect(read({}, { idempotencyKey: 'h' })).toMatchObject({ input: { idempotencyKey: 'h' } });
    expect(refused({ idempotency_key: 'b' }, { idempotencyKey: 'h' })).toEqual(['FIELD_INVALID', 'idempotency_key']);
    expect(refused({ idempotency_key: 'b' }, { idempotencyKey: 'b' })).toBe('read');
  });

  it('takes a time as milliseconds or ISO 8601, and names as a list', () => {
    expect(read({ occurred_at: '2026-11-24T13:00:00+01:00', hint_capabilities: ['a', 'b'] })).toMatchObject({
      input: { occurredAt: NOON, hintCapabilities: 'a,b' },
    });
  });

  it('SOURCE_SYSTEM_NOT_YOURS: the token decides whose input it is', () => {
    expect(refused({ source_system: 'other' })).toEqual(['SOURCE_SYSTEM_NOT_YOURS', 'source_system']);
    expect(refused({ source_system: 'desk' })).toBe('read');
  });

  it('FIELD_UNKNOWN, FIELD_TYPE: nothing is guessed', () => {
    expect(refused({ titel: 'x' })).toEqual(['FIELD_UNKNOWN', 'titel']);
    expect(refused('{"__proto__":{"kind":"x"}}')).toEqual(['FIELD_UNKNOWN', '__proto__']);
    expect(refused({ subject: 7 })).toEqual(['FIELD_TYPE', 'subject']);
    for (const occurred_at of ['yesterday', 1.5, {}, 1e300])
      expect(refused({ occurred_at })).toEqual(['FIELD_TYPE', 'occurred_at']);
    expect(refused({ hint_capabilities: [1] })).toEqual(['FIELD_TYPE', 'hint_capabilities']);
  });

  it('UNDECODABLE, TOO_LARGE, TOO_DEEP: what is no JSON object within bounds', () => {
    for (const body of ['', '{', '[]', 'null', '"x"', '\ufffe{}']) expect(refused(body)).toEqual(['UNDECODABLE', null]);
    expect(readHttpIssue(Buffer.from([0x7b, 0xff]), context)).toMatchObject({ refusal: { code: 'UNDECODABLE' } });
    expect(refused(`"${'x'.repeat(CRM_ISSUE_BYTES_MAX)}"`)).toEqual(['TOO_LARGE', null]);
    expect(refused(`${'['.repeat(34)}${']'.repeat(34)}`)).toEqual(['TOO_DEEP', null]);
    expect(refused('['.repeat(200_000))).toEqual(['TOO_DEEP', null]);
  });

  it.each(['reference', 'subject', 'body', 'hint_change'])('FIELD_INVALID: %s that is not UTF-8', (field) => {
    const broken = Buffer.from(JSON.stringify({ reference: 'T-1', [field]: 'a?b' }));
    broken[broken.lastIndexOf('?')] = 0xff;
    expect(readHttpIssue(broken, context)).toMatchObject({
      refusal: { code: 'FIELD_INVALID', field },
      from: { sourceSystem: 'desk' },
    });
    expect(refused(`{"${field}":"a\\ud800b"}`)).toEqual(['FIELD_INVALID', field]);
    expect(refused({ [field]: 'a\ufffdb 🚀' })).toBe('read');
  });

  it('FIELD_INVALID: a field that stands there twice', () => {
    expect(refused('{"body":"a","raw_payload":{"body":1},"bod\\u0079":"b"}')).toEqual(['FIELD_INVALID', 'body']);
    expect(refused('{"body":"\\"body\\":","raw_payload":{"x":1,"x":2}}')).toBe('read');
  });

  it('says whose it is where that is legible', () => {
    expect(read({ reference: 'T-1', nope: 1 })).toMatchObject({ from: { sourceSystem: 'desk', reference: 'T-1' } });
    expect(read({ nope: 1 })).toMatchObject({ from: null });
  });

  it('never makes it throw, whatever it is', () => {
    const field = fc.constantFrom('kind', 'reference', 'occurred_at', 'raw_payload', '__proto__', 'constructor', 'x');
    const any = fc.oneof(
      fc.dictionary(field, fc.jsonValue()).map((o) => JSON.stringify(o)),
      fc.string(),
      fc.json(),
    );
    fc.assert(fc.property(any, (text) => void readHttpIssue(Buffer.from(text), context)));
  });
});
