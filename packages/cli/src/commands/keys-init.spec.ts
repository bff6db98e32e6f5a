import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyIdOf, keyIdOfSpki, readManifest, SERVICES, sha256 } from '@mandate/contracts';
import { run } from '../program';

const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const key = { founder: 'ada@example.com', key_id: keyIdOfSpki(spki), public_key: spki.toString('base64') };
const passkey = { ...key, kind: 'passkey', rp_id: 'review.example.com', origin: 'https://review.example.com' };

describe('mandate keys init', () => {
  let dir: string;
  const at = (...names: string[]) => join(dir, ...names);
  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'mandate-init-'));
    writeFileSync(at('catalogue.yaml'), 'version: 1\n');
    writeFileSync(at('passkey.json'), JSON.stringify(passkey));
    writeFileSync(at('browser.json'), JSON.stringify({ ...key, kind: 'browser' }));
  });

  async function init(...options: readonly string[]) {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = {
      ...{ env: {}, out: (l: string) => out.push(l), err: (l: string) => err.push(l) },
      ...{ confirm: null, interrupted: new Promise<void>(() => undefined) },
    };
    const code = await run(['keys', 'init', at('new'), '--catalogue', at('catalogue.yaml'), ...options], terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }
  const manifest = () => {
    const root = createPublicKey(readFileSync(at('new', 'root.pub.pem')));
    return readManifest(readFileSync(at('new', 'authority.json'), 'utf8'), root);
  };

  it('makes a root apart, a key for each service and the first manifest, and says what is next', async () => {
    const { code, out } = await init('--environment', 'production', '--founder', at('passkey.json'));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('Take') });
    expect(manifest()).toMatchObject({ number: 1, environment: 'production', founders: [passkey] });
    expect(manifest().catalogue_digests).toEqual([sha256('version: 1\n').toString('hex')]);
    for (const service of SERVICES) {
      const own = createPrivateKey(readFileSync(at('new', `${service}.pem`)));
      expect(manifest().services.find((k) => k.service === service)?.key_id).toBe(keyIdOf(own));
      expect(mode(at('new', `${service}.pem`))).toBe('600');
    }
    expect(readdirSync(at('new', 'root'))).toEqual(['root.pem']);
    expect([mode(at('new', 'root', 'root.pem')), mode(at('new', 'root')), mode(at('new'))]).toEqual([
      '600',
      '700',
      '700',
    ]);
  });

  it('puts the root where it is told to', async () => {
    expect((await init('--root-dir', at('stick'))).code).toBe(0);
    expect([existsSync(at('stick', 'root.pem')), existsSync(at('new', 'root'))]).toEqual([true, false]);
  });

  it('writes over nothing', async () => {
    await init();
    const before = readFileSync(at('new', 'authority.json'), 'utf8');
    expect(await init()).toMatchObject({ code: 2, err: expect.stringContaining('is not empty') });
    expect(readFileSync(at('new', 'authority.json'), 'utf8')).toBe(before);
  });

  it('makes no production manifest that names a key of a browser; a local one may', async () => {
    const refused = await init('--environment', 'production', '--founder', at('browser.json'));
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('browser') });
    expect(existsSync(at('new', 'authority.json'))).toBe(false);
    expect(
      (await init('--environment', 'local', '--founder', at('browser.json'), '--root-dir', at('stick'))).code,
    ).toBe(0);
  });
});
