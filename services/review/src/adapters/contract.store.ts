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

/** A question to the requestor with its answer; epoch milliseconds. */
export interface ClarificationRound {
  readonly request_id: string;
  readonly question: string;
  readonly requested_at: number;
  readonly answer: string | null;
  readonly answered_at: number | null;
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
    await saveRounds(tx, messages);
  }

  find(contractId: string): Promise<StoredContract | null> {
    return this.database
      .rows<StoredContract>('SELECT value, mandate FROM contracts WHERE contract_id = $1', [contractId])
      .then(([row]) => row ?? null);
  }

  /** What a modification may touch: the capabilities of the original (AM-21). */
  async scopeOf(contractId: string, reader: Pick<Database, 'rows'> | Tx = this.database): Promise<readonly string[]> {
    const [original] = await reader.rows<{ capabilities: string[] }>(
      `WITH RECURSIVE lineage AS (
         SELECT contract_id, parent_contract_id, capabilities FROM contracts WHERE contract_id = $1
         UNION SELECT c.contract_id, c.parent_contract_id, c.capabilities FROM contracts c JOIN lineage l ON c.contract_id = l.parent_contract_id
       ) SELECT capabilities FROM lineage WHERE parent_contract_id IS NULL`,
      [contractId],
    );
    return original?.capabilities ?? [];
  }

  /** A contract with all that it revises and all that revise it, the original first. */
  async lineageOf(contractId: string): Promise<Buffer[]> {
    const rows = await this.database.rows<{ value: Buffer }>(
      `WITH RECURSIVE before AS (
         SELECT contract_id, parent_contract_id FROM contracts WHERE contract_id = $1
         UNION SELECT c.contract_id, c.parent_contract_id FROM contracts c JOIN before b ON c.contract_id = b.parent_contract_id
       ), behind AS (
         SELECT contract_id FROM before
         UNION SELECT c.contract_id FROM contracts c JOIN behind b ON c.parent_contract_id = b.contract_id
       ) SELECT value FROM contracts WHERE contract_id IN (SELECT contract_id FROM behind) ORDER BY created_at, contract_id`,
      [contractId],
    );
    return rows.map((r) => r.value);
  }

  async rounds(contractId: string): Promise<ClarificationRound[]> {
    const rows = await this.database.rows<{ [K in keyof ClarificationRound]: string }>(
      `SELECT request_id, question, requested_at, answer, answered_at FROM clarification_rounds WHERE contract_id = $1 ORDER BY requested_at`,
      [contractId],
    );
    return rows.map((r) => ({
      ...r,
      requested_at: Number(r.requested_at),
      answered_at: r.answered_at === null ? null : Number(r.answered_at),
    }));
  }

  /** Holds the contract's row until the transaction ends: decisions on one contract follow one another. */
  async lock(tx: Tx, contractId: string): Promise<StoredContract | null> {
    const [row] = await tx.rows<StoredContract>(
      'SELECT value, mandate FROM contracts WHERE contract_id = $1 FOR UPDATE',
      [contractId],
    );
    return row ?? null;
  }

  /** Holds several contracts' rows, in the order of their ids. */
  async lockAll(tx: Tx, contractIds: readonly string[]): Promise<Map<string, StoredContract>> {
    const rows = await tx.rows<StoredContract & { contract_id: string }>(
      'SELECT contract_id, value, mandate FROM contracts WHERE contract_id = ANY ($1::uuid[]) ORDER BY contract_id FOR UPDATE',
      [contractIds],
    );
    return new Map(rows.map((r) => [r.contract_id, r]));
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
       capabilities, expires_at, is_paused, waiting_since, window_end, created_at, changed_at, value, mandate)
     SELECT id, issue, parent, v, status, title, risk, source, system, reference, ARRAY(SELECT jsonb_array_elements_text(capabilities::jsonb)),
       expires, is_paused, waiting, window_end, created, changed, value, mandate
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::bigint[], $13::boolean[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bytea[], $19::bytea[])
       AS t (id, issue, parent, v, status, title, risk, source, system, reference, capabilities, expires, is_paused, waiting, window_end, created,
         changed, value, mandate)
     ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, status = excluded.status, title = excluded.title,
       risk_level = excluded.risk_level, capabilities = excluded.capabilities, expires_at = excluded.expires_at,
       is_paused = excluded.is_paused, waiting_since = excluded.waiting_since, window_end = excluded.window_end,
       changed_at = excluded.changed_at, value = excluded.value, mandate = excluded.mandate
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
      column((v) => v.approval?.window_end ?? null),
      column((v) => v.created_at),
      column((v) => v.changed_at),
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

/** Every round that a message tells of, as the latest of its messages told it. */
async function saveRounds(tx: Tx, messages: readonly Changed[]): Promise<void> {
  const newest = new Map<string, { contract: ContractChanged; round: NonNullable<ContractChanged['clarification']> }>();
  for (const { value: contract } of messages) {
    const round = contract.clarification;
    const key = `${contract.contract_id}/${round?.request_id}`;
    if (round && (newest.get(key)?.contract.version ?? -1) < contract.version) newest.set(key, { contract, round });
  }
  const rows = [...newest.values()];
  if (rows.length === 0) return;
  await tx.run(
    `INSERT INTO clarification_rounds (contract_id, request_id, question, requested_at, answer, answered_at, version)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
     ON CONFLICT (contract_id, request_id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at, version = excluded.version
     WHERE clarification_rounds.version < excluded.version`,
    [
      rows.map(({ contract }) => contract.contract_id),
      rows.map(({ round }) => storable(round.request_id)),
      rows.map(({ round }) => storable(round.question)),
      rows.map(({ round }) => round.requested_at),
      rows.map(({ round }) => storable(round.answer)),
      rows.map(({ round }) => round.answered_at),
      rows.map(({ contract }) => contract.version),
    ],
  );
}
