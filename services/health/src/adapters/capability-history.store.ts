import { type CapabilityDefinition, type Json, sha256 } from '@mandate/contracts';
import { type HopBatch, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { CapabilityRecord } from '../domain/evaluation';
import type { LiveState } from '../domain/plan-outcome';

interface Row {
  readonly capability: string;
  readonly version: string;
  readonly registry_version: string;
  readonly cause: string;
  readonly contract_id: string | null;
  readonly cites_own: boolean;
  readonly frozen: boolean;
  readonly key_schemas: CapabilityRecord['keySchemas'];
  readonly enabled: boolean;
  readonly lifecycle: string;
  readonly values: { readonly [key: string]: Json };
}

/** A range of registry versions: `whole` only if each of them is known. */
export interface HistoryRange {
  readonly records: readonly CapabilityRecord[];
  readonly isWhole: boolean;
}

/** Every state that capabilities were ever in. */
@Injectable()
export class CapabilityHistoryStore {
  /** Keeps what was said, one statement; what is known already stays as it is. */
  async append(tx: Tx, batch: HopBatch<'CapabilityChanged'>): Promise<void> {
    const m = batch.messages;
    const definitions = m.map((x) => JSON.parse(x.value.definition) as CapabilityDefinition);
    const json = (of: (i: number) => unknown) => m.map((_, i) => JSON.stringify(of(i)));
    await tx.run(
      `INSERT INTO capability_history (capability, version, registry_version, cause, contract_id, job_id, cites_own, frozen, key_schemas,
         enabled, lifecycle, "values", changed_at)
       SELECT c, v, r, cause, contract, job, own, frozen, s::jsonb, e, l, vals::jsonb, at FROM unnest($1::text[], $2::bigint[], $3::bigint[],
         $4::text[], $5::uuid[], $6::uuid[], $7::boolean[], $8::boolean[], $9::text[], $10::boolean[], $11::text[], $12::text[], $13::bigint[])
         AS t (c, v, r, cause, contract, job, own, frozen, s, e, l, vals, at)
       ON CONFLICT DO NOTHING`,
      [
        m.map((x) => x.value.capability),
        m.map((x) => x.value.version),
        m.map((x) => x.value.registry_version),
        m.map((x) => x.value.cause),
        m.map((x) => x.value.contract_id),
        m.map((x) => x.value.job_id),
        m.map((x) => citesOwn(x.value.contract_id, x.cause?.subject)),
        definitions.map((d) => d.frozen),
        json((i) => Object.fromEntries((definitions[i]?.keys ?? []).map((k) => [k.key, k.schema]))),
        m.map((x) => x.value.enabled),
        m.map((x) => x.value.lifecycle),
        json((i) => Object.fromEntries((m[i]?.value.values ?? []).map((v) => [v.key, JSON.parse(v.value) as Json]))),
        m.map((x) => x.value.changed_at),
      ],
    );
  }

  /** What changed in the registry after an instant, up to a registry version. Whole if no version in between is missing. */
  async since(tx: Tx, after: number, upTo: number): Promise<HistoryRange> {
    const [first] = await tx.rows<{ v: string | null }>(
      'SELECT max(registry_version) AS v FROM capability_history WHERE changed_at < $1',
      [after],
    );
    const from = first?.v == null ? 0 : Number(first.v);
    const rows = await tx.rows<Row>(
      'SELECT * FROM capability_history WHERE registry_version > $1 ORDER BY registry_version',
      [from],
    );
    const versions = new Set(rows.map((r) => Number(r.registry_version)));
    const isWhole = Array.from({ length: Math.max(0, upTo - from) }, (_, i) => from + 1 + i).every((v) =>
      versions.has(v),
    );
    return { records: rows.map(toRecord), isWhole };
  }

  /** The states that these versions of capabilities had, by `capability@version`. */
  async states(
    tx: Tx,
    wanted: readonly { readonly capability: string; readonly version: number }[],
  ): Promise<ReadonlyMap<string, LiveState>> {
    const rows = await tx.rows<Row>(
      `SELECT h.* FROM capability_history h JOIN unnest($1::text[], $2::bigint[]) AS t (c, v) ON h.capability = t.c AND h.version = t.v`,
      [wanted.map((w) => w.capability), wanted.map((w) => w.version)],
    );
    return new Map(rows.map((r) => [`${r.capability}@${Number(r.version)}`, toRecord(r)]));
  }
}

function citesOwn(contractId: string | null, subject: Buffer | undefined): boolean {
  if (contractId === null) return subject === undefined;
  return subject?.equals(sha256(contractId)) ?? false;
}

function toRecord(r: Row): CapabilityRecord {
  return {
    capability: r.capability,
    version: Number(r.version),
    registryVersion: Number(r.registry_version),
    cause: r.cause,
    contractId: r.contract_id,
    citesOwn: r.cites_own,
    frozen: r.frozen,
    keySchemas: r.key_schemas,
    enabled: r.enabled,
    lifecycle: r.lifecycle,
    values: r.values,
  };
}
