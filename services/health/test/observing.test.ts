import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RunningService } from '@mandate/service-kit';
import { freePorts } from '../../../infra/local/src/ports';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { define } from './governed';
import { hasPrometheus, Prometheus } from './prometheus';

const TOKEN = 'the-token-of-alertmanager';
const OPERATOR = 'the-token-of-sam';
const withPrometheus = hasPrometheus ? it : it.skip;

/** What Alertmanager posts, as its documentation of the webhook, version 4, shows it. */
const payload = (status: 'firing' | 'resolved', labels: Record<string, string>) => ({
  version: '4',
  groupKey: '{}:{alertname="SearchSlow"}',
  truncatedAlerts: 0,
  status,
  receiver: 'mandate',
  groupLabels: { alertname: 'SearchSlow' },
  commonLabels: labels,
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example',
  alerts: [
    {
      status,
      labels: { alertname: 'SearchSlow', ...labels },
      annotations: { summary: 'the 99th percentile is 3 s' },
      startsAt: '2026-11-25T01:00:00.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: `f-${labels.mandate_scope}`,
    },
  ],
});

describe('health, as Prometheus and Alertmanager see it', () => {
  let world: World;
  let service: RunningService;
  let target: Server;
  let errorRate = 0;
  let prometheus: Prometheus | undefined;

  beforeAll(async () => {
    target = createServer((_, response) =>
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(`error_rate ${errorRate}\n`),
    );
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
    world = await World.open();
    await define(world);
    const tokens = (name: string, token: string) => {
      const path = join(world.servers.dir, name);
      const token_sha256 = createHash('sha256').update(token).digest('hex');
      writeFileSync(path, JSON.stringify([{ token_sha256, operator: name }]));
      return path;
    };
    const catalogue = join(world.servers.dir, 'observing.yaml');
    writeFileSync(
      catalogue,
      'system_probes:\n  - { id: errors, promql: error_rate, warn: { above: 0.01 }, blocked: { above: 0.05 }, interval_ms: 200, timeout_ms: 1000, threshold: 2 }\n',
    );
    const [port] = (await freePorts(1)) as [number];
    if (hasPrometheus) {
      const labels = { severity: 'critical', mandate_scope: 'session_lifetime' };
      const rule = { alert: 'Errors', expr: 'error_rate > 0.2', labels, annotations: { summary: 'every fifth fails' } };
      prometheus = await Prometheus.start(targetUrl, rule, { url: `http://127.0.0.1:${port}`, token: TOKEN });
    }
    service = await world.start('health', AppModule, {
      HTTP_PORT: String(port),
      CATALOGUE_FILE: catalogue,
      PROMETHEUS_URL: prometheus?.url ?? targetUrl,
      ALERTMANAGER_TOKENS_FILE: tokens('alertmanager', TOKEN),
      OPERATOR_TOKENS_FILE: tokens('sam', OPERATOR),
      HEALTH_REPEAT: '1s',
      ALERT_VALID: '10s',
    });
  }, 120_000);

  afterAll(async () => {
    await prometheus?.stop();
    await world?.close();
    await new Promise((resolve) => target?.close(resolve));
  }, 60_000);

  const notify = (body: object, token = TOKEN) =>
    fetch(`http://127.0.0.1:${service.port}/api/v1/alerts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const said = (scope: string, state: string) =>
    world.next('HealthChanged', (m) => m.value.scope === scope && m.value.state === state);

  it('takes a critical alert as UNHEALTHY until it is resolved, with who says so and why', async () => {
    await said('SYSTEM', hasPrometheus ? 'HEALTHY' : 'UNKNOWN');
    const labels = { severity: 'critical', mandate_scope: 'bulk_export' };
    expect(await (await notify(payload('firing', labels))).json()).toEqual({ firing: 1, resolved: 0, ignored: 0 });
    const ill = await said('bulk_export', 'UNHEALTHY');
    expect(ill.value.signals).toContainEqual(
      expect.objectContaining({ kind: 'alert', source: 'SearchSlow', reason: 'the 99th percentile is 3 s' }),
    );
    const shown = await fetch(`http://127.0.0.1:${service.port}/api/v1/health-states`, {
      headers: { authorization: `Bearer ${OPERATOR}` },
    });
    const { health_states: states } = (await shown.json()) as { health_states: { scope: string; alerts: object[] }[] };
    expect(states.find((s) => s.scope === 'bulk_export')?.alerts).toMatchObject([{ decision: 'BLOCKED' }]);
    await notify(payload('resolved', labels));
    const well = await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'bulk_export' && m.value.version === ill.value.version + 1,
    );
    expect(well.value.basis).toBe('inherited');
  });

  it('forgets an alert that is not heard again', async () => {
    await notify(payload('firing', { severity: 'critical', mandate_scope: 'search_depth' }));
    const ill = await said('search_depth', 'UNHEALTHY');
    const later = await world.next(
      'HealthChanged',
      (m) => m.value.scope === 'search_depth' && m.value.version === ill.value.version + 1,
      20_000,
    );
    expect(later.value.state).not.toBe('UNHEALTHY');
  }, 30_000);

  it('refuses who is not Alertmanager, and what is no notification, with the field', async () => {
    expect((await notify(payload('firing', {}), OPERATOR)).status).toBe(401);
    const refused = await notify({ ...payload('firing', {}), version: '3' });
    expect([refused.status, ((await refused.json()) as { field: string }).field]).toEqual([400, 'version']);
    const ignored = await notify(payload('firing', { mandate_scope: 'nothing_of_ours' }));
    expect(await ignored.json()).toEqual({ firing: 0, resolved: 0, ignored: 1 });
  });

  withPrometheus(
    'follows the figures of a real Prometheus, and the alerts of a real Alertmanager',
    async () => {
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
    },
    60_000,
  );

  withPrometheus(
    'knows nothing when Prometheus is gone, which is not the same as ill',
    async () => {
      const { version } = (await said('SYSTEM', 'HEALTHY')).value;
      await prometheus?.stop();
      await world.next(
        'HealthChanged',
        (m) => m.value.scope === 'SYSTEM' && m.value.state === 'UNKNOWN' && m.value.version > version,
        30_000,
      );
    },
    40_000,
  );
});
