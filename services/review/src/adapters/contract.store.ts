import type { ContractChanged } from '@mandate/schemas';
import { Database, type Message, Metrics, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { storable } from './storable';

type Changed = Message<ContractChanged>;

/** A contract's newest message: its value and the header to cite it by. */
export interface StoredContract {
  readonly value: Buffer;
  readonly mandate: Buffer;
}

/** Contracts as their last message told them, with every change before it. */
@Injectable()
export class ContractStore {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  /** FLOW-002: the higher version wins, so that any order and any repetition ends the same. */
  async project(tx: Tx, messages: readonly Changed[]): Promise<void> {
    await this.countGaps(tx, messages);
    await saveNewest(tx, newestOf(messages));
    await saveChanges(tx, messages);
  }

  find(contractId: string): Promise<StoredContract | null> {
    return this.database
      .rows<StoredContract>('SELECT value, mandate FROM contracts WHERE contract_id = $1', [contractId])
      .then(([row]) => row ?? null);
  }

  /** Holds the contract's row until the transaction ends: decisions on one contract follow one another. */
  async lock(tx: Tx, contractId: string): Promise<StoredContract | null> {
    const [row] = await tx.rows<StoredContract>(
      'SELECT value, mandate FROM contracts WHERE contract_id = $1 FOR UPDATE',
      [contractId],
    );
    return row ?? null;
  }

  private async countGaps(tx: Tx, messages: readonly Changed[]): Promise<void> {
    const rows = await tx.rows<{ contract_id: string; version: string }>(
      'SELECT contract_id, version FROM contracts WHERE contract_id = ANY ($1::uuid[])',
      [messages.map((m) => m.value.contract_id)],
    );
    const known = new Map(rows.map((r) => [r.contract_id, Number(r.version)]));
    for (const { value, topic } of messages) {
      const last = known.get(value.contract_id) ?? 0;
      if (value.from_version > last) this.metrics.versionGaps.inc({ topic });
      known.set(value.contract_id, Math.max(last, value.version));
    }
  }
}

function newestOf(messages: readonly Changed[]): readonly Changed[] {
  const newest = new Map<string, Changed>();
  for (const m of messages)
    if ((newest.get(m.value.contract_id)?.value.version ?? -1) < m.value.version) newest.set(m.value.contract_id, m);
  return [...newest.values()].sort((a, b) => (a.value.contract_id < b.value.contract_id ? -1 : 1));
}

function saveNewest(tx: Tx, newest: readonly Changed[]): Promise<number> {
  const column = <T>(of: (value: ContractChanged) => T): T[] => newest.map((m) => of(m.value));
  return tx.run(
    `INSERT INTO contracts (contract_id, issue_id, parent_contract_id, version, status, title, risk_level, source, source_system, reference,
       capabilities, expires_at, is_paused, waiting_since, value, mandate)
     SELECT id, issue, parent, v, status, title, risk, source, system, reference, ARRAY(SELECT jsonb_array_elements_text(capabilities::jsonb)),
       expires, is_paused, waiting, value, mandate
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::bigint[], $13::boolean[], $14::bigint[], $15::bytea[], $16::bytea[])
       AS t (id, issue, parent, v, status, title, risk, source, system, reference, capabilities, expires, is_paused, waiting, value, mandate)
     ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, status = excluded.status, title = excluded.title,
       risk_level = excluded.risk_level, capabilities = excluded.capabilities, expires_at = excluded.expires_at,
       is_paused = excluded.is_paused, waiting_since = excluded.waiting_since, value = excluded.value, mandate = excluded.mandate
     WHERE contracts.version < excluded.version`,
    [
      column((v) => v.contract_id),
      column((v) => v.issue_id),
      column((v) => v.parent_contract_id),
      column((v) => v.version),
      column((v) => v.status),
      column((v) => storable(v.title)),
      column((v) => v.risk_level),
      column((v) => v.origin.source),
      column((v) => storable(v.origin.source_system)),
      column((v) => storable(v.origin.reference)),
      column((v) => JSON.stringify(v.affected_capabilities)),
      column((v) => v.expires_at),
      column((v) => v.ttl_paused_at !== null),
      column((v) => v.waiting?.since ?? null),
      newest.map((m) => m.bytes),
      newest.map((m) => m.mandate),
    ],
  );
}

/** Each recorded change once. What a message says, it says on its cause: a decision's answer is found by it. */
function saveChanges(tx: Tx, messages: readonly Changed[]): Promise<number> {
  const changes = messages.flatMap((m) => {
    const decision = m.cause?.type === 'ReviewDecided' ? m.link.causeDigest : null;
    return m.value.changes.map((change) => ({ ...change, contractId: m.value.contract_id, decision }));
  });
  return tx.run(
    `INSERT INTO contract_changes (contract_id, version, from_status, to_status, cause, actor, code, reason, at, decision)
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bytea[])
     ON CONFLICT DO NOTHING`,
    [
      changes.map((c) => c.contractId),
      changes.map((c) => c.version),
      changes.map((c) => c.from),
      changes.map((c) => c.to),
      changes.map((c) => c.cause),
      changes.map((c) => storable(c.actor)),
      changes.map((c) => c.code),
      changes.map((c) => storable(c.reason)),
      changes.map((c) => c.at),
      changes.map((c) => c.decision),
    ],
  );
}
