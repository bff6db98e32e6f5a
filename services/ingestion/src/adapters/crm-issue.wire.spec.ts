import { encode, type Messages } from '@mandate/schemas';
import fc from 'fast-check';
import { NOON } from '../testing/inputs';
import { CRM_ISSUE_BYTES_MAX, readCrmIssue } from './crm-issue.wire';

const issue: Messages['CrmIssue'] = {
  kind: 'ISSUE',
  source: 'support_ticket',
  source_system: 'desk',
  reference: 'T-1',
  idempotency_key: 'k',
  submitter: null,
  tenant: null,
  subject: 'Raise the limit',
  body: 'from 100 to 200',
  occurred_at: NOON,
  hint_severity: null,
  hint_capabilities: null,
  hint_change: null,
  clarification_request_id: null,
  raw_payload: Buffer.from('{}'),
};
const bytes = encode('CrmIssue', issue);
const codeOf = (input: Buffer): string | null => {
  const read = readCrmIssue(input);
  return read.type === 'unreadable' ? read.refusal.code : null;
};

describe('bytes of crm.issues.v1', () => {
  it('are read', () => {
    expect(readCrmIssue(bytes)).toMatchObject({
      type: 'read',
      input: { reference: 'T-1', rawPayload: Buffer.from('{}') },
    });
  });

  it('UNDECODABLE: truncated anywhere, or with anything behind', () => {
    for (let end = 0; end < bytes.length; end++) expect(codeOf(bytes.subarray(0, end))).toBe('UNDECODABLE');
    expect(codeOf(Buffer.concat([bytes, Buffer.from([0])]))).toBe('UNDECODABLE');
  });

  it('UNDECODABLE: another message, and the sentence says which and what is wanted', () => {
    const other = encode('CancellationReceived', {
      issue_id: '018f0000-0000-7000-8000-000000000001',
      contract_id: '018f0000-0000-7000-8000-000000000002',
      reason: 'x',
      origin: {
        source: 'ops_alert',
        source_system: 's',
        reference: 'r',
        submitter: null,
        tenant: null,
        received_at: NOON,
      },
      received_at: NOON,
    });
    const read = readCrmIssue(other);
    expect(read).toMatchObject({
      refusal: { code: 'UNDECODABLE', sentence: expect.stringContaining('CancellationReceived') },
    });
  });

  it('UNDECODABLE: an array that claims 2^53 items, JSON, nothing at all', () => {
    const count = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
    expect(codeOf(Buffer.concat([bytes.subarray(0, 5), count]))).toBe('UNDECODABLE');
    expect(codeOf(Buffer.from('{"kind":"ISSUE"}'))).toBe('UNDECODABLE');
    expect(codeOf(Buffer.alloc(0))).toBe('UNDECODABLE');
  });

  it('TOO_LARGE: not even looked at', () => {
    expect(codeOf(Buffer.alloc(CRM_ISSUE_BYTES_MAX + 1))).toBe('TOO_LARGE');
  });

  it('never throw, whatever they are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => void readCrmIssue(Buffer.from(any))));
    const flipped = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(flipped, { minLength: 1, maxLength: 4 }), (flips) => {
        const damaged = Buffer.from(bytes);
        for (const [at, by] of flips) damaged[at] = (damaged[at] as number) ^ by;
        readCrmIssue(damaged);
      }),
    );
  });
});
