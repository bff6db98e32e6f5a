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

/** The last row of a page; the next page begins behind it. */
export interface QueuePosition {
  readonly expiresAt: number;
  readonly contractId: string;
}

export interface QueueRow extends QueuePosition {
  readonly value: Buffer;
}

const OPEN = `status IN ('DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE')`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The queue: contracts soonest to expire first, from an index. */
@Injectable()
export class QueueStore {
  constructor(private readonly database: Database) {}

  async page(filter: QueueFilter, after: QueuePosition | null, limit: number): Promise<QueueRow[]> {
    const parameters: unknown[] = [];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = [
      filter.statuses ? `status = ANY (${bind(filter.statuses)}::text[])` : OPEN,
      ...(filter.capability ? [`capabilities @> ARRAY[${bind(filter.capability)}]`] : []),
      ...(filter.risk ? [`risk_level = ${bind(filter.risk)}`] : []),
      ...(filter.source ? [`source = ${bind(filter.source)}`] : []),
      ...(filter.q ? [matching(filter.q, bind)] : []),
      ...(after
        ? [`(expires_at, contract_id) > (${bind(after.expiresAt)}::bigint, ${bind(after.contractId)}::uuid)`]
        : []),
    ];
    const rows = await this.database.rows<{ contract_id: string; expires_at: string; value: Buffer }>(
      `SELECT contract_id, expires_at, value FROM contracts WHERE ${conditions.join(' AND ')} ORDER BY expires_at, contract_id LIMIT ${bind(limit)}`,
      parameters,
    );
    return rows.map((r) => ({ contractId: r.contract_id, expiresAt: Number(r.expires_at), value: r.value }));
  }
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
