import type { CapabilityDefinition, CapabilityState, Json, Lifecycle, Registry } from '@mandate/contracts';
import type { HealthState, Signal } from '@mandate/schemas';
import type { Database, Tx } from './database';
import type { HopBatch } from './hop';
import type { BasisSource } from './hop-runner';
import type { Metrics } from './metrics';

/** Health of scopes as far as this service has heard, at an instant. */
export interface HealthView {
  /** Version of SYSTEM; 0 if never heard. */
  readonly healthVersion: number;
  /** HEALTH-001: UNKNOWN past SYSTEM's valid_until, and where the copy is older than the version SYSTEM lists. */
  stateOf(scope: string): HealthState;
  versionOf(scope: string): number;
  /** Active BLOCKED governance signals (freeze, maintenance) on SYSTEM or one of the scopes. */
  blockingSignals(scopes: readonly string[]): readonly Signal[];
}

interface HealthRow {
  readonly scope: string;
  readonly version: string;
  readonly state: HealthState;
  readonly basis: string;
  readonly signals: Signal[];
  readonly valid_until: string | null;
  readonly scope_versions: { scope: string; version: number }[];
}
type Reader = Pick<Database, 'rows'> | Tx;

/** Copies of `mandate.capabilities.v1` and `mandate.health.v1`, kept by upserting the higher version. */
export class Reference implements BasisSource {
  private cached: Registry | null = null;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  /** Projects capability states; the handler `on-capability-changed` calls it. */
  async applyCapabilities(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<[]> {
    const [head] = await tx.rows<{ r: string }>('SELECT coalesce(max(registry_version), 0) AS r FROM ref_capabilities');
    for (let last = Number(head?.r ?? 0), i = 0; i < batch.messages.length; i++) {
      const next = batch.messages[i]?.value.registry_version ?? 0;
      if (next > last + 1) this.metrics.versionGaps.inc({ topic: 'mandate.capabilities.v1' });
      last = Math.max(last, next);
    }
    const newest = new Map(batch.messages.map((m) => [m.value.capability, m.value]));
    const values = [...newest.values()];
    const states = values.map(
      (v): CapabilityState => ({
        capability: v.capability,
        version: v.version,
        definition: JSON.parse(v.definition) as CapabilityDefinition,
        enabled: v.enabled,
        lifecycle: v.lifecycle as Lifecycle,
        values: Object.fromEntries(v.values.map((x) => [x.key, JSON.parse(x.value) as Json])),
        provisional_contract_id: v.provisional_contract_id,
      }),
    );
    await tx.run(
      `INSERT INTO ref_capabilities (capability, version, registry_version, catalogue_size, state)
       SELECT c, v, r, n, s::jsonb FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[], $5::text[]) AS t (c, v, r, n, s)
       ON CONFLICT (capability) DO UPDATE SET version = excluded.version, registry_version = excluded.registry_version,
         catalogue_size = excluded.catalogue_size, state = excluded.state WHERE ref_capabilities.version < excluded.version`,
      [
        values.map((v) => v.capability),
        values.map((v) => v.version),
        values.map((v) => v.registry_version),
        values.map((v) => v.catalogue_size),
        states.map((s) => JSON.stringify(s)),
      ],
    );
    return [];
  }

  /** Projects health states; the handler `on-health-changed` calls it. */
  async applyHealth(batch: HopBatch<'HealthChanged'>, tx: Tx): Promise<[]> {
    const newest = new Map<string, (typeof batch.messages)[number]['value']>();
    for (const m of batch.messages)
      if ((newest.get(m.value.scope)?.version ?? -1) < m.value.version) newest.set(m.value.scope, m.value);
    const values = [...newest.values()];
    await tx.run(
      `INSERT INTO ref_health (scope, version, state, basis, signals, valid_until, scope_versions, changed_at)
       SELECT sc, v, st, b, sg::jsonb, vu, sv::jsonb, ch FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[])
         AS t (sc, v, st, b, sg, vu, sv, ch)
       ON CONFLICT (scope) DO UPDATE SET version = excluded.version, state = excluded.state, basis = excluded.basis, signals = excluded.signals,
         valid_until = excluded.valid_until, scope_versions = excluded.scope_versions, changed_at = excluded.changed_at WHERE ref_health.version < excluded.version`,
      [
        values.map((v) => v.scope),
        values.map((v) => v.version),
        values.map((v) => v.state),
        values.map((v) => v.basis),
        values.map((v) => JSON.stringify(v.signals)),
        values.map((v) => v.valid_until),
        values.map((v) => JSON.stringify(v.scope_versions)),
        values.map((v) => v.changed_at),
      ],
    );
    return [];
  }

  /** Has the registry read anew: its rows were written again. */
  forget(): void {
    this.cached = null;
  }

  async versions(): Promise<{ registryVersion: number; healthVersion: number }> {
    const [row] = await this.database.rows<{ r: string; h: string }>(
      `SELECT coalesce((SELECT max(registry_version) FROM ref_capabilities), 0) AS r, coalesce((SELECT version FROM ref_health WHERE scope = 'SYSTEM'), 0) AS h`,
    );
    return { registryVersion: Number(row?.r ?? 0), healthVersion: Number(row?.h ?? 0) };
  }

  /** True once every capability of the catalogue is known. */
  async isSeeded(): Promise<boolean> {
    const [row] = await this.database.rows<{ n: string; size: number | null }>(
      'SELECT count(*) AS n, (SELECT catalogue_size FROM ref_capabilities ORDER BY registry_version DESC LIMIT 1) AS size FROM ref_capabilities',
    );
    return row?.size != null && Number(row.n) >= row.size;
  }

  /** The registry as this service knows it; parsed anew only when its version has moved. */
  async registry(reader: Reader = this.database): Promise<Registry> {
    const [head] = await reader.rows<{ r: string }>(
      'SELECT coalesce(max(registry_version), 0) AS r FROM ref_capabilities',
    );
    const version = Number(head?.r ?? 0);
    if (this.cached?.registry_version === version) return this.cached;
    const rows = await reader.rows<{ registry_version: string; state: CapabilityState }>(
      'SELECT registry_version, state FROM ref_capabilities ORDER BY capability',
    );
    const newest = rows.reduce((max, r) => Math.max(max, Number(r.registry_version)), 0);
    const registry = {
      registry_version: newest,
      capabilities: new Map(rows.map((r) => [r.state.capability, r.state])),
    };
    this.cached = registry;
    return registry;
  }

  /** Health as far as heard. @param now epoch milliseconds; past SYSTEM's valid_until everything is UNKNOWN */
  async health(now: number, reader: Reader = this.database): Promise<HealthView> {
    const rows = await reader.rows<HealthRow>(
      'SELECT scope, version, state, basis, signals, valid_until, scope_versions FROM ref_health',
    );
    return healthView(rows, now);
  }
}

/** A probe that fails is BLOCKED too, but only a freeze or maintenance is somebody's word against a change (E-003). */
const isGovernance = (kind: string): boolean => kind === 'freeze' || kind === 'maintenance';

/** HEALTH-001 as a pure function of the rows and the instant. */
export function healthView(rows: readonly HealthRow[], now: number): HealthView {
  const byScope = new Map(rows.map((r) => [r.scope, r]));
  const system = byScope.get('SYSTEM');
  const isHeard = system !== undefined && system.valid_until !== null && now <= Number(system.valid_until);
  const listed = new Map((system?.scope_versions ?? []).map((s) => [s.scope, s.version]));
  const stateOf = (scope: string): HealthState => {
    if (!isHeard) return 'UNKNOWN';
    const own = byScope.get(scope);
    if (scope === 'SYSTEM') return system.state;
    if (Number(own?.version ?? 0) < (listed.get(scope) ?? 0)) return 'UNKNOWN';
    return !own || own.basis === 'inherited' ? system.state : own.state;
  };
  return {
    healthVersion: Number(system?.version ?? 0),
    stateOf,
    versionOf: (scope) => Number(byScope.get(scope)?.version ?? 0),
    blockingSignals: (scopes) =>
      ['SYSTEM', ...scopes].flatMap((s) =>
        (byScope.get(s)?.signals ?? []).filter(
          (g) => isGovernance(g.kind) && g.decision === 'BLOCKED' && g.expires_at > now,
        ),
      ),
  };
}
