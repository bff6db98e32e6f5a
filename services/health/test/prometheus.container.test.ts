import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '../../../infra/local/src/ports';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { define } from './governed';
import { hasPrometheus, Prometheus } from './prometheus';

const TOKEN = 'the-token-of-alertmanager';
const CATALOGUE =
  'system_probes:\n  - { id: errors, promql: error_rate, warn: { above: 0.01 }, blocked: { above: 0.05 }, interval_ms: 200, timeout_ms: 1000, threshold: 2 }\n';
// Prometheus and Alertmanager are Debian's, or nowhere: without them these tests are skipped, which the test command says.
const withPrometheus = hasPrometheus ? describe : describe.skip;

withPrometheus('health, as a real Prometheus and a real Alertmanager see it', () => {
  let world: World;
  let target: Server;
  let errorRate = 0;
  let prometheus: Prometheus;

  beforeAll(async () => {
    target = createServer((_, response) =>
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(`error_rate ${errorRate}\n`),
    );
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
    world = await World.open();
    await define(world);
    const written = (name: string, text: string): string => {
      writeFileSync(join(world.servers.dir, name), text);
      return join(world.servers.dir, name);
    };
    const [port] = (await freePorts(1)) as [number];
    const labels = { severity: 'critical', mandate_scope: 'session_lifetime' };
    const rule = { alert: 'Errors', expr: 'error_rate > 0.2', labels, annotations: { summary: 'every fifth fails' } };
    prometheus = await Prometheus.start(targetUrl, rule, { url: `http://127.0.0.1:${port}`, token: TOKEN });
    const token_sha256 = createHash('sha256').update(TOKEN).digest('hex');
    await world.start('health', AppModule, {
      HTTP_PORT: String(port),
      CATALOGUE_FILE: written('observed.yaml', CATALOGUE),
      PROMETHEUS_URL: prometheus.url,
      ALERTMANAGER_TOKENS_FILE: written('senders.json', JSON.stringify([{ token_sha256, operator: 'alertmanager' }])),
      HEALTH_REPEAT: '1s',
    });
  }, 120_000);

  afterAll(async () => {
    await prometheus?.stop();
    await world?.close();
    await new Promise((resolve) => target?.close(resolve));
  }, 60_000);

  const said = (scope: string, state: string) =>
    world.next('HealthChanged', (m) => m.value.scope === scope && m.value.state === state);

  it('follows the figures of a real Prometheus, and the alerts of a real Alertmanager', async () => {
    await said('SYSTEM', 'HEALTHY');
    errorRate = 0.02;
    const degraded = await said('SYSTEM', 'DEGRADED');
    expect(degraded.value.signals).toContainEqual(
      expect.objectContaining({ source: 'errors', decision: 'WARN', reason: 'error_rate is 0.02' }),
    );
    errorRate = 0.5;
    await said('SYSTEM', 'UNHEALTHY');
    const alerted = await world.next(
      'HealthChanged',
      (m) => m.value.signals.some((s) => s.source === 'Errors'),
      30_000,
    );
    expect(alerted.value).toMatchObject({ scope: 'session_lifetime', state: 'UNHEALTHY' });
    errorRate = 0;
    await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'SYSTEM' && m.value.state === 'HEALTHY' && m.value.version > degraded.value.version,
    );
  }, 60_000);

  it('knows nothing when Prometheus is gone, which is not the same as ill', async () => {
    const { version } = (await said('SYSTEM', 'HEALTHY')).value;
    await prometheus?.stop();
    await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'SYSTEM' && m.value.state === 'UNKNOWN' && m.value.version > version,
      30_000,
    );
  }, 40_000);
});
