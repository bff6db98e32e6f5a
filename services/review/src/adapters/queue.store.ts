import type { ContractState } from '@mandate/contracts';
import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** What the queue is narrowed to; everything left out is not looked at. */
export interface QueueFilter {
  /** Without any: everything that is not at an end. */
  readonly statuses?: readonly ContractState[] | undefined;
  readonly capability?: string | undefined;
  readonly risk?: string | undefined;
  readonly source?: string | undefined;
  /** Words of title, source system or reference (the last may be a beginning), or an id. */
  readonly q?: string | undefined;
}

const ORDERS = {
  expires_at: { column: 'expires_at', direction: 'ASC', behind: '>' },
  '-expires_at': { column: 'expires_at', direction: 'DESC', behind: '<' },
  created_at: { column: 'created_at', direction: 'ASC', behind: '>' },
  '-created_at': { column: 'created_at', direction: 'DESC', behind: '<' },
  '-changed_at': { column: 'changed_at', direction: 'DESC', behind: '<' },
} as const;
export type QueueOrder = keyof typeof ORDERS;

/** The last row of a page; the next page begins behind it. */
export interface QueuePosition {
  /** Epoch milliseconds of what the queue is sorted by. */
  readonly at: number;
  readonly contractId: string;
}

export interface QueueRow extends QueuePosition {
  readonly value: Buffer;
}

const OPEN: readonly ContractState[] = ['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The queue, from indexes alone however many contracts there are. */
@Injectable()
export class QueueStore {
  constructor(private readonly database: Database) {}

  async page(filter: QueueFilter, order: QueueOrder, after: QueuePosition | null, limit: number): Promise<QueueRow[]> {
    const { sql, parameters } = pageQuery(filter, order, after, limit);
    const rows = await this.database.rows<{ contract_id: string; at: string; value: Buffer }>(sql, parameters);
    return rows.map((r) => ({ contractId: r.contract_id, at: Number(r.at), value: r.value }));
  }
}

/**
 * One page as SQL. Each state is read on its own from an index in the wanted order, no further than a page, and what
 * they give is merged: a list of states in one condition would have to be sorted whole.
 */
export function pageQuery(filter: QueueFilter, order: QueueOrder, after: QueuePosition | null, limit: number) {
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const { column, direction, behind } = ORDERS[order];
  const conditions = [
    ...(filter.capability ? [`capabilities @> ARRAY[${bind(filter.capability)}]`] : []),
    ...(filter.risk ? [`risk_level = ${bind(filter.risk)}`] : []),
    ...(filter.source ? [`source = ${bind(filter.source)}`] : []),
    ...(filter.q ? [matching(filter.q, bind)] : []),
    ...(after
      ? [`(${column}, contract_id) ${behind} (${bind(after.at)}::bigint, ${bind(after.contractId)}::uuid)`]
      : []),
  ];
  const many = bind(limit);
  const sorted = (at: string) => `ORDER BY ${at} ${direction}, contract_id ${direction} LIMIT ${many}`;
  const inState = (status: ContractState): string =>
    `(SELECT contract_id, ${column} AS at FROM contracts WHERE ${[`status = ${bind(status)}`, ...conditions].join(' AND ')} ${sorted(column)})`;
  const states = [...new Set(filter.statuses ?? OPEN)].map(inState).join(' UNION ALL ');
  // The messages are large: only those of the page are read.
  const sql = `SELECT p.contract_id, p.at, c.value FROM (SELECT * FROM (${states}) s ${sorted('at')}) p
    JOIN contracts c USING (contract_id) ORDER BY p.at ${direction}, p.contract_id ${direction}`;
  return { sql, parameters };
}

/** A search is words and nothing else: no operator of the text search reaches the database. */
function matching(q: string, bind: (value: unknown) => string): string {
  if (UUID.test(q.trim())) {
    const id = bind(q.trim().toLowerCase());
    return `(contract_id = ${id}::uuid OR issue_id = ${id}::uuid)`;
  }
  const words = q.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return 'false';
  return `search @@ to_tsquery('simple', ${bind(words.map((w) => `${w}:*`).join(' & '))})`;
}
