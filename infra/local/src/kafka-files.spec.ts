import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classPath, newClusterId, scramArgument, serverProperties } from './kafka-files';

describe('what a broker is started with', () => {
  it('lists the jars by name in one order, without a wildcard', () => {
    const dir = mkdtempSync(join(tmpdir(), 'mandate-jars-'));
    for (const name of ['b.jar', 'a.jar', 'notes.txt']) writeFileSync(join(dir, name), '');
    expect(classPath(dir)).toBe(`${join(dir, 'a.jar')}:${join(dir, 'b.jar')}`);
    rmSync(dir, { recursive: true });
  });

  it('says what to do when the jars are missing', () => {
    expect(() => classPath('/nowhere/lib')).toThrow(/run `node infra\/local\/bin\/bootstrap.mjs` once/);
  });

  it('allows nothing without an ACL, and listens on loopback only', () => {
    const text = serverProperties({
      brokerPort: 1,
      controllerPort: 2,
      logDir: '/d',
      brokerPassword: 'S1',
      controllerPassword: 'S2',
    });
    expect(text).toContain('allow.everyone.if.no.acl.found=false');
    expect(text).toContain('auto.create.topics.enable=false');
    expect(text).toContain('listeners=SASL_PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2\n');
    expect(text).not.toContain('controller.quorum.voters');
  });

  it('puts no clear password on a command line', () => {
    const argument = scramArgument('review', 'secret');
    expect(argument).toMatch(/^SCRAM-SHA-512=\[name=review,iterations=4096,salt="[^"]+",saltedpassword="[^"]{88}"\]$/);
    expect(argument).not.toContain('secret');
  });

  it('makes cluster ids of 22 characters', () => {
    expect(newClusterId()).toMatch(/^\w[\w-]{21}$/);
  });
});
