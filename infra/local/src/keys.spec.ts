import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FounderKey, keyIdOfSpki, readManifest } from '@mandate/contracts';
import { enrolFounderKey, ensureKeys, writeManifest } from './keys';
import { stackFiles } from './stack-files';

const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const passkey: FounderKey = {
  founder: 'founder@local',
  key_id: keyIdOfSpki(spki),
  kind: 'passkey',
  public_key: spki.toString('base64'),
  rp_id: 'localhost',
  origin: 'http://localhost:17414',
};

describe('the manifest of a local stack', () => {
  const files = stackFiles(mkdtempSync(join(tmpdir(), 'mandate-keys-')));
  const catalogue = join(files.dataDir, 'capabilities.yaml');
  const manifest = () =>
    readManifest(readFileSync(files.manifest, 'utf8'), createPublicKey(readFileSync(files.rootPublicKey)));

  it('PART2-002: names a key that was enrolled from the page, under the next number, and still does after a restart', () => {
    writeFileSync(catalogue, 'capabilities: []');
    ensureKeys(files);
    writeManifest(files, catalogue, 1);
    enrolFounderKey(files, passkey);
    expect([manifest().number, manifest().founders.map((key) => key.kind)]).toEqual([2, ['ed25519', 'passkey']]);
    const text = readFileSync(files.manifest, 'utf8');
    ensureKeys(files);
    writeManifest(files, catalogue, 2);
    expect(readFileSync(files.manifest, 'utf8')).toBe(text);
  });

  it('keeps it when the catalogue has changed', () => {
    writeFileSync(catalogue, 'capabilities: [] # changed');
    writeManifest(files, catalogue, 3);
    expect([manifest().number, manifest().founders[1]]).toEqual([3, passkey]);
  });
});
