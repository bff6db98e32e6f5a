import { sha256, TOPICS, topicOf } from '@mandate/contracts';
import { encode, type Messages } from '@mandate/schemas';
import { Database, type RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';

const TOPIC = 'crm.issues.v1';
jest.setTimeout(30_000);
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
  service = await world.start('ingestion', AppModule);
}, 60_000);
afterAll(() => world?.close(), 60_000);

const rows = <T>(sql: string, parameters: unknown[] = []) => service.app.get(Database).rows<T>(sql, parameters);
const issueOf = (reference: string) => world.next('IssueReceived', (m) => m.value.origin.reference === reference);
const updateOf = (reference: string, state: string) =>
  world.next('CrmUpdate', (m) => m.value.reference === reference && m.value.state === state);
const sent = (bytes: Buffer) => world.send('crm', TOPIC, 'any key', bytes);

describe('an issue on crm.issues.v1', () => {
  it('becomes an IssueReceived that cites its bytes, and its CRM is told RECEIVED', async () => {
    const issue = await world.issue({ reference: 'T-1', hint_capabilities: 'api_rate_limit, burst' });
    const received = await issueOf('T-1');
    const told = await updateOf('T-1', 'RECEIVED');
    const digest = sha256(encode('CrmIssue', issue));

    expect(received.key).toBe(received.value.issue_id);
    expect(received.value).toMatchObject({
      subject: issue.subject,
      body: issue.body,
      status: 'RECEIVED',
      payload_digest: digest,
      hints: { severity: null, capabilities: ['api_rate_limit', 'burst'], change: null },
    });
    expect(received.link?.causeDigest).toEqual(digest);
    expect(told.key).toBe('desk/T-1');
    expect(told.value).toMatchObject({
      issue_id: received.value.issue_id,
      source_system: 'desk',
      value_digest: digest,
    });
  });

  it('is told with CloudEvents 1.0 headers', async () => {
    await world.issue({ reference: 'T-cloud' });
    const told = await updateOf('T-cloud', 'RECEIVED');
    expect(told.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_id: told.value.update_id,
      ce_type: 'mandate.crm-update.v1',
      ce_source: '/mandate/ingestion',
      'content-type': 'application/avro',
    });
    expect(new Date(told.headers.ce_time as string).getTime()).toBe(told.value.at);
  });

  it('is kept byte for byte, and shown as JSON with what jsonb refuses made visible', async () => {
    const raw_payload = Buffer.from('{"nul":"a\\u0000b","half":"\\ud800","n":1e400}');
    const issue = await world.issue({ reference: 'T-raw', body: 'nul: \u0000.', raw_payload });
    const received = await issueOf('T-raw');
    const [row] = await rows<{ raw_payload: Buffer; payload: object; status: string }>(
      'SELECT raw_payload, payload, status FROM issue_events WHERE issue_id = $1',
      [received.value.issue_id],
    );
    expect(row?.raw_payload).toEqual(encode('CrmIssue', issue));
    expect(row?.payload).toMatchObject({ body: 'nul: ␀.', raw_payload: { nul: 'a␀b', half: '\ufffd', n: '1e400' } });
    expect(received.value.body).toBe('nul: ␀.');
    expect(row?.status).toBe('RECEIVED');
  });

  it('FLOW-002: sent twice is one issue; the second is told DUPLICATE with its id', async () => {
    await world.issue({ reference: 'T-2' });
    await world.issue({ reference: 'T-2' });
    const received = await issueOf('T-2');
    const duplicate = await updateOf('T-2', 'DUPLICATE');
    expect(duplicate.value.issue_id).toBe(received.value.issue_id);
    expect(duplicate.link?.version).toBe(2);
    expect(world.all('IssueReceived').filter((m) => m.value.origin.reference === 'T-2')).toHaveLength(1);
  });

  it('FLOW-002, FLOW-003: a hundred at once with ten keys are ten issues, all answered in gapless order', async () => {
    const one = (i: number) => world.issue({ reference: 'T-many', idempotency_key: `many ${i % 10}` });
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
    await expect(
      world.next('CrmUpdate', (m) => m.key === 'desk/T-many' && m.link?.version === 100),
    ).resolves.toBeDefined();
    const told = world.all('CrmUpdate').filter((m) => m.key === 'desk/T-many');
    expect(told.map((m) => m.link?.version)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(told.filter((m) => m.value.state === 'RECEIVED')).toHaveLength(10);
  });

  it('FLOW-001: a burst whose answers are larger than one record batch may be is answered all the same', async () => {
    const burst = Array.from({ length: 300 }, (_, i) => ({ reference: 'T-burst', idempotency_key: `burst ${i}` }));
    await Promise.all(burst.map((one) => world.issue({ ...one, body: 'x'.repeat(9_500) })));
    const isLast = (m: { key: string; link: { version: number } | null }) =>
      m.key === 'desk/T-burst' && m.link?.version === 300;
    await expect(world.next('CrmUpdate', isLast)).resolves.toBeDefined();
    for (const { idempotency_key } of burst) {
      await world.next('IssueReceived', (m) => m.value.idempotency_key === idempotency_key);
    }
    expect(world.all('IssueReceived').filter((m) => m.value.origin.reference === 'T-burst')).toHaveLength(300);
  });

  it('is related to an open issue of its reference', async () => {
    await world.issue({ reference: 'T-3', idempotency_key: 'a' });
    const first = await issueOf('T-3');
    await world.issue({ reference: 'T-3', idempotency_key: 'b' });
    const second = await issueOf('T-3');
    expect(second.value).toMatchObject({ related_to: first.value.issue_id, follows: null, recurrence_of: null });
  });

  it('follows a cancelled one', async () => {
    await world.issue({ reference: 'T-4', idempotency_key: 'c' });
    const first = await issueOf('T-4');
    await world.issue({ kind: 'CANCELLATION', reference: 'T-4', idempotency_key: 'stop' });
    await expect(updateOf('T-4', 'CANCELLED')).resolves.toMatchObject({ value: { issue_id: first.value.issue_id } });
    await world.issue({ reference: 'T-4', idempotency_key: 'd' });
    await expect(issueOf('T-4')).resolves.toMatchObject({ value: { follows: first.value.issue_id, related_to: null } });
  });

  it('is refused with code, field and sentence, and kept', async () => {
    const issue = await world.issue({ reference: 'T-long', subject: 'x'.repeat(201) });
    const told = await updateOf('T-long', 'REFUSED');
    expect(told.value).toMatchObject({ code: 'FIELD_TOO_LONG', field: 'subject', issue_id: null });
    expect(told.value.sentence).toContain('200');
    const [row] = await rows<{ value: Buffer; code: string }>(
      `SELECT value, code FROM refused_inputs WHERE reference = 'T-long'`,
    );
    expect(row).toEqual({ value: encode('CrmIssue', issue), code: 'FIELD_TOO_LONG' });
  });
});

