import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manifest, rawPublicKey, readManifest, signManifest } from '@mandate/contracts';
import { run } from '../program';
import type { Terminal } from '../terminal';

const dir = mkdtempSync(join(tmpdir(), 'keys-'));
const root = generateKeyPairSync('ed25519').privateKey;
const present = generateKeyPairSync('ed25519').privateKey;
const pem = (key: typeof root) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const files = { root: join(dir, 'root.pem'), manifest: join(dir, 'authority.json'), key: join(dir, 'health.pem') };
const manifest: Manifest = {
  format: 'mandate-authority-v1',
  number: 7,
  environment: 'production',
  services: [
    {
      service: 'health',
      key_id: 'present',
      public_key: rawPublicKey(present).toString('base64'),
      valid_from: 0,
      valid_to: null,
    },
  ],
  founders: [],
  catalogue_digests: [],
};

async function mandate(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    confirm: null,
    interrupted: new Promise(() => undefined),
  };
  return { code: await run(argv, terminal), out: out.join('\n'), err: err.join('\n') };
}

const located = ['--root-key', files.root, '--manifest', files.manifest];

describe("mandate keys, a service's", () => {
  beforeEach(() => {
    writeFileSync(files.root, pem(root));
    writeFileSync(files.manifest, signManifest(manifest, root));
    writeFileSync(files.key, pem(present));
  });

  it('rotate puts the next key into the key file and the manifest, where it begins after all have read it', async () => {
    const before = Date.now();
    const { code, out } = await mandate(
      'keys',
      'rotate',
      'health',
      ...located,
      '--key-file',
      files.key,
      '--in',
      '10m',
      '--json',
    );
    expect(code).toBe(0);
    const after = readManifest(readFileSync(files.manifest, 'utf8'), createPublicKey(root));
    const [old, next] = after.services;
    expect(after.number).toBe(8);
    expect(next?.valid_from).toBeGreaterThanOrEqual(before + 600_000);
    expect(old?.valid_to).toBe(next?.valid_from);
    expect(JSON.parse(out)).toMatchObject({ number: 8, service: 'health', key_id: next?.key_id });
    expect(readFileSync(files.key, 'utf8').match(/BEGIN PRIVATE KEY/g)).toHaveLength(2);
  });

  it('rotate refuses a service that there is not, and a root that did not sign the manifest; nothing is changed', async () => {
    const text = readFileSync(files.manifest, 'utf8');
    expect((await mandate('keys', 'rotate', 'billing', ...located, '--key-file', files.key)).err).toContain(
      'is not one of',
    );
    writeFileSync(files.root, pem(generateKeyPairSync('ed25519').privateKey));
    const { code, err } = await mandate('keys', 'rotate', 'health', ...located, '--key-file', files.key);
    expect([code === 0, err]).toEqual([false, expect.stringContaining('is not signed by the root key')]);
    expect(readFileSync(files.manifest, 'utf8')).toBe(text);
    expect(readFileSync(files.key, 'utf8')).toBe(pem(present));
  });
});
