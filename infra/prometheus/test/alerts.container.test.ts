import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../local/src/ports';

const HERE = join(__dirname, '..');
const PROGRAMS = ['promtool', 'amtool', 'prometheus-alertmanager'];
// Debian's, or nowhere: without them these tests are skipped, which the test command says.
const withPrometheus = PROGRAMS.every((name) => !spawnSync(name, ['--version']).error) ? describe : describe.skip;
const alerts = [
  ...readFileSync(join(HERE, 'rules.yml'), 'utf8').matchAll(/- alert: (\w+)([\s\S]*?)(?=- alert:|- name:|$)/g),
].map(([, name, body]) => ({ name: name as string, body: body as string }));

withPrometheus('alert rules', () => {
  it('the rules are well formed and their tests pass', () => {
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

withPrometheus('who is told', () => {
  const routed = (receiver: string, ...labels: string[]): number | null =>
    spawnSync(
      'amtool',
      [...['config', 'routes', 'test', '--config.file=alertmanager.yml', `--verify.receivers=${receiver}`], ...labels],
      { cwd: HERE },
    ).status;

  it('a page goes to the pager, a ticket to the tickets', () => {
    expect(spawnSync('amtool', ['check-config', 'alertmanager.yml'], { cwd: HERE }).status).toBe(0);
    for (const { body } of alerts) {
      const [, severity, area] = /severity: (\w+), area: (\w+)/.exec(body) as unknown as [string, string, string];
      const receiver = severity === 'page' ? 'pager' : 'tickets';
      expect(routed(receiver, `severity=${severity}`, `area=${area}`)).toBe(0);
    }
    expect(routed('tickets', 'severity=page', 'area=chain')).not.toBe(0);
  });

  describe('one cause wakes once', () => {
    const dir = mkdtempSync(join(tmpdir(), 'alertmanager-'));
    let manager: ChildProcess | undefined;
    let url: string;
    const amtool = (...args: string[]): string =>
      execFileSync('amtool', [...args, `--alertmanager.url=${url}`], { encoding: 'utf8', stdio: 'pipe' });

    beforeAll(async () => {
      const [port] = (await freePorts(1)) as [number];
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

    it('what follows from a dead service is silent, what does not still wakes', async () => {
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
    }, 20_000);

    it('a broker that eight services miss is one notification', async () => {
      for (const service of ['contract', 'review', 'executor'])
        amtool('alert', 'add', 'BrokerUnreachable', 'severity=page', 'area=platform', `service=${service}`);
      const response = await fetch(`${url}/api/v2/alerts/groups?receiver=pager`);
      const groups = (await response.json()) as { labels: Record<string, string>; alerts: unknown[] }[];
      const platform = groups.filter(({ labels }) => labels['area'] === 'platform');
      expect(platform.map((g) => g.alerts.length)).toEqual([3]);
    });
  });
});
