import { type AlertNews, readAlerts } from './alert';

const NOW = 1_000_000;
const VALID_MS = 300_000;
const scopes = new Set(['SYSTEM', 'search_depth']);
const news = (more: Partial<AlertNews> = {}): AlertNews => ({
  status: 'firing',
  fingerprint: 'f1',
  labels: { alertname: 'SearchSlow', mandate_scope: 'search_depth', severity: 'warning' },
  annotations: { summary: 'p99 is 3 s' },
  endsAt: null,
  ...more,
});

describe('a notification of Alertmanager', () => {
  it('makes a firing alert a signal with scope, decision, source, reason and an end', () => {
    expect(readAlerts([news()], scopes, NOW, VALID_MS).firing).toEqual([
      {
        fingerprint: 'f1',
        scope: 'search_depth',
        decision: 'WARN',
        source: 'SearchSlow',
        reason: 'p99 is 3 s',
        observedAt: NOW,
        expiresAt: NOW + VALID_MS,
      },
    ]);
  });

  it('blocks when it is critical, and holds as long as Alertmanager says', () => {
    const labels = { ...news().labels, severity: 'critical' };
    const [alert] = readAlerts([news({ labels, endsAt: NOW + 900_000 })], scopes, NOW, VALID_MS).firing;
    expect(alert).toMatchObject({ decision: 'BLOCKED', expiresAt: NOW + 900_000 });
  });

  it('takes a resolved alert back, and leaves aside what is about no known scope', () => {
    const foreign = news({ fingerprint: 'f2', labels: { alertname: 'DiskFull' } });
    const read = readAlerts([news({ status: 'resolved' }), foreign], scopes, NOW, VALID_MS);
    expect(read).toEqual({ firing: [], resolved: ['f1'], ignored: ['DiskFull'] });
  });
});
