import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../infra/local/src/ports';

const READY_LIMIT_MS = 20_000;

/** Whether this machine has the programs (Debian: packages prometheus and prometheus-alertmanager). */
export const hasPrometheus = isInstalled('prometheus') && isInstalled('prometheus-alertmanager');

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** A real Prometheus that scrapes one system each second, and a real Alertmanager that notifies health of its alerts. */
export class Prometheus {
  private constructor(
    readonly url: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  /** @param health where health's HTTP is, and the token that it lets notifications in with */
  static async start(target: string, rule: object, health: { url: string; token: string }): Promise<Prometheus> {
    const dir = mkdtempSync(join(tmpdir(), 'prometheus-'));
    const file = (name: string, content: object): string => {
      writeFileSync(join(dir, name), JSON.stringify(content)); // JSON is YAML
      return join(dir, name);
    };
    const [port, alertsPort] = (await freePorts(2)) as [number, number];
    const webhook = {
      url: `${health.url}/api/v1/alerts`,
      send_resolved: true,
      http_config: { authorization: { credentials: health.token } },
    };
    const alertmanager = file('alertmanager.yml', {
      route: { receiver: 'mandate', group_wait: '100ms', group_interval: '1s', repeat_interval: '1h' },
      receivers: [{ name: 'mandate', webhook_configs: [webhook] }],
    });
    const rules = file('rules.yml', { groups: [{ name: 'test', interval: '1s', rules: [rule] }] });
    const config = file('prometheus.yml', {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertsPort}`] }] }] },
      scrape_configs: [{ job_name: 'governed', static_configs: [{ targets: [new URL(target).host] }] }],
    });
    const processes = [
      spawn('prometheus-alertmanager', [
        `--config.file=${alertmanager}`,
        `--storage.path=${join(dir, 'alerts')}`,
        `--web.listen-address=127.0.0.1:${alertsPort}`,
        '--cluster.listen-address=',
      ]),
      spawn('prometheus', [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ]),
    ];
    const started = new Prometheus(`http://127.0.0.1:${port}`, processes);
    await started.ready(started.url);
    await started.ready(`http://127.0.0.1:${alertsPort}`);
    return started;
  }

  private async ready(url: string): Promise<void> {
    const until = performance.now() + READY_LIMIT_MS;
    for (;;) {
      const response = await fetch(`${url}/-/ready`).catch(() => null);
      if (response?.ok) return;
      if (performance.now() > until) throw new Error(`${url} is not ready after ${READY_LIMIT_MS} ms`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.processes.map((each) => {
        if (each.exitCode !== null) return undefined;
        const ended = new Promise((r) => each.once('exit', r));
        each.kill('SIGTERM');
        return ended;
      }),
    );
  }
}
