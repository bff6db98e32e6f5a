import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Terminal } from '../../../packages/cli/src/index';

const HERE = join(__dirname, '..');
const ROOT = join(HERE, '../..');
const RUNBOOKS = join(ROOT, 'docs/runbooks');
const read = (path: string): string => readFileSync(path, 'utf8');
const kebab = (alert: string): string => alert.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase();
const rules = read(join(HERE, 'rules.yml'));
const alerts = [...rules.matchAll(/- alert: (\w+)([\s\S]*?)(?=- alert:|- name:|$)/g)].map(([, name, body]) => ({
  name: name as string,
  body: body as string,
}));

describe('alert rules', () => {
  it('each has a severity, an area, a summary and its own runbook, and each runbook has its alert', () => {
    for (const { name, body } of alerts) {
      expect(body).toMatch(/severity: (page|ticket), area: (service|platform|chain|security|governance) /);
      expect(body).toMatch(/summary: '.{10,}'/);
      expect(body).toContain(`runbook_url: docs/runbooks/${kebab(name)}.md\n`);
    }
    expect(readdirSync(RUNBOOKS).sort()).toEqual(alerts.map(({ name }) => `${kebab(name)}.md`).sort());
  });

  it('each has a test that fires it and one that does not', () => {
    const tests = read(join(HERE, 'rules.test.yml'));
    for (const { name } of alerts) {
      expect(tests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:\\n +- exp_labels`));
      expect(tests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts: \\[\\]`));
    }
  });
});

describe('runbooks', () => {
  const HEADINGS = [
    '## What it means',
    '## What a user notices',
    '## How to look',
    '## What to do',
    '## How to see that it is over',
  ];
  const pages = readdirSync(RUNBOOKS).map((file) => ({ file, text: read(join(RUNBOOKS, file)) }));

  it('each says what it means, what a user notices, how to look, what to do and how to see that it is over', () => {
    for (const { text } of pages) expect(text.match(/^## .*$/gm)).toEqual(HEADINGS);
  });

  it('each link leads to a runbook', () => {
    const links = pages.flatMap(({ text }) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to as string));
    expect(links.filter((to) => !pages.some(({ file }) => file === to))).toEqual([]);
  });

  it('every command in them exists, with its options', async () => {
    const scripts = Object.keys(JSON.parse(read(join(ROOT, 'package.json'))).scripts as object);
    const commands = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/npm (run [\w:]+|start)(?: -- ([^`\n]+))?/g)].map(([, script, line]) => ({
        file,
        script: (script as string).replace('run ', ''),
        line,
      })),
    );
    expect(commands.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    for (const { file, script, line } of commands) {
      if (!scripts.includes(script)) wrong.push(`${file}: npm run ${script}`);
      if (script === 'mandate' && line !== undefined && !(await exists(line))) wrong.push(`${file}: ${line}`);
    }
    expect(wrong).toEqual([]);
  });

  /** Asks the command line for the help of what stands there, and looks for its options in it. */
  async function exists(line: string): Promise<boolean> {
    const words = line.trim().split(/\s+/);
    const path = words.slice(0, words.findIndex((w) => /^[<-]|[A-Z/]/.test(w)) >>> 0);
    const out: string[] = [];
    const terminal = { env: {}, out: (l: string) => out.push(l), err: (l: string) => out.push(l), confirm: null };
    await run([...path, '--help'], { ...terminal, interrupted: new Promise(() => undefined) } as Terminal);
    // The last word before the options may be an argument: `parked contract`.
    const help = out.join('\n');
    const isThere = [path, path.slice(0, -1)].some(
      (p) => p.length > 0 && help.startsWith(`Usage: mandate ${p.join(' ')} `),
    );
    return isThere && words.filter((w) => w.startsWith('--')).every((flag) => help.includes(flag));
  }
});

describe('who is told', () => {
  it('names only alerts that there are', () => {
    const named = [...read(join(HERE, 'alertmanager.yml')).matchAll(/alertname=~?"([^"]+)"/g)].flatMap(([, names]) =>
      (names as string).split('|'),
    );
    const known = alerts.map(({ name }) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});
