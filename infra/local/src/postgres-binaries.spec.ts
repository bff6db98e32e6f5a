import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresDirFor } from './postgres-binaries';

describe('the place of the database files', () => {
  const user = { uid: 65_534, gid: 65_534 };
  const dir = mkdtempSync(join(tmpdir(), 'mandate-place-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('is the stack’s own folder when PostgreSQL runs as we do', () => {
    expect(postgresDirFor(dir, undefined)).toBe(dir);
  });

  it('is outside, always the same, when PostgreSQL’s user cannot enter the folder', () => {
    const outside = postgresDirFor(dir, user);
    expect(outside).toMatch(/\/mandate-postgres-[0-9a-f]{16}$/);
    expect(postgresDirFor(dir, user)).toBe(outside);
    expect(postgresDirFor(join(dir, 'other'), user)).not.toBe(outside);
  });

  it('is the folder again once everybody may pass through it', () => {
    chmodSync(dir, 0o711);
    expect(postgresDirFor(dir, user)).toBe(dir);
  });
});
