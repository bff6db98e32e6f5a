import { type Outgoing, Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type HealthConfig } from '../config';
import {
  type Basis,
  type HealthState,
  reportOf,
  type ScopeReport,
  type ScopeSaid,
  SYSTEM,
  stateOf,
} from '../domain/scope-state';
import { SILENCE_MS_MAX, type StateSaid } from '../domain/watch';
import { AlertStore } from './alert.store';
import { toHealthChanged } from './health-changed.wire';
import { ProbeStore } from './probe.store';
import { SignalStore } from './signal.store';

interface ScopeRow {
  readonly scope: string;
  readonly version: string;
  readonly state: HealthState;
  readonly basis: Basis;
  readonly signal_ids: string[];
}

/** What a scope was just before a job, and when the state was said. */
export type Snapshot = Readonly<Record<string, HealthState>>;

/** The states that are said of scopes, and all that were said. The only place that says health. */
@Injectable()
export class HealthStore {
  constructor(
    private readonly probes: ProbeStore,
    private readonly alerts: AlertStore,
    private readonly signals: SignalStore,
    @Inject(CONFIG) private readonly config: HealthConfig,
  ) {}

  /** Scopes that are spoken of from now on. */
  async add(tx: Tx, scopes: readonly string[]): Promise<void> {
    await tx.run('INSERT INTO health_scopes (scope) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [scopes]);
  }

  async all(tx: Tx): Promise<string[]> {
    return (await tx.rows<{ scope: string }>('SELECT scope FROM health_scopes')).map((r) => r.scope);
  }

  /**
   * Computes the scopes' states from what is known now and says those that changed. Rows are locked in name order, so
   * that replicas and probes that end together say one version after the other.
   *
   * @param repeatsSystem say SYSTEM even if it has not changed: its heartbeat, with the versions of all scopes
   */
  async refresh(
    tx: Tx,
    scopes: readonly string[],
    now: number,
    repeatsSystem = false,
  ): Promise<{ outgoing: Outgoing[]; systemVersion: number }> {
    const rows = await tx.rows<ScopeRow>(
      'SELECT scope, version, state, basis, signal_ids FROM health_scopes WHERE scope = ANY ($1::text[]) ORDER BY scope FOR UPDATE',
      [scopes],
    );
    const probes = await this.probes.ofScopes(tx, [SYSTEM, ...scopes]);
    const signals = await this.signals.active(tx, scopes, now);
    const alerts = await this.alerts.firing(tx, [SYSTEM, ...scopes], now);
    const seen = (scope: string) => ({ probes: probes.get(scope) ?? [], alerts: alerts.get(scope) ?? [] });
    const systemState = stateOf(seen(SYSTEM), now);
    const reports = rows.flatMap((row) => {
      const repeats = repeatsSystem && row.scope === SYSTEM;
      return reportOf(toSaid(row), seen(row.scope), signals.get(row.scope) ?? [], systemState, now, repeats) ?? [];
    });
    await this.save(tx, reports, now);
    return { outgoing: await this.say(tx, reports, now), systemVersion: await this.systemVersion(tx) };
  }

  private async save(tx: Tx, reports: readonly ScopeReport[], now: number): Promise<void> {
    if (reports.length === 0) return;
    const columns = [
      reports.map((r) => r.scope),
      reports.map((r) => r.version),
      reports.map((r) => r.state),
      reports.map((r) => r.basis),
    ];
    await tx.run(
      `UPDATE health_scopes AS h SET version = t.v, state = t.s, basis = t.b, said_at = $5, signal_ids = ARRAY(SELECT jsonb_array_elements_text(t.g::jsonb))
       FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $6::text[]) AS t (scope, v, s, b, g) WHERE h.scope = t.scope`,
      [...columns, now, reports.map((r) => JSON.stringify(r.signals.map((s) => s.signalId)))],
    );
    await tx.run(
      `INSERT INTO health_history (scope, version, state, basis, changed_at)
       SELECT scope, v, s, b, $5 FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS t (scope, v, s, b)`,
      [...columns, now],
    );
  }

  /** SYSTEM last: it lists the versions that the others were just given. */
  private async say(tx: Tx, reports: readonly ScopeReport[], now: number): Promise<Outgoing[]> {
    if (reports.length === 0) return [];
    const [registry] = await tx.rows<{ v: string }>(
      'SELECT coalesce(max(registry_version), 0) AS v FROM ref_capabilities',
    );
    const versions = await tx.rows<{ scope: string; version: string }>(
      'SELECT scope, version FROM health_scopes WHERE version > 0 ORDER BY scope',
    );
    const context = {
      now,
      validUntil: now + this.config.HEALTH_VALID,
      registryVersion: Number(registry?.v ?? 0),
      scopeVersions: versions.map((v) => ({ scope: v.scope, version: Number(v.version) })),
    };
    const ordered = [...reports].sort((a, b) => Number(a.scope === SYSTEM) - Number(b.scope === SYSTEM));
    return ordered.map((report) => toHealthChanged(report, context));
  }

  private async systemVersion(tx: Tx): Promise<number> {
    const [row] = await tx.rows<{ version: string }>('SELECT version FROM health_scopes WHERE scope = $1', [SYSTEM]);
    return Number(row?.version ?? 0);
  }

  /**
   * Every scope's state just before each of these instants, one statement. What had not been observed within 30 s is
   * UNKNOWN, whatever was said last (AUDIT-006).
   */
  async snapshots(tx: Tx, instants: readonly number[]): Promise<Snapshot[]> {
    const rows = await tx.rows<{ n: string; scope: string; state: HealthState; basis: Basis; is_observed: boolean }>(
      `SELECT i.n, s.scope, coalesce(h.state, 'UNKNOWN') AS state, coalesce(h.basis, 'own') AS basis,
         EXISTS (SELECT 1 FROM observations o WHERE o.scope = s.scope AND o.observed_at BETWEEN i.at - $2::bigint AND i.at) AS is_observed
       FROM unnest($1::bigint[]) WITH ORDINALITY AS i (at, n) CROSS JOIN health_scopes s
       LEFT JOIN LATERAL (SELECT state, basis FROM health_history WHERE scope = s.scope AND changed_at <= i.at ORDER BY version DESC LIMIT 1) h ON true`,
      [instants, SILENCE_MS_MAX],
    );
    return instants.map((_, i) => {
      const mine = rows.filter((r) => Number(r.n) === i + 1);
      const own = new Map(mine.map((r) => [r.scope, r.is_observed ? r.state : ('UNKNOWN' as const)]));
      return Object.fromEntries(
        mine.map((r) => [r.scope, (r.basis === 'inherited' ? own.get(SYSTEM) : own.get(r.scope)) ?? 'UNKNOWN']),
      );
    });
  }

  /** States said of scopes after an instant, in order. */
  async saidAfter(
    tx: Tx,
    scopes: readonly string[],
    after: number,
  ): Promise<ReadonlyMap<string, readonly StateSaid[]>> {
    const rows = await tx.rows<{ scope: string; state: HealthState; basis: Basis; changed_at: string }>(
      'SELECT scope, state, basis, changed_at FROM health_history WHERE scope = ANY ($1::text[]) AND changed_at > $2 ORDER BY version',
      [scopes, after],
    );
    const byScope = new Map<string, StateSaid[]>();
    for (const r of rows)
      byScope.set(r.scope, [
        ...(byScope.get(r.scope) ?? []),
        { state: r.state, basis: r.basis, at: Number(r.changed_at) },
      ]);
    return byScope;
  }

  /** Which of the scopes inherit SYSTEM. */
  async inheriting(tx: Tx, scopes: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.rows<{ scope: string }>(
      `SELECT scope FROM health_scopes WHERE scope = ANY ($1::text[]) AND basis = 'inherited'`,
      [scopes],
    );
    return new Set(rows.map((r) => r.scope));
  }
}

function toSaid(row: ScopeRow): ScopeSaid {
  return {
    scope: row.scope,
    version: Number(row.version),
    state: row.state,
    basis: row.basis,
    signalIds: row.signal_ids,
  };
}
