import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { define } from './governed';

const TOKEN = 'the-token-of-alertmanager';
const OPERATOR = 'the-token-of-sam';

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

describe("health, by Alertmanager's word", () => {
  let world: World;
  let service: RunningService;

  beforeAll(async () => {
    world = await World.open();
    await define(world);
    const tokens = (name: string, token: string) => {
      const path = join(world.servers.dir, name);
      const token_sha256 = createHash('sha256').update(token).digest('hex');
      writeFileSync(path, JSON.stringify([{ token_sha256, operator: name }]));
      return path;
    };
    service = await world.start('health', AppModule, {
      ALERTMANAGER_TOKENS_FILE: tokens('alertmanager', TOKEN),
      OPERATOR_TOKENS_FILE: tokens('sam', OPERATOR),
      HEALTH_REPEAT: '1s',
      ALERT_VALID: '10s',
    });
  }, 120_000);

  afterAll(async () => {
    await world?.close();
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
    for (const scope of ['bulk_export', 'search_depth'])
      await world.next('HealthChanged', (m) => m.value.scope === scope);
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
});
