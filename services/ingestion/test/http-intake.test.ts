import { sha256 } from '@mandate/contracts';
import { Database, type RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { call, DESK_TOKEN, post, SHOP_TOKEN, tokensFile } from './tokens';

jest.setTimeout(30_000);
let world: World;
let service: RunningService;
let port: number;

beforeAll(async () => {
  world = await World.open();
  service = await world.start('ingestion', AppModule, { INTAKE_TOKENS_FILE: tokensFile() });
  port = service.port;
}, 60_000);
afterAll(() => world?.close(), 60_000);

const issue = (reference: string, more: object = {}) => ({
  source: 'support_ticket',
  reference,
  idempotency_key: reference,
  subject: 'Please raise the API rate limit',
  body: 'From 100 to 200 per minute.',
  ...more,
});

describe('POST /api/v1/issues', () => {
  it('202: the same function as the topic; what is said cites the digest of the body', async () => {
    const body = JSON.stringify(issue('H-1', { raw_payload: { ticket: { n: 7 } } }));
    const answer = await post(port, body);
    const received = await world.next('IssueReceived', (m) => m.value.origin.reference === 'H-1');
    const told = await world.next('CrmUpdate', (m) => m.value.reference === 'H-1');

    expect(answer).toMatchObject({ status: 202, body: { issue_id: received.value.issue_id, state: 'RECEIVED' } });
    expect(received.value).toMatchObject({ origin: { source_system: 'desk' }, payload_digest: sha256(body) });
    expect(received.link?.causeDigest).toEqual(sha256(body));
    expect(told.value).toMatchObject({ state: 'RECEIVED', issue_id: received.value.issue_id });
    const [row] = await service.app
      .get(Database)
      .rows<{ raw_payload: Buffer; payload: unknown }>(
        'SELECT raw_payload, payload FROM issue_events WHERE issue_id = $1',
        [answer.body.issue_id],
      );
    expect(row?.raw_payload.toString()).toBe(body);
    expect(row?.payload).toMatchObject({ raw_payload: { ticket: { n: 7 } } });
  });

  it('FLOW-002: 200 with the same id for what is known, whichever way it came first', async () => {
    const first = await post(port, issue('H-2'), { 'idempotency-key': '"H-2"' });
    const again = await post(port, issue('H-2', { idempotency_key: undefined }), { 'idempotency-key': 'H-2' });
    expect(again).toMatchObject({ status: 200, body: { state: 'DUPLICATE', issue_id: first.body.issue_id } });
    await world.issue({ reference: 'H-2', source_system: 'desk', idempotency_key: 'H-2' });
    const told = await world.next('CrmUpdate', (m) => m.value.reference === 'H-2' && m.link?.version === 3);
    expect(told.value).toMatchObject({ state: 'DUPLICATE', issue_id: first.body.issue_id });
  });

  it('FLOW-002: twenty at once with one key are one issue', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(port, issue('H-race'))));
    expect(answers.filter((a) => a.status === 202)).toHaveLength(1);
    expect(new Set(answers.map((a) => a.body.issue_id)).size).toBe(1);
  });

  it('FLOW-002: a key that was used for something else is told as that, and starts nothing', async () => {
    const first = await post(port, issue('H-8', { idempotency_key: 'reused' }));
    const other = issue('H-9', { idempotency_key: 'reused', body: 'Something else altogether.' });
    const answer = await post(port, other);
    const told = {
      state: 'DUPLICATE',
      code: 'KEY_REUSED',
      field: 'idempotency_key',
      sentence: expect.stringContaining(`used for H-8 (issue ${first.body.issue_id})`),
      details: { issue_id: first.body.issue_id, reference: 'H-8', differs: ['reference', 'body'] },
    };
    expect(answer).toMatchObject({ status: 200, body: { issue_id: first.body.issue_id, ...told } });
    expect(await call(port, '/api/v1/references/desk/H-9')).toMatchObject({
      status: 200,
      body: { state: 'DUPLICATE', code: 'KEY_REUSED', issue_ids: [], updates: [told] },
    });
    const update = await world.next('CrmUpdate', (m) => m.value.reference === 'H-9');
    expect(update.value).toMatchObject({ issue_id: first.body.issue_id, code: 'KEY_REUSED' });
  });

  it('a second cancellation is told that the issue was already cancelled', async () => {
    const first = await post(port, issue('H-10'));
    const cancel = (idempotency_key: string) => post(port, issue('H-10', { kind: 'CANCELLATION', idempotency_key }));
    expect(await cancel('stop')).toMatchObject({ status: 202, body: { state: 'CANCELLED' } });
    expect(await cancel('stop again')).toMatchObject({
      status: 200,
      body: { state: 'DUPLICATE', code: 'ALREADY_CANCELLED', issue_id: first.body.issue_id },
    });
  });

  it('keys of another source system are its own', async () => {
    const [desk, shop] = [await post(port, issue('H-3')), await post(port, issue('H-3'), {}, SHOP_TOKEN)];
    expect([desk.status, shop.status]).toEqual([202, 202]);
    expect(desk.body.issue_id).not.toBe(shop.body.issue_id);
  });

  it('422: a problem with code, field and sentence, kept and told', async () => {
    const answer = await post(port, issue('H-4', { source: 'email' }));
    expect(answer).toMatchObject({
      status: 422,
      type: expect.stringContaining('application/problem+json'),
      body: { type: 'urn:mandate:problem:source-unknown', status: 422, code: 'SOURCE_UNKNOWN', field: 'source' },
    });
    expect(answer.body.detail).toContain('crm_feedback');
    await expect(world.next('CrmUpdate', (m) => m.value.reference === 'H-4')).resolves.toMatchObject({
      value: { state: 'REFUSED' },
    });
  });

  it.each(['', ' ', '{', '[]', '{"subject":"\\u0000","nope":1}', `${'['.repeat(100)}`, '{"reference":7}'])(
    '422: %s',
    async (body) => {
      const answer = await post(port, body);
      expect(answer).toMatchObject({ status: 422, body: { code: expect.any(String), detail: expect.any(String) } });
      const digest = sha256(body);
      const kept = await service.app
        .get(Database)
        .rows('SELECT 1 FROM refused_inputs WHERE value_digest = $1', [digest]);
      expect(kept).toHaveLength(1);
    },
  );

  it('401, 403, 415: who may, for whom, and as what', async () => {
    expect(await post(port, issue('H-5'), {}, null)).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    expect(await post(port, issue('H-5'), {}, 'guessed')).toMatchObject({ status: 401 });
    expect(await post(port, issue('H-5', { source_system: 'shop' }))).toMatchObject({
      status: 403,
      body: { code: 'SOURCE_SYSTEM_NOT_YOURS' },
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post(port, 'a=b', form)).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE' } });
  });
});