describe('bytes that are no issue', () => {
  const valid = (): Messages['CrmIssue'] => ({
    ...{ kind: 'ISSUE', source: 'ops_alert', source_system: 'desk', reference: 'T-cut', idempotency_key: 'k' },
    ...{ submitter: null, tenant: null, subject: 's', body: 'b', occurred_at: Date.now(), hint_severity: null },
    ...{ hint_capabilities: null, hint_change: null, clarification_request_id: null, raw_payload: null },
  });

  it('FLOW-004: truncated at every byte, each is answered by its offset and digest, kept, and blocks nothing', async () => {
    const whole = encode('CrmIssue', valid());
    const cut = Array.from({ length: whole.length }, (_, end) => whole.subarray(0, end));
    for (const bytes of cut) await sent(bytes);
    await sent(whole);
    await issueOf('T-cut');
    for (const bytes of cut) {
      const digest = sha256(bytes);
      const told = await world.next('CrmUpdate', (m) => m.value.value_digest?.equals(digest) === true);
      expect(told.value).toMatchObject({ state: 'REFUSED', code: 'UNDECODABLE', reference: null, source_system: null });
      expect(told.value.topic_offset).toMatch(/^crm\.issues\.v1\/\d+\/\d+$/);
      expect(told.key).toBe(told.value.topic_offset);
    }
    const kept = await rows<{ value: Buffer }>(`SELECT value FROM refused_inputs WHERE reference IS NULL`);
    const digests = new Set(kept.map((r) => sha256(r.value).toString('hex')));
    for (const bytes of cut) expect(digests.has(sha256(bytes).toString('hex'))).toBe(true);
  });

  it.each([
    ['no Avro', Buffer.from('{"kind":"ISSUE"}'), 'UNDECODABLE'],
    ['an array that claims 2^53 items', Buffer.from('00000003e98080808080808020', 'hex'), 'UNDECODABLE'],
    [
      "another topic's message",
      encode('CancellationReceived', {
        issue_id: '018f0000-0000-7000-8000-000000000001',
        contract_id: '018f0000-0000-7000-8000-000000000002',
        reason: 'x',
        origin: {
          source: 'ops_alert',
          source_system: 's',
          reference: 'r',
          submitter: null,
          tenant: null,
          received_at: 1,
        },
        received_at: 1,
      }),
      'UNDECODABLE',
    ],
    ['more bytes than are read', Buffer.alloc(topicOf('CrmIssue').valueBytesMax + 1), 'TOO_LARGE'],
  ])('FLOW-004: %s', async (_name, bytes, code) => {
    await sent(bytes);
    const digest = sha256(bytes);
    const told = await world.next('CrmUpdate', (m) => m.value.value_digest?.equals(digest) === true);
    expect(told.value).toMatchObject({ state: 'REFUSED', code });
    await world.issue({ reference: `after ${_name}` });
    await expect(issueOf(`after ${_name}`)).resolves.toBeDefined();
  });

  it('sets nothing aside: every refusal is an answer', async () => {
    expect(await rows('SELECT code, reason FROM parked')).toEqual([]);
    expect(world.all('DeadLetter')).toEqual([]);
  });

  it('PART2-001: a CRM can write its own topic only, and no path makes a contract', async () => {
    for (const { name, writer } of TOPICS.filter((t) => t.writer !== 'crm')) {
      await expect(world.send('crm', name, 'k', Buffer.from('x'))).rejects.toThrow(/[Aa]uthoriz/);
      expect(writer).not.toBe('crm');
    }
    const path = `http://127.0.0.1:${service.port}/api/v1/contracts`;
    expect((await fetch(path, { method: 'POST', body: '{}' })).status).toBeGreaterThanOrEqual(404);
  });

  it('CHAIN-001, EVID-001: the runtime role cannot change what was received or told', async () => {
    for (const table of ['issue_events', 'refused_inputs', 'crm_updates', 'cancellations']) {
      await expect(rows(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/);
    }
    await expect(rows(`UPDATE issue_events SET status = 'RECEIVED'`)).rejects.toThrow(/permission denied/);
  });
});
