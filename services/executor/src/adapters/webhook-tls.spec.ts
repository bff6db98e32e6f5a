import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TestClock } from '@mandate/service-kit';
import { javaCommand } from '../../../../infra/local/src/kafka-files';
import { aCapability, NOON, setTo } from '../../test/fixtures';
import type { Action } from './driver';
import { WebhookClient } from './webhook.client';
import { WebhookDriver } from './webhook.driver';
import { readWebhookTargets } from './webhook-targets.file';

const java = javaCommand();
const keytool = java === 'java' ? 'keytool' : join(dirname(java), 'keytool');
const passphrase = 'of-a-test';
const action: Action = { change: setTo('a', 5), idempotencyKey: 'k', undoes: null, target: aCapability('a') };

/** A key with a certificate for an address that it signed itself, made by Java's own tool. */
function certificate(dir: string, name: string, address: string) {
  const pfx = join(dir, `${name}.p12`);
  const of = ['-keystore', pfx, '-storetype', 'PKCS12', '-storepass', passphrase, '-alias', 'target'];
  const subject = ['-dname', `CN=${name}`, '-ext', `san=ip:${address}`];
  execFileSync(keytool, ['-genkeypair', '-keyalg', 'EC', '-validity', '2', ...subject, ...of], { stdio: 'ignore' });
  execFileSync(keytool, ['-exportcert', '-rfc', '-file', join(dir, `${name}.pem`), ...of], { stdio: 'ignore' });
  return { pfx: readFileSync(pfx), passphrase };
}

describe('a webhook target over TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'webhook-tls-'));
  const servers: Server[] = [];
  const open: WebhookClient[] = [];
  let received = 0;
  const ports = new Map<string, number>();

  beforeAll(async () => {
    writeFileSync(join(dir, 'secret'), `whsec_${randomBytes(32).toString('base64')}\n`);
    // Two for this address, one for another one.
    for (const [name, address] of [
      ['own', '127.0.0.1'],
      ['other', '127.0.0.1'],
      ['elsewhere', '127.0.0.2'],
    ] as const) {
      const server = createServer(certificate(dir, name, address), (_, response) => {
        received++;
        response.end('{}');
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ports.set(name, (server.address() as AddressInfo).port);
    }
  }, 60_000);
  beforeEach(() => {
    received = 0;
  });
  afterAll(() => {
    for (const client of open) client.close();
    for (const server of servers) server.close();
    rmSync(dir, { recursive: true });
  });

  const send = (server: string, caFile?: string) => {
    const url = `https://127.0.0.1:${ports.get(server)}/hooks`;
    const entry = { url, secret_file: 'secret', allowed_addresses: ['127.0.0.1/32'] };
    writeFileSync(join(dir, 'targets.json'), JSON.stringify({ a: { ...entry, ca_file: caFile } }));
    const client = new WebhookClient(readWebhookTargets(join(dir, 'targets.json')), new TestClock(NOON));
    open.push(client);
    return new WebhookDriver(client).apply(action, new AbortController().signal);
  };

  it('is changed once who signed its certificate is configured', async () => {
    expect(await send('own', 'own.pem')).toEqual({ outcome: 'DONE' });
    expect(received).toBe(1);
  });

  it.each([
    ['nobody knows who signed its certificate', 'own', undefined, /self.signed/i],
    ['somebody else signed it than is configured', 'other', 'own.pem', /self.signed/i],
    ["its certificate is another host's", 'elsewhere', 'elsewhere.pem', /does not match certificate/],
  ] as const)('is told nothing where %s', async (_, server, ca, words) => {
    expect(await send(server, ca)).toMatchObject({ outcome: 'NOT_DONE', detail: expect.stringMatching(words) });
    expect(received).toBe(0);
  });
});