describe('GET /api/v1/references/{source_system}/{reference}', () => {
  const read = (reference: string, token: string | null = DESK_TOKEN) =>
    call(port, `/api/v1/references/desk/${encodeURIComponent(reference)}`, {}, token);

  it('gives everything told about a reference, the newest state and the issues', async () => {
    const reference = `H/6 ? & % ü ${'x'.repeat(240)}`;
    const first = await post(port, issue(reference));
    const second = await post(port, issue(reference, { idempotency_key: 'another' }));
    await post(port, issue(reference));
    expect(await read(reference)).toMatchObject({
      status: 200,
      body: {
        source_system: 'desk',
        reference,
        state: 'RECEIVED',
        issue_ids: [second.body.issue_id, first.body.issue_id],
        issues: [
          { is_open: true, related_to: first.body.issue_id },
          { is_open: true, related_to: null },
        ],
        updates: [{ version: 3, state: 'DUPLICATE' }, { version: 2 }, { version: 1, state: 'RECEIVED' }],
      },
    });
  });

  it('401, 403, 404', async () => {
    await post(port, issue('H-7'));
    expect(await read('H-7', null)).toMatchObject({ status: 401 });
    expect(await read('H-7', SHOP_TOKEN)).toMatchObject({ status: 403, body: { code: 'SOURCE_SYSTEM_NOT_YOURS' } });
    expect(await read('never heard of')).toMatchObject({ status: 404, body: { code: 'REFERENCE_UNKNOWN' } });
    expect(await read('\u0000')).toMatchObject({ status: 404 });
  });

  it('leaves the JSON of other paths to be parsed as everywhere', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await call(port, '/api/v1/elsewhere', { method: 'POST', body: '{', headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('what no controller answers', () => {
  const json = { 'content-type': 'application/json' };
  const large = { method: 'POST', body: 'x'.repeat(1_100_000), headers: json };
  const xml = { method: 'POST', body: '<x/>', headers: { 'content-type': 'application/xml' } };
  it.each<[string, string, RequestInit, number, string]>([
    ['an unknown path', '/nowhere', {}, 404, 'NOT_FOUND'],
    ['a wrong method', '/api/v1/issues', { method: 'PUT', body: '{}', headers: json }, 404, 'NOT_FOUND'],
    ['an empty body that is called JSON', '/nowhere', { method: 'DELETE', headers: json }, 404, 'NOT_FOUND'],
    [
      'a body that is no JSON',
      '/api/v1/parked/redrive',
      { method: 'POST', body: '{', headers: json },
      400,
      'BAD_REQUEST',
    ],
    ['another kind of content', '/api/v1/parked/redrive', xml, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a path that cannot be decoded', '/api/v1/%zz', {}, 400, 'BAD_REQUEST'],
    ['a body beyond the limit', '/api/v1/issues', large, 413, 'CONTENT_TOO_LARGE'],
    ['no bearer token', '/api/v1/parked', {}, 401, 'NOT_AN_OPERATOR'],
  ])('is a problem, too: %s', async (_what, path, init, status, code) => {
    const answer = await call(port, path, init, null);
    const type = `urn:mandate:problem:${code.toLowerCase().replaceAll('_', '-')}`;
    expect(answer).toMatchObject({ status, body: { type, status, code, detail: expect.any(String) } });
    expect(answer.type).toContain('application/problem+json');
    if (status === 413) expect(answer.body.detail).toContain('1048576');
  });
});
