import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { AskedRequest } from '../domain/receive';

/** A CRM's withdrawal of an issue. */
export interface Cancellation {
  readonly issueId: string;
  readonly reason: string;
  /** SHA-256 of the bytes that asked for it. */
  readonly digest: Buffer;
  readonly requestedAt: number;
}

/** What was asked of requestors, and what they asked for: questions, and cancellations. */
@Injectable()
export class RequestStore {
  async asked(tx: Tx, requestIds: readonly string[]): Promise<Map<string, AskedRequest>> {
    if (requestIds.length === 0) return new Map();
    const rows = await tx.rows<{ request_id: string; contract_id: string; issue_id: string; source_system: string }>(
      'SELECT request_id, contract_id, issue_id, source_system FROM clarification_requests WHERE request_id = ANY ($1::text[])',
      [requestIds],
    );
    return new Map(
      rows.map((r) => [
        r.request_id,
        { requestId: r.request_id, contractId: r.contract_id, issueId: r.issue_id, sourceSystem: r.source_system },
      ]),
    );
  }

  async noteAsked(
    tx: Tx,
    asked: readonly (AskedRequest & { readonly question: string; readonly requestedAt: number })[],
  ): Promise<void> {
    if (asked.length === 0) return;
    await tx.run(
      `INSERT INTO clarification_requests (request_id, contract_id, issue_id, source_system, question, requested_at)
       SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[]) ON CONFLICT (request_id) DO NOTHING`,
      [
        asked.map((a) => a.requestId),
        asked.map((a) => a.contractId),
        asked.map((a) => a.issueId),
        asked.map((a) => a.sourceSystem),
        asked.map((a) => a.question),
        asked.map((a) => a.requestedAt),
      ],
    );
  }

  async cancellations(tx: Tx, issueIds: readonly string[]): Promise<Map<string, Cancellation>> {
    if (issueIds.length === 0) return new Map();
    const rows = await tx.rows<{ issue_id: string; reason: string; digest: Buffer; requested_at: string }>(
      'SELECT issue_id, reason, digest, requested_at FROM cancellations WHERE issue_id = ANY ($1::uuid[])',
      [issueIds],
    );
    return new Map(
      rows.map((r) => [
        r.issue_id,
        { issueId: r.issue_id, reason: r.reason, digest: r.digest, requestedAt: Number(r.requested_at) },
      ]),
    );
  }

  async noteCancellations(tx: Tx, cancellations: readonly Cancellation[]): Promise<void> {
    const c = cancellations;
    if (c.length === 0) return;
    await tx.run(
      `INSERT INTO cancellations (issue_id, reason, digest, requested_at)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::bigint[])`,
      [c.map((x) => x.issueId), c.map((x) => x.reason), c.map((x) => x.digest), c.map((x) => x.requestedAt)],
    );
  }
}
