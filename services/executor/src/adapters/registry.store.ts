import type { CapabilityDefinition, CapabilityState, Json, Lifecycle } from '@mandate/contracts';
import { Database, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

export type ChangeCause = 'DEFINITION' | 'CHANGE' | 'ROLLBACK' | 'FINAL';

/** A catalogue that was applied. */
export interface AppliedCatalogue {
  readonly version: number;
  readonly digest: Buffer;
  readonly size: number;
}

/** A capability's new state, with its place in the registry's history. */
export interface CapabilityChange {
  readonly state: CapabilityState;
  readonly fromVersion: number;
  readonly registryVersion: number;
  readonly cause: ChangeCause;
  readonly contractId: string | null;
  readonly jobId: string | null;
  readonly issueId: string | null;
  readonly catalogue: AppliedCatalogue;
}

/** Who changes something, for the history and the message. */
export type Author = Pick<CapabilityChange, 'cause' | 'contractId' | 'jobId' | 'issueId'>;

/**
 * The registry under its lock: states as they are, with the changes made so far in this transaction. Whoever holds it is
 * alone, so a target that is compared here is the one that is set.
 */
export class LockedRegistry {
  readonly changes: CapabilityChange[] = [];

  constructor(
    public version: number,
    public catalogue: AppliedCatalogue | null,
    readonly states: Map<string, CapabilityState>,
  ) {}

  /** Takes a capability's new state; its version and the registry's grow by one. */
  put(next: CapabilityState, author: Author): CapabilityState {
    if (!this.catalogue) throw new Error('no catalogue has been applied');
    const fromVersion = this.states.get(next.capability)?.version ?? 0;
    const state = { ...next, version: fromVersion + 1 };
    this.version++;
    this.states.set(state.capability, state);
    this.changes.push({ ...author, state, fromVersion, registryVersion: this.version, catalogue: this.catalogue });
    return state;
  }
}

interface CapabilityRow {
  readonly capability: string;
  readonly version: string;
  readonly definition: CapabilityDefinition;
  readonly enabled: boolean;
  readonly lifecycle: Lifecycle;
  readonly values: { [key: string]: Json };
  readonly provisional_contract_id: string | null;
}
const COLUMNS = 'capability, version, definition, enabled, lifecycle, "values", provisional_contract_id';

/** The registry's tables. */
@Injectable()
export class RegistryStore {
  constructor(private readonly database: Database) {}

  /** Takes the registry's one lock and reads these capabilities; all of them if none are named. */
  async lock(tx: Tx, names: readonly string[] | 'all'): Promise<LockedRegistry> {
    const [counter] = await tx.rows<{ registry_version: string }>(
      'SELECT registry_version FROM registry_counter FOR UPDATE',
    );
    const rows = await tx.rows<CapabilityRow>(
      `SELECT ${COLUMNS} FROM capabilities WHERE $1::text[] IS NULL OR capability = ANY ($1::text[]) ORDER BY capability FOR UPDATE`,
      [names === 'all' ? null : names],
    );
    const [latest] = await tx.rows<{ version: string; digest: Buffer; size: number }>(
      'SELECT catalogue_version AS version, digest, size FROM catalogues ORDER BY catalogue_version DESC LIMIT 1',
    );
    const catalogue = latest ? { ...latest, version: Number(latest.version) } : null;
    return new LockedRegistry(
      Number(counter?.registry_version ?? 0),
      catalogue,
      new Map(rows.map((r) => [r.capability, stateOf(r)])),
    );
  }

  async addCatalogue(tx: Tx, catalogue: AppliedCatalogue, now: number): Promise<void> {
    await tx.run('INSERT INTO catalogues (catalogue_version, digest, size, applied_at) VALUES ($1, $2, $3, $4)', [
      catalogue.version,
      catalogue.digest,
      catalogue.size,
      now,
    ]);
  }

  /** Writes what was changed under the lock: each capability's last state, every state's log row, the counter. */
  async save(tx: Tx, registry: LockedRegistry, now: number): Promise<void> {
    const { changes } = registry;
    if (changes.length === 0) return;
    const firstFrom = new Map<string, number>();
    for (const c of changes) if (!firstFrom.has(c.state.capability)) firstFrom.set(c.state.capability, c.fromVersion);
    const last = [...new Map(changes.map((c) => [c.state.capability, c])).values()];
    const made = last.filter((c) => firstFrom.get(c.state.capability) === 0);
    const moved = last.filter((c) => firstFrom.get(c.state.capability) !== 0);
    await this.insert(tx, made, now);
    const touched = await this.update(tx, moved, firstFrom, now);
    if (touched !== moved.length)
      throw new Error(`${moved.length - touched} capabilities changed under the registry's lock`);
    await this.log(tx, changes, now);
    await tx.run('UPDATE registry_counter SET registry_version = $1', [registry.version]);
  }

  private async insert(tx: Tx, made: readonly CapabilityChange[], now: number): Promise<void> {
    if (made.length === 0) return;
    await tx.run(
      `INSERT INTO capabilities (capability, version, registry_version, definition, enabled, lifecycle, "values", provisional_contract_id, changed_at)
       SELECT c, v, r, d::json, e, l, vs::json, p, $9
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::uuid[]) AS t (c, v, r, d, e, l, vs, p)`,
      [...columnsOf(made), now],
    );
  }

  private async update(
    tx: Tx,
    moved: readonly CapabilityChange[],
    firstFrom: ReadonlyMap<string, number>,
    now: number,
  ): Promise<number> {
    if (moved.length === 0) return 0;
    return tx.run(
      `UPDATE capabilities SET version = v, registry_version = r, definition = d::json, enabled = e, lifecycle = l, "values" = vs::json,
         provisional_contract_id = p, changed_at = $9
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::uuid[], $10::bigint[])
         AS t (c, v, r, d, e, l, vs, p, before)
       WHERE capability = c AND version = before`,
      [...columnsOf(moved), now, moved.map((c) => firstFrom.get(c.state.capability))],
    );
  }

  private async log(tx: Tx, changes: readonly CapabilityChange[], now: number): Promise<void> {
    await tx.run(
      `INSERT INTO capability_log (registry_version, capability, version, cause, contract_id, job_id, catalogue_version, enabled, lifecycle,
         "values", provisional_contract_id, changed_at)
       SELECT r, c, v, ca, co, j, cv, e, l, vs::json, p, $12
       FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::uuid[], $7::bigint[], $8::boolean[], $9::text[], $10::text[], $11::uuid[])
         AS t (r, c, v, ca, co, j, cv, e, l, vs, p)`,
      [
        changes.map((c) => c.registryVersion),
        changes.map((c) => c.state.capability),
        changes.map((c) => c.state.version),
        changes.map((c) => c.cause),
        changes.map((c) => c.contractId),
        changes.map((c) => c.jobId),
        changes.map((c) => c.catalogue.version),
        changes.map((c) => c.state.enabled),
        changes.map((c) => c.state.lifecycle),
        changes.map((c) => JSON.stringify(c.state.values)),
        changes.map((c) => c.state.provisional_contract_id),
        now,
      ],
    );
  }

  /**
   * The registry as it is, without a lock, each capability with the contract whose change of it was made final last; for
   * those who read flags. One statement, so all of one instant.
   */
  async read(names: readonly string[] | 'all'): Promise<{
    readonly version: number;
    readonly capabilities: readonly { readonly state: CapabilityState; readonly finalContract: string | null }[];
  }> {
    const rows = await this.database.rows<CapabilityRow & { registry_version: string; final_contract: string | null }>(
      `SELECT (SELECT registry_version FROM registry_counter) AS registry_version, ${COLUMNS},
         (SELECT l.contract_id FROM capability_log l WHERE l.capability = c.capability AND l.cause = 'FINAL'
           ORDER BY l.version DESC LIMIT 1) AS final_contract
       FROM capabilities c WHERE $1::text[] IS NULL OR capability = ANY ($1::text[]) ORDER BY capability`,
      [names === 'all' ? null : names],
    );
    const capabilities = rows.map((r) => ({ state: stateOf(r), finalContract: r.final_contract }));
    return { version: Number(rows[0]?.registry_version ?? 0), capabilities };
  }
}

function columnsOf(changes: readonly CapabilityChange[]): unknown[] {
  return [
    changes.map((c) => c.state.capability),
    changes.map((c) => c.state.version),
    changes.map((c) => c.registryVersion),
    changes.map((c) => JSON.stringify(c.state.definition)),
    changes.map((c) => c.state.enabled),
    changes.map((c) => c.state.lifecycle),
    changes.map((c) => JSON.stringify(c.state.values)),
    changes.map((c) => c.state.provisional_contract_id),
  ];
}

function stateOf(row: CapabilityRow): CapabilityState {
  const { capability, definition, enabled, lifecycle, values, provisional_contract_id } = row;
  return { capability, version: Number(row.version), definition, enabled, lifecycle, values, provisional_contract_id };
}
