import type { ProbeDefinition } from '@mandate/contracts';
import { Timers, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Decision, ProbeMemory } from '../domain/probe-decision';
import type { ProbeNow } from '../domain/scope-state';

/** A probe with its definition and what its results have led to. */
export interface Probe extends ProbeMemory {
  readonly scope: string;
  readonly definition: ProbeDefinition;
}

interface ProbeRow {
  readonly scope: string;
  readonly probe_id: string;
  readonly definition: ProbeDefinition;
  readonly decision: Decision | null;
  readonly recent: Decision[];
  readonly observed_at: string | null;
  readonly detail: string | null;
}

export const PROBE_TIMER = 'probe';
const COLUMNS = 'scope, probe_id, definition, decision, recent, observed_at, detail';

/** A probe's id across all scopes; the aggregate of its timer. */
export function probeKey(scope: string, probeId: string): string {
  return `${scope}/${probeId}`;
}

/** Probes, their decisions and their results. */
@Injectable()
export class ProbeStore {
  constructor(private readonly timers: Timers) {}

  /** Makes these the probes of the scopes; new ones are probed at once, those no longer defined are forgotten. */
  async define(tx: Tx, scopes: ReadonlyMap<string, readonly ProbeDefinition[]>, now: number): Promise<void> {
    const wanted = [...scopes].flatMap(([scope, probes]) => probes.map((definition) => ({ scope, definition })));
    await tx.run(
      `DELETE FROM probes WHERE scope = ANY ($1::text[])
         AND (scope, probe_id) NOT IN (SELECT s, p FROM unnest($2::text[], $3::text[]) AS t (s, p))`,
      [[...scopes.keys()], wanted.map((w) => w.scope), wanted.map((w) => w.definition.id)],
    );
    const added = await tx.rows<{ scope: string; probe_id: string; is_new: boolean }>(
      `INSERT INTO probes (scope, probe_id, definition) SELECT s, p, d::jsonb FROM unnest($1::text[], $2::text[], $3::text[]) AS t (s, p, d)
       ON CONFLICT (scope, probe_id) DO UPDATE SET definition = excluded.definition
       RETURNING scope, probe_id, xmax = 0 AS is_new`,
      [wanted.map((w) => w.scope), wanted.map((w) => w.definition.id), wanted.map((w) => JSON.stringify(w.definition))],
    );
    const fresh = added
      .filter((a) => a.is_new)
      .map((a) => ({ aggregateId: probeKey(a.scope, a.probe_id), dueAt: now }));
    await this.timers.set(tx, PROBE_TIMER, fresh);
  }

  /** Has every probe looked at again now: after a start, results that were under way will not come. */
  async wakeAll(tx: Tx, now: number): Promise<void> {
    const rows = await tx.rows<{ key: string }>("SELECT scope || '/' || probe_id AS key FROM probes");
    await this.timers.set(
      tx,
      PROBE_TIMER,
      rows.map((r) => ({ aggregateId: r.key, dueAt: now })),
    );
  }

  async byKeys(tx: Tx, keys: readonly string[]): Promise<Probe[]> {
    const rows = await tx.rows<ProbeRow>(
      `SELECT ${COLUMNS} FROM probes WHERE scope || '/' || probe_id = ANY ($1::text[])`,
      [keys],
    );
    return rows.map(toProbe);
  }

  async ofScopes(tx: Tx, scopes: readonly string[]): Promise<ReadonlyMap<string, readonly ProbeNow[]>> {
    const rows = await tx.rows<ProbeRow>(
      `SELECT ${COLUMNS} FROM probes WHERE scope = ANY ($1::text[]) ORDER BY scope, probe_id`,
      [scopes],
    );
    const byScope = new Map<string, ProbeNow[]>();
    for (const row of rows) {
      const { definition, ...memory } = toProbe(row);
      const now = { ...memory, probeId: row.probe_id, rhythm: definition, detail: row.detail };
      byScope.set(row.scope, [...(byScope.get(row.scope) ?? []), now]);
    }
    return byScope;
  }

  /** A probe, locked until the transaction ends; null if it is no longer defined. */
  async lock(tx: Tx, scope: string, probeId: string): Promise<Probe | null> {
    const [row] = await tx.rows<ProbeRow>(
      `SELECT ${COLUMNS} FROM probes WHERE scope = $1 AND probe_id = $2 FOR UPDATE`,
      [scope, probeId],
    );
    return row ? toProbe(row) : null;
  }

  /** Keeps a result and the decision it leads to. */
  async record(
    tx: Tx,
    probe: Probe,
    memory: ProbeMemory,
    result: Decision,
    latencyMs: number,
    detail: string,
  ): Promise<void> {
    const { scope, definition } = probe;
    await tx.run(
      `INSERT INTO observations (scope, probe_id, decision, latency_ms, detail, observed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [scope, definition.id, result, Math.round(latencyMs), detail, memory.observedAt],
    );
    await tx.run(
      `UPDATE probes SET decision = $3, recent = $4::text[], observed_at = $5, detail = $6 WHERE scope = $1 AND probe_id = $2`,
      [scope, definition.id, memory.decision, memory.recent, memory.observedAt, detail],
    );
  }

  async trim(tx: Tx, before: number): Promise<void> {
    await tx.run('DELETE FROM observations WHERE observed_at < $1', [before]);
  }

  /** When results came from these scopes' probes, in order. */
  async observedAt(tx: Tx, scopes: readonly string[], from: number): Promise<ReadonlyMap<string, readonly number[]>> {
    const rows = await tx.rows<{ scope: string; at: string[] }>(
      `SELECT scope, array_agg(observed_at ORDER BY observed_at) AS at FROM observations
       WHERE scope = ANY ($1::text[]) AND observed_at >= $2 GROUP BY scope`,
      [scopes, from],
    );
    return new Map(rows.map((r) => [r.scope, r.at.map(Number)]));
  }
}

function toProbe(row: ProbeRow): Probe {
  return {
    scope: row.scope,
    definition: row.definition,
    decision: row.decision,
    recent: row.recent,
    observedAt: row.observed_at === null ? null : Number(row.observed_at),
  };
}
