import { type Change, changeFromWire } from '@mandate/contracts';
import { type HopBatch, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { ContractScope } from '../domain/evaluation';

interface Row {
  readonly contract_id: string;
  readonly plan_digest: Buffer;
  readonly capabilities: string[];
  readonly changes: Change[];
}

/** What each contract allows its jobs to touch. */
@Injectable()
export class ContractScopeStore {
  /** Keeps the higher version, one statement. */
  async apply(tx: Tx, batch: HopBatch<'ContractChanged'>): Promise<void> {
    const newest = new Map<string, HopBatch<'ContractChanged'>['messages'][number]['value']>();
    for (const { value } of batch.messages) {
      if ((newest.get(value.contract_id)?.version ?? -1) < value.version) newest.set(value.contract_id, value);
    }
    const values = [...newest.values()];
    await tx.run(
      `INSERT INTO contract_scopes (contract_id, version, plan_digest, capabilities, changes)
       SELECT id, v, p, ARRAY(SELECT jsonb_array_elements_text(c::jsonb)), ch::jsonb
       FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::text[], $5::text[]) AS t (id, v, p, c, ch)
       ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, plan_digest = excluded.plan_digest,
         capabilities = excluded.capabilities, changes = excluded.changes WHERE contract_scopes.version < excluded.version`,
      [
        values.map((v) => v.contract_id),
        values.map((v) => v.version),
        values.map((v) => v.plan_digest),
        values.map((v) => JSON.stringify(v.affected_capabilities)),
        values.map((v) => JSON.stringify(v.proposed_changes.map(changeFromWire))),
      ],
    );
  }

  async byIds(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, ContractScope>> {
    const rows = await tx.rows<Row>(
      'SELECT contract_id, plan_digest, capabilities, changes FROM contract_scopes WHERE contract_id = ANY ($1::uuid[])',
      [ids],
    );
    return new Map(
      rows.map((r) => [
        r.contract_id,
        {
          contractId: r.contract_id,
          planDigest: r.plan_digest.toString('hex'),
          capabilities: r.capabilities,
          changes: r.changes,
        },
      ]),
    );
  }
}
