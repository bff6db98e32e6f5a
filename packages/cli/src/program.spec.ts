import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES } from '@mandate/contracts';
import { followHint, issueOf } from './commands/publish';
import { run } from './program';
import type { Terminal } from './terminal';

function listening(env: NodeJS.ProcessEnv = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    env,
    out: (l) => out.push(l),
    err: (l) => err.push(l),
    confirm: null,
    interrupted: new Promise(() => undefined),
  };
  return { out, err, run: (...argv: string[]) => run(argv, terminal) };
}

describe('the command line', () => {
  it('says in its help what the exit codes mean', async () => {
    const { out, run: call } = listening();
    expect(await call('--help')).toBe(0);
    expect(out.join('\n')).toMatch(/publish[\s\S]*approve[\s\S]*follow[\s\S]*Exit codes\n {2}0 {2}done/);
    expect(await call('approve', '--help')).toBe(0);
  });

  it.each([
    [[]],
    [['sing']],
    [['show']],
    [['reject', 'x']],
    [['clarify', 'x']],
    [['attest', 'x', '--reason', 'seen by myself']],
    [['modify', 'x', '--set', 'no assignment']],
    [['modify', 'x', '--changes', '/nowhere/changes.json']],
    [['approve', 'x', '--for', 'ever']],
    [['contracts', '--colour', 'red']],
    [['pause', 'contract']],
    [['pause', 'contract', '--for', 'ever', '--reason', 'r']],
    [['resume', 'contract']],
    [['rebuild', 'review']],
    [['rebuild', 'review', 'everything', '--reason', 'r']],
    [['rollback', 'retry', 'x']],
    [['signal', 'lift', 'x']],
    [['parked', 'redrive', 'contract', '--topic', 't', '--key', 'k']],
    [['parked', 'discard', 'contract', 'no place', '--reason', 'seen by myself']],
    [['parked', 'show', 'contract']],
    [['completion', 'powershell']],
  ])('ends with 2 and a sentence for %j', async (argv) => {
    const { err, run: call } = listening();
    expect(await call(...argv)).toBe(2);
    expect(err.join('')).not.toBe('');
  });

  it('ends with 3 and a sentence where there is no stack', async () => {
    const none = listening();
    expect(await none.run('contracts')).toBe(3);
    expect(none.err[0]).toContain('MANDATE_STACK is not set');
    const empty = listening({ MANDATE_STACK: mkdtempSync(join(tmpdir(), 'mandate-cli-')) });
    expect(await empty.run('contracts', '--json')).toBe(3);
    expect(JSON.parse(empty.out[0] as string)).toMatchObject({ error: { code: 'NO_STACK' } });
  });

  it('approves nothing without --yes where nobody can be asked', async () => {
    // The refusal comes before the stack is looked for: nothing was fetched, signed or sent.
    const { err, out, run: call } = listening();
    expect(await call('approve', 'x')).toBe(2);
    expect(err).toEqual([expect.stringMatching(/^Nobody can be asked here: .*add --yes\.$/)]);
    expect(await call('approve', 'x', '--json')).toBe(2);
    expect(JSON.parse(out[0] as string)).toMatchObject({ error: { code: 'NOBODY_TO_ASK' } });
    expect(await call('approve', 'x', '--yes')).toBe(3);
  });

  it('shows the defaults of an approval in words', async () => {
    const { out, run: call } = listening();
    await call('approve', '--help');
    expect(out.join('\n')).toMatch(/--in [^(]*\(default: at once\)\s+--for [^(]*\(default: 24h\)/);
  });

  it.each(['mailer', 'issuer', 'sample-app', 'toString'])(
    'names the eight services, of which %s is none',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'mandate-cli-'));
      const urls = Object.fromEntries([...SERVICES, 'issuer', 'sample-app'].map((n) => [n, 'http://127.0.0.1:1']));
      writeFileSync(join(folder, 'connection.json'), JSON.stringify({ urls }));
      const { err, run: call } = listening({ MANDATE_STACK: folder });
      expect(await call('parked', name)).toBe(4);
      expect(err).toEqual([`"${name}" is not one of ${SERVICES.join(', ')}.`]);
    },
  );
});

describe('an issue to publish', () => {
  it('needs no more than a subject', () => {
    const issue = issueOf({ subject: 'Raise it' }, 1);
    expect(issue).toMatchObject({
      kind: 'ISSUE',
      source: 'support_ticket',
      source_system: 'mandate-cli',
      occurred_at: 1,
      body: '',
    });
    expect(issue.idempotency_key).toBe(issue.reference);
  });

  it('comes from a file, over which flags win', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mandate-cli-')), 'issue.json');
    writeFileSync(file, JSON.stringify({ kind: 'CANCELLATION', reference: 'T-1', subject: 'no longer', body: 'b' }));
    expect(issueOf({ file, subject: 'withdrawn' }, 1)).toMatchObject({
      kind: 'CANCELLATION',
      reference: 'T-1',
      subject: 'withdrawn',
      body: 'b',
    });
  });

  it('is refused by the name of a field that an issue does not have', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mandate-cli-')), 'issue.json');
    writeFileSync(file, JSON.stringify({ subject: 'Raise it', priority: 'high', severity: 'high' }));
    expect(() => issueOf({ file }, 1)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        code: 'UNKNOWN_FIELD',
        message: expect.stringContaining('no field "priority", "severity"'),
      }),
    );
  });

  it('can be followed by what is printed', () => {
    expect(followHint('DESK-1')).toContain('`mandate follow DESK-1 --watch`');
    expect(followHint('a b')).toContain("`mandate follow 'a b' --watch`");
  });

  it.each([[{}], [{ file: '/nowhere/issue.json' }]])('is refused as %j', (options) => {
    expect(() => issueOf(options, 1)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
