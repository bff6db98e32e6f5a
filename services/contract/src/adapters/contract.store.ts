import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { approvalOf } from '../domain/contract';
import { type Column, insertion, run, storable, updating } from './columns';
import type { ContractBook, LoggedChange, TakenDecision } from './contract-book';
import {
  type ApprovalRow,
  type ContractRow,
  FIXED_COLUMNS,
  fromRow,
  KEY_COLUMN,
  STATE_COLUMNS,
  type StoredContract,
  VERDICT_COLUMNS,
} from './contract-row';

/** A decision whose key is to be looked for among those taken. */
export interface DecisionKey {
  readonly contractId: string;
  readonly key: string;
}

const LOG_COLUMNS: readonly Column<LoggedChange>[] = [
  { name: 'contract_id', type: 'uuid', of: (l) => l.contractId },
  { name: 'version', type: 'bigint', of: (l) => l.recorded.version },
  { name: 'from_state', type: 'text', of: (l) => l.recorded.from },
  { name: 'to_state', type: 'text', of: (l) => l.recorded.to },
  { name: 'cause', type: 'text', of: (l) => l.recorded.cause },
  { name: 'actor', type: 'text', of: (l) => storable(l.recorded.actor) },
  { name: 'code', type: 'text', of: (l) => l.recorded.code },
  { name: 'reason', type: 'text', of: (l) => (l.recorded.reason === null ? null : storable(l.recorded.reason)) },
  { name: 'at', type: 'bigint', of: (l) => l.recorded.at },
  { name: 'cause_digest', type: 'bytea', of: (l) => l.causeDigest },
];
const DECISION_COLUMNS: readonly Column<TakenDecision>[] = [
  { name: 'contract_id', type: 'uuid', of: (d) => d.contractId },
  { name: 'decision_key', type: 'text', of: (d) => d.key },
  { name: 'at', type: 'bigint', of: (d) => d.at },
];
const APPROVAL_COLUMNS: readonly Column<StoredContract>[] = [
  { name: 'contract_id', type: 'uuid', of: (s) => s.contract.terms.contractId },
  { name: 'decision_id', type: 'uuid', of: (s) => approvalOf(s.contract)?.decisionId },
  { name: 'statement', type: 'bytea', of: (s) => approvalOf(s.contract)?.statement },
  { name: 'signature', type: 'bytea', of: (s) => approvalOf(s.contract)?.signature },
  { name: 'key_id', type: 'text', of: (s) => approvalOf(s.contract)?.keyId },
  { name: 'approved_at', type: 'bigint', of: (s) => approvalOf(s.contract)?.approvedAt },
  { name: 'step_timeout_ms', type: 'bigint', of: (s) => approvalOf(s.contract)?.stepTimeoutMs },
  { name: 'facts', type: 'text', as: 'json', of: (s) => JSON.stringify(approvalOf(s.contract)?.facts) },
  { name: 'mandate', type: 'bytea', of: (s) => s.papers.approve },
];

/** Contracts, their log, their approvals and the decisions taken. A handful of statements whatever the batch's size. */
@Injectable()
export class ContractStore {
  /** Locks contracts in id order and reads them as they are then. Unknown ids are left out. */
  async lock(
    tx: Tx,
    contractIds: readonly string[],
    decisions: readonly DecisionKey[] = [],
  ): Promise<StoredContract[]> {
    if (contractIds.length === 0) return [];
    const ids = [...new Set(contractIds)];
    const rows = await tx.rows<ContractRow>(
      'SELECT * FROM contracts WHERE contract_id = ANY ($1::uuid[]) ORDER BY contract_id FOR UPDATE',
      [ids],
    );
    return this.complete(tx, rows, decisions);
  }

  /**
   * Locks the approved contracts whose window has come and that are among `contractIds`, or share a capability with one
   * of them: who goes first among those is to be decided together.
   */
  async lockContenders(tx: Tx, contractIds: readonly string[], now: number): Promise<StoredContract[]> {
    const rows = await tx.rows<ContractRow>(
      `SELECT * FROM contracts WHERE status = 'APPROVED' AND (contract_id = ANY ($1::uuid[]) OR (window_start <= $2
         AND affected_capabilities ?| ARRAY (SELECT jsonb_array_elements_text(affected_capabilities)
               FROM contracts WHERE contract_id = ANY ($1::uuid[]) AND status = 'APPROVED')))
       ORDER BY contract_id FOR UPDATE`,
      [contractIds, now],
    );
    return this.complete(tx, rows, []);
  }

  /** What belongs to the rows is read after they are locked, so that it is as new as they are. */
  private async complete(
    tx: Tx,
    rows: readonly ContractRow[],
    decisions: readonly DecisionKey[],
  ): Promise<StoredContract[]> {
    const approved = rows.filter((r) => r.approved_at !== null).map((r) => r.contract_id);
    const approvals = approved.length
      ? await tx.rows<ApprovalRow>('SELECT * FROM approvals WHERE contract_id = ANY ($1::uuid[])', [approved])
      : [];
    const taken = decisions.length
      ? await tx.rows<{ contract_id: string; decision_key: string }>(
          `SELECT contract_id, decision_key FROM decisions_taken
           WHERE (contract_id, decision_key) IN (SELECT c, k FROM unnest($1::uuid[], $2::text[]) AS t (c, k))`,
          [decisions.map((d) => d.contractId), decisions.map((d) => d.key)],
        )
      : [];
    return rows.map((row) => {
      const approval = approvals.find((a) => a.contract_id === row.contract_id) ?? null;
      const keys = taken.filter((t) => t.contract_id === row.contract_id).map((t) => t.decision_key);
      return fromRow(row, approval, new Set(keys));
    });
  }

  /** Writes a book: new rows, then the log, then approvals, then changed rows, as the triggers want to see them. */
  async save(tx: Tx, book: ContractBook): Promise<void> {
    const all = [KEY_COLUMN, ...FIXED_COLUMNS, ...VERDICT_COLUMNS, ...STATE_COLUMNS];
    await run(tx, book.inserted(), (rows) => insertion('contracts', all, rows));
    await run(tx, book.log, (rows) => insertion('contract_transitions', LOG_COLUMNS, rows));
    await run(tx, book.decisions, (rows) => insertion('decisions_taken', DECISION_COLUMNS, rows));
    await run(tx, book.approved, (rows) => insertion('approvals', APPROVAL_COLUMNS, rows));
    const { judged, others } = book.updated();
    const wide = [...VERDICT_COLUMNS, ...STATE_COLUMNS];
    await run(tx, judged, (rows) => updating('contracts', KEY_COLUMN, wide, rows));
    await run(tx, others, (rows) => updating('contracts', KEY_COLUMN, STATE_COLUMNS, rows));
  }
}
