import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FounderKey, keyIdOfSpki, type Manifest, readManifest, signManifest } from '@mandate/contracts';
import { run } from '../program';

const root = generateKeyPairSync('ed25519');
const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const entry: FounderKey = {
  founder: 'ada@example.com',
  key_id: keyIdOfSpki(spki),
  kind: 'passkey',
  public_key: spki.toString('base64'),
  rp_id: 'review.example.com',
  origin: 'https://review.example.com',
};
const manifest: Manifest = {
  format: 'mandate-authority-v1',
  number: 7,
  environment: 'production',
  services: [],
  founders: [],
  catalogue_digests: [],
};

describe('mandate keys enrol-founder (PART2-002)', () => {
  let server: Server;
  let dir: string;
  const at = (name: string) => join(dir, name);
  const now = () => readManifest(readFileSync(at('authority.json'), 'utf8'), root.publicKey);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mandate-keys-'));
    writeFileSync(at('root.pem'), root.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(at('authority.json'), signManifest(manifest, root.privateKey));
    writeFileSync(at('operator.token'), 'the operator\n');
    writeFileSync(at('entry.json'), JSON.stringify({ entry }));
    server = createServer((request, response) => {
      const isOperator = request.headers.authorization === 'Bearer the operator';
      response.writeHead(isOperator ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isOperator ? { pending: [{ entry, label: 'Laptop' }] } : { detail: 'Not you.' }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function enrol(options: readonly string[], confirm: ((question: string) => Promise<boolean>) | null = null) {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = {
      ...{ env: {}, out: (l: string) => out.push(l), err: (l: string) => err.push(l) },
      ...{ confirm, interrupted: new Promise<void>(() => undefined) },
    };
    const files = ['--root-key', at('root.pem'), '--manifest', at('authority.json')];
    return { code: await run(['keys', 'enrol-founder', ...files, ...options], terminal), out, err };
  }
  const waiting = () => [
    ...['--pending', entry.key_id, '--operator-token', at('operator.token')],
    ...['--review', `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
  ];

  it('signs the next manifest with a key that waits in the review service', async () => {
    expect((await enrol([...waiting(), '--yes'])).code).toBe(0);
    expect([now().number, now().founders]).toEqual([8, [entry]]);
  });

  it('signs one that was carried to where the root key is, and shows what it is before it asks', async () => {
    const { code, err } = await enrol(['--entry', at('entry.json')], async () => true);
    expect([code, now().number]).toEqual([0, 8]);
    expect(err.join(' ')).toMatch(new RegExp(`passkey ${entry.key_id} of ada@example.com`));
  });

  it('signs nothing that is not confirmed', async () => {
    expect((await enrol(['--entry', at('entry.json')])).code).toBe(2);
    expect((await enrol(['--entry', at('entry.json')], async () => false)).code).toBe(1);
    expect(now().number).toBe(7);
  });

  it('signs no key in a browser for production, none with another id, and none that is there already', async () => {
    for (const wrong of [
      { ...entry, kind: 'browser' },
      { ...entry, key_id: '0123456789abcdef' },
    ]) {
      writeFileSync(at('wrong.json'), JSON.stringify(wrong));
      expect((await enrol(['--entry', at('wrong.json'), '--yes'])).code).toBe(1);
    }
    expect((await enrol(['--entry', at('entry.json'), '--yes'])).code).toBe(0);
    expect((await enrol(['--entry', at('entry.json'), '--yes'])).code).toBe(1);
    expect(now().number).toBe(8);
  });

  it('goes on with no manifest of another root, and says what it lacks', async () => {
    writeFileSync(at('authority.json'), signManifest(manifest, generateKeyPairSync('ed25519').privateKey));
    const { code, err } = await enrol(['--entry', at('entry.json'), '--yes']);
    expect([code, err[0]]).toEqual([2, expect.stringContaining('is not signed by the root key')]);
    expect((await enrol(['--pending', entry.key_id])).code).toBe(2);
  });

  it('says that no such key waits, and that one is no operator', async () => {
    const other = waiting().map((word) => (word === entry.key_id ? 'ffffffffffffffff' : word));
    expect((await enrol([...other, '--yes'])).code).toBe(4);
    writeFileSync(at('operator.token'), 'somebody');
    expect(await enrol([...waiting(), '--yes'])).toMatchObject({ code: 1, err: ['Not you.'] });
  });
});
