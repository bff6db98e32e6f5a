import type { Signal } from '@mandate/schemas';
import { citingNothing, type Outgoing, say } from '@mandate/service-kit';
import { freshMs } from '../domain/probe-decision';
import { type ScopeReport, SYSTEM } from '../domain/scope-state';

/** What a report is said with. Times are epoch milliseconds. */
export interface ReportContext {
  readonly now: number;
  readonly validUntil: number;
  readonly registryVersion: number;
  readonly scopeVersions: readonly { readonly scope: string; readonly version: number }[];
}

/** HEALTH-001: SYSTEM carries until when it is valid and the present version of every scope. */
export function toHealthChanged(report: ScopeReport, context: ReportContext): Outgoing {
  const isSystem = report.scope === SYSTEM;
  return say({
    message: 'HealthChanged',
    key: report.scope,
    says: report.state,
    issueId: null,
    version: report.version,
    planDigest: null,
    cites: citingNothing,
    now: context.now,
    value: {
      scope: report.scope,
      from_version: report.version - 1,
      version: report.version,
      state: report.state,
      basis: report.basis,
      signals: [...governance(report), ...observed(report), ...alerts(report)],
      valid_until: isSystem ? context.validUntil : null,
      scope_versions: isSystem ? context.scopeVersions : [],
      registry_version: context.registryVersion,
      changed_at: context.now,
    },
  });
}

function governance(report: ScopeReport): Signal[] {
  return report.signals.map((s) => ({
    signal_id: s.signalId,
    scope: s.scope,
    kind: s.kind,
    decision: 'BLOCKED',
    source: 'operator',
    author: s.author,
    reason: s.reason,
    observed_at: s.raisedAt,
    expires_at: s.expiresAt,
  }));
}

function alerts(report: ScopeReport): Signal[] {
  return report.alerts.map((a) => ({
    signal_id: a.fingerprint,
    scope: a.scope,
    kind: 'alert',
    decision: a.decision,
    source: a.source,
    author: null,
    reason: a.reason,
    observed_at: a.observedAt,
    expires_at: a.expiresAt,
  }));
}

function observed(report: ScopeReport): Signal[] {
  return report.probes.map((p) => ({
    signal_id: p.probeId,
    scope: report.scope,
    kind: 'probe',
    decision: p.decision ?? 'UNKNOWN',
    source: p.probeId,
    author: null,
    reason: p.detail,
    observed_at: p.observedAt ?? 0,
    expires_at: p.observedAt === null ? 0 : p.observedAt + freshMs(p.rhythm),
  }));
}
