import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { TestClock } from '@mandate/service-kit';
import { aCapability, NOON, setTo } from '../../test/fixtures';
import { type Resolve, rangesOf } from './address-policy';
import type { Action } from './driver';
import { WebhookClient } from './webhook.client';
import { WebhookDriver } from './webhook.driver';

interface Seen {
  readonly request: IncomingMessage;
  readonly body: string;
}
type Answering = (seen: Seen, response: ServerResponse) => void;

const secrets = [randomBytes(32), randomBytes(24)];
const action: Action = {
  change: setTo('a', 5),
  idempotencyKey: 'step-key',
  undoes: 'first-key',
  target: aCapability('a'),
};
const stop = new AbortController().signal;

describe('the webhook driver', () => {
  let server: Server;
  let answering: Answering;
  const seen: Seen[] = [];
  const open: WebhookClient[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ request, body });
        answering({ request, body }, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    seen.length = 0;
    answering = (_, response) => response.end('{}');
  });
  afterAll(() => {
    for (const client of open) client.close();
    server.closeAllConnections();
    server.close();
  });

  const portOf = (s: { address(): unknown }) => (s.address() as AddressInfo).port;
  const driver = (more: { host?: string; port?: number; allowed?: string[]; resolve?: Resolve } = {}) => {
    const url = new URL(`http://${more.host ?? '127.0.0.1'}:${more.port ?? portOf(server)}/hooks`);
    const target = { url, secrets, timeoutMs: 150, allowed: rangesOf(more.allowed ?? ['127.0.0.1/32']), ca: null };
    const client = new WebhookClient(new Map([['a', target]]), new TestClock(NOON), more.resolve);
    open.push(client);
    return new WebhookDriver(client);
  };

  it('signs each message as Standard Webhooks say, with every key there is, under the idempotency key of the step', async () => {
    expect(await driver().apply(action, stop)).toEqual({ outcome: 'DONE' });
    const [{ request, body }] = seen as [Seen];
    const { headers } = request;
    expect(headers).toMatchObject({
      'webhook-id': 'step-key',
      'idempotency-key': 'step-key',
      'ce-type': 'mandate.step.apply',
    });
    expect(headers['webhook-timestamp']).toBe(String(NOON / 1_000));
    const signed = `step-key.${NOON / 1_000}.${body}`;
    const signatures = secrets.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(headers['webhook-signature']).toBe(signatures.join(' '));
    expect(JSON.parse(body)).toEqual({
      type: 'mandate.step.apply',
      timestamp: new Date(NOON).toISOString(),
      data: { capability: 'a', undoes: 'first-key', writes: [{ target: 'a#size', from: 3, to: 5 }] },
    });
  });

  it.each([
    [200, 'DONE'],
    [204, 'DONE'],
    [202, 'UNCLEAR'],
    [301, 'UNCLEAR'],
    [307, 'UNCLEAR'],
    [400, 'FAILED'],
    [401, 'FAILED'],
    [409, 'FAILED'],
    [408, 'UNCLEAR'],
    [429, 'NOT_DONE'],
    [500, 'UNCLEAR'],
    [503, 'UNCLEAR'],
  ])('takes the answer %d as %s, and follows no redirect', async (status, outcome) => {
    answering = (_, response) => response.writeHead(status, { location: '/elsewhere' }).end();
    expect(await driver().apply(action, stop)).toMatchObject({ outcome });
    expect(seen.map((s) => s.request.url)).toEqual(['/hooks']);
  });

  it('does not know what came of it when the answer is cut off, late or too long', async () => {
    const answers: Answering[] = [
      ({ request }) => request.socket.destroy(),
      () => undefined,
      (_, response) => response.end('x'.repeat(70_000)),
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        setTimeout(() => response.destroy(), 20);
      },
    ];
    for (const each of answers) {
      answering = each;
      expect(await driver().apply(action, stop)).toMatchObject({ outcome: 'UNCLEAR', code: 'OUTCOME_UNKNOWN' });
    }
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const free = createTcpServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const port = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    expect(await driver({ port }).apply(action, stop)).toMatchObject({ outcome: 'NOT_DONE', code: 'ECONNREFUSED' });
  });

  it.each([
    [{ values: { 'a#size': 3 } }, 'BEFORE'],
    [{ values: { 'a#size': 5 } }, 'AFTER'],
    [{ values: { 'a#size': 4 } }, 'NEITHER'],
    [{ values: {} }, 'UNSEEN'],
    ['no object', 'UNSEEN'],
  ])('sees in the values %j that the target stands %s the change', async (answer, at) => {
    answering = (_, response) => response.end(JSON.stringify(answer));
    expect(await driver().observe(action, stop)).toMatchObject({ at });
    expect(JSON.parse((seen[0] as Seen).body)).toMatchObject({
      type: 'mandate.step.observe',
      data: { targets: ['a#size'] },
    });
  });

  it('sees nothing where a look is answered with an error', async () => {
    answering = (_, response) => response.writeHead(503).end();
    expect(await driver().observe(action, stop)).toMatchObject({ at: 'UNSEEN' });
  });

  it('sends nothing to this machine, by address or by name, unless that is configured', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const refused = await driver({ host, allowed: [] }).apply(action, stop);
      expect(refused).toMatchObject({ outcome: 'NOT_DONE', code: 'ADDRESS_REFUSED' });
    }
    expect(seen).toEqual([]);
  });

  it('connects to the address that was checked, whatever the name is resolved to afterwards', async () => {
    let asked = 0;
    const rebinding: Resolve = () => Promise.resolve([{ address: asked++ ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    const rebound = driver({ host: 'rebinding.example', resolve: rebinding });
    expect(await rebound.apply(action, stop)).toEqual({ outcome: 'DONE' });
    expect([asked, seen[0]?.request.headers.host]).toEqual([1, `rebinding.example:${portOf(server)}`]);
    expect(await rebound.apply(action, stop)).toMatchObject({ code: 'ADDRESS_REFUSED' });
  });

  it('leaves an ill target alone for a while: its circuit opens, and what is not sent is known not to be done', async () => {
    answering = (_, response) => response.writeHead(500).end();
    const ill = driver();
    for (let i = 0; i < 6; i++) await ill.apply(action, stop);
    expect(await ill.apply(action, stop)).toMatchObject({ outcome: 'NOT_DONE', code: 'CIRCUIT_OPEN' });
    expect(seen.length).toBeLessThan(7);
  });

  it('says of a capability without a target that it cannot be changed', () => {
    expect(driver().whyNot('b')).toContain('no webhook target is configured for b');
    expect(driver().whyNot('a')).toBeNull();
  });
});
