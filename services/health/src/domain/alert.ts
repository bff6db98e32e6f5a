/** An alert that fires on a scope, until it is resolved or has not been heard for too long. Times are epoch milliseconds. */
export interface Alert {
  readonly fingerprint: string;
  readonly scope: string;
  readonly decision: 'WARN' | 'BLOCKED';
  readonly source: string;
  readonly reason: string;
  readonly observedAt: number;
  readonly expiresAt: number;
}

/** One alert of a notification, as Alertmanager words it. */
export interface AlertNews {
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Null or in the past: Alertmanager does not know. */
  readonly endsAt: number | null;
}

/** What a notification comes to. */
export interface AlertsRead {
  readonly firing: readonly Alert[];
  /** Fingerprints. */
  readonly resolved: readonly string[];
  /** Alerts that are about no scope known here, by name. */
  readonly ignored: readonly string[];
}

const REASON_MAX = 300;

/**
 * Reads a notification. The label `mandate_scope` says which scope an alert is about; `severity: critical` is BLOCKED, any
 * other WARN. An alert holds until it is resolved, or for `validMs` after it was last heard.
 */
export function readAlerts(
  news: readonly AlertNews[],
  scopes: ReadonlySet<string>,
  now: number,
  validMs: number,
): AlertsRead {
  const nameOf = (alert: AlertNews) => (alert.labels.alertname ?? alert.fingerprint).slice(0, 200);
  const known = news.filter((alert) => scopes.has(alert.labels.mandate_scope ?? ''));
  const isFiring = (alert: AlertNews) => alert.status === 'firing';
  return {
    firing: known.filter(isFiring).map((alert) => ({
      fingerprint: alert.fingerprint,
      scope: alert.labels.mandate_scope as string,
      decision: alert.labels.severity === 'critical' ? 'BLOCKED' : 'WARN',
      source: nameOf(alert),
      reason: (alert.annotations.summary ?? alert.annotations.description ?? nameOf(alert)).slice(0, REASON_MAX),
      observedAt: now,
      expiresAt: Math.max(now + validMs, alert.endsAt ?? 0),
    })),
    resolved: known.filter((alert) => !isFiring(alert)).map((alert) => alert.fingerprint),
    ignored: news.filter((alert) => !known.includes(alert)).map(nameOf),
  };
}
