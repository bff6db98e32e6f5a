import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../packages/cli/src/program';
import type { Terminal } from '../../../packages/cli/src/terminal';

const HERE = join(__dirname, '..');
const ROOT = join(HERE, '../..');
const RUNBOOKS = join(ROOT, 'docs/runbooks');
const read = (path: string): string => readFileSync(path, 'utf8');
const has = (tool: string, ...args: string[]): boolean => !spawnSync(tool, args).error;
/** Tests that want a tool that is not there are counted as skipped. */
const itWith = (tool: string): jest.It => (has(tool, '--version') ? it : it.skip);

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

  itWith('promtool')('the rules are well formed and their tests pass', () => {
    expect(execFileSync('promtool', ['check', 'rules', 'rules.yml'], { cwd: HERE, encoding: 'utf8' })).toContain(
      `SUCCESS: ${alerts.length} rules found`,
    );
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'rules.test.yml'], {
      cwd: HERE,
      encoding: 'utf8',
    });
    expect(`${status} ${stdout}${stderr}`).toMatch(/^0 [\s\S]*SUCCESS/);
    expect(
      spawnSync('promtool', ['check', 'config', 'prometheus.yml'], { cwd: HERE, encoding: 'utf8' }).stdout,
    ).toContain('prometheus.yml is valid');
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
  const routed = (receiver: string, ...labels: string[]): number | null =>
    spawnSync(
      'amtool',
      [...['config', 'routes', 'test', '--config.file=alertmanager.yml', `--verify.receivers=${receiver}`], ...labels],
      { cwd: HERE },
    ).status;

  itWith('amtool')('a page goes to the pager, a ticket to the tickets', () => {
    expect(spawnSync('amtool', ['check-config', 'alertmanager.yml'], { cwd: HERE }).status).toBe(0);
    for (const { body } of alerts) {
      const [, severity, area] = /severity: (\w+), area: (\w+)/.exec(body) as unknown as [string, string, string];
      const receiver = severity === 'page' ? 'pager' : 'tickets';
      expect(routed(receiver, `severity=${severity}`, `area=${area}`)).toBe(0);
    }
    expect(routed('tickets', 'severity=page', 'area=chain')).not.toBe(0);
  });

  it('names only alerts that there are', () => {
    const named = [...read(join(HERE, 'alertmanager.yml')).matchAll(/alertname=~?"([^"]+)"/g)].flatMap(([, names]) =>
      (names as string).split('|'),
    );
    const known = alerts.map(({ name }) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  describe('one cause wakes once', () => {
    const dir = mkdtempSync(join(tmpdir(), 'alertmanager-'));
    let manager: ChildProcess | undefined;
    let url: string;
    const amtool = (...args: string[]): string =>
      execFileSync('amtool', [...args, `--alertmanager.url=${url}`], { encoding: 'utf8', stdio: 'pipe' });

    beforeAll(async () => {
      if (!has('prometheus-alertmanager', '--version')) return;
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      manager = spawn('prometheus-alertmanager', [
        `--config.file=${join(HERE, 'alertmanager.yml')}`,
        ...[`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', `--storage.path=${dir}`],
      ]);
      for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((r) => setTimeout(r, 100)))
        if (
          await fetch(`${url}/-/ready`).then(
            (r) => r.ok,
            () => false,
          )
        )
          return;
    }, 15_000);
    afterAll(async () => {
      const ended = manager && new Promise((r) => manager?.once('exit', r));
      manager?.kill();
      await ended;
      rmSync(dir, { recursive: true });
    });

    itWith('prometheus-alertmanager')(
      'what follows from a dead service is silent, what does not still wakes',
      async () => {
        const fire = (name: string, ...labels: string[]): string => amtool('alert', 'add', name, ...labels);
        fire('ServiceDown', 'severity=page', 'area=service', 'service=health');
        fire('ConsumerBehind', 'severity=page', 'area=chain', 'service=health');
        fire('HealthSilent', 'severity=page', 'area=governance');
        fire('ConsumerBehind', 'severity=page', 'area=chain', 'service=contract');
        fire('MessagesParked', 'severity=page', 'area=chain', 'service=health');
        const awake = (): string[] =>
          (JSON.parse(amtool('alert', 'query', '--output=json')) as { labels: Record<string, string> }[])
            .map(({ labels }) => `${labels['alertname']} ${labels['service'] ?? ''}`.trim())
            .sort();
        const wanted = ['ConsumerBehind contract', 'MessagesParked health', 'ServiceDown health'];
        for (const until = Date.now() + 10_000; awake().length !== wanted.length && Date.now() < until; )
          await new Promise((r) => setTimeout(r, 200));
        expect(awake()).toEqual(wanted);
      },
      20_000,
    );

    itWith('prometheus-alertmanager')('a broker that eight services miss is one notification', async () => {
      for (const service of ['contract', 'review', 'executor'])
        amtool('alert', 'add', 'BrokerUnreachable', 'severity=page', 'area=platform', `service=${service}`);
      const response = await fetch(`${url}/api/v2/alerts/groups?receiver=pager`);
      const groups = (await response.json()) as { labels: Record<string, string>; alerts: unknown[] }[];
      const platform = groups.filter(({ labels }) => labels['area'] === 'platform');
      expect(platform.map((g) => g.alerts.length)).toEqual([3]);
    });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
