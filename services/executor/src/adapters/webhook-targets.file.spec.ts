import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWebhookTargets } from './webhook-targets.file';

const dir = mkdtempSync(join(tmpdir(), 'targets-'));
const secret = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return name;
};
const whsec = () => `whsec_${randomBytes(32).toString('base64')}`;
const good = { url: 'https://hooks.example/mandate', secret_file: secret('good', `${whsec()}\n${whsec()}\n`) };
const read = (target: object) => {
  const path = join(dir, 'targets.json');
  writeFileSync(path, JSON.stringify({ parcels: target }));
  return readWebhookTargets(path).get('parcels');
};

describe('the file of webhook targets', () => {
  it('names an address and the secrets, two during a rotation', () => {
    const target = read({ ...good, allowed_addresses: ['10.0.0.0/8'] });
    expect([target?.url.href, target?.secrets.map((s) => s.length), target?.timeoutMs]).toEqual([
      good.url,
      [32, 32],
      2_000,
    ]);
  });

  it.each([
    ['http without leave', { ...good, url: 'http://hooks.example/' }, 'parcels: its url is not https'],
    ['another protocol', { ...good, url: 'file:///etc/passwd' }, 'parcels.url'],
    ['a password in the url', { ...good, url: 'https://a:b@hooks.example/' }, 'secret_file'],
    ['a secret that is none', { ...good, secret_file: secret('bad', 'hunter2') }, 'line 1 wants whsec_'],
    ['a secret that is too short', { ...good, secret_file: secret('short', 'whsec_AAAA') }, '24 to 64 bytes'],
    ['a certificate that is none', { ...good, ca_file: 'bad' }, 'ca_file cannot be used'],
    ['no secret', { ...good, secret_file: 'none' }, 'secret_file cannot be used'],
    ['what is no address range', { ...good, allowed_addresses: ['intranet'] }, 'intranet is no address range'],
    ['a word that it does not know', { ...good, follow_redirects: true }, 'follow_redirects'],
  ])('refuses %s, and says of which target', (_, target, words) => {
    expect(() => read(target)).toThrow(words);
  });

  it('takes http where it is allowed', () => {
    expect(read({ ...good, url: 'http://hooks.example/', allow_http: true })?.url.protocol).toBe('http:');
  });
});
