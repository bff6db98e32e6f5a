import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from './config';

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'mandate-review-')), 'file');
  writeFileSync(path, text);
  return path;
};

describe('the review service’s configuration', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const readWith = (env: Record<string, string>) => {
    process.env = { ...before, ...env };
    return config();
  };

  it('takes the origin of the page’s address, and addresses without TLS on this machine alone', () => {
    expect(readWith({ PUBLIC_URL: 'https://review.example.com/some/path' }).PUBLIC_URL).toBe(
      'https://review.example.com',
    );
    expect(readWith({ PUBLIC_URL: 'http://localhost:17414' }).PUBLIC_URL).toBe('http://localhost:17414');
    expect(() => readWith({ PUBLIC_URL: 'http://review.example.com' })).toThrow(/PUBLIC_URL .* with https/);
    expect(() => readWith({ OIDC_ISSUER: 'http://127.0.0.1.example.com' })).toThrow(/OIDC_ISSUER .* with https/);
    expect(() => readWith({ NOTIFY_WEBHOOK_URL: 'ftp://localhost' })).toThrow(/NOTIFY_WEBHOOK_URL/);
  });

  it('tells nobody anything unless it is configured, and then wants all that belongs together', () => {
    const smtp = { NOTIFY_SMTP_URL_FILE: file('smtps://user:secret@mail.example.com') };
    const addresses = { NOTIFY_MAIL_FROM: 'mandate@example.com', NOTIFY_MAIL_TO: 'ada@example.com' };
    expect(() => readWith(smtp)).toThrow(/go together/);
    expect(() => readWith({ ...smtp, ...addresses })).toThrow(/PUBLIC_URL is not set/);
    const page = { PUBLIC_URL: 'https://review.example.com' };
    expect(readWith({ ...smtp, ...addresses, ...page }).NOTIFY_MAIL_TO).toBe('ada@example.com');
    expect(() => readWith({ AUDITOR_PUBLIC_URL: 'https://auditor.example.com' })).toThrow(/PUBLIC_URL is not set/);
    expect(() => readWith({ ...page, NOTIFY_WEBHOOK_URL: 'https://hook.example.com' })).toThrow(/set both or none/);
  });

  it('takes no short secret for a webhook, and never shows one', () => {
    const short = { NOTIFY_WEBHOOK_SECRET_FILE: file('whsec_c2hvcnQ=') };
    expect(() => readWith(short)).toThrow(/NOTIFY_WEBHOOK_SECRET_FILE is "…"; it wants a file with whsec_/);
  });
});
