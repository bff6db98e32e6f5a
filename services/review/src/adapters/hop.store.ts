import { NIL_ID } from '@mandate/contracts';
import { Database, type Message, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** One hop of a chain as review has seen it. */
export interface Hop {
  readonly digest: Buffer;
  readonly message: string;
  readonly says: string;
  readonly writer: string;
  readonly contract_id: string | null;
  readonly version: number;
  readonly at: number;
  readonly has_effect: boolean;
  readonly cause_digest: Buffer;
  readonly cause_message: string | null;
  readonly cause_says: string | null;
}
type NewHop = Hop & { readonly issue_id: string };
type AboutContract = { readonly contract_id: string | null };

/** The links of all messages about an issue that review has heard; only added to. */
@Injectable()
export class HopStore {
  constructor(private readonly database: Database) {}

  /** Records messages as they were received: the kit has verified each before. */
  record(tx: Tx, messages: readonly Message<AboutContract | object>[]): Promise<number> {
    return insert(
      tx,
      messages
        .filter(({ link }) => link.issueId !== NIL_ID)
        .map(({ link, digest, edge, cause, value }) => ({
          digest,
          issue_id: link.issueId,
          contract_id: 'contract_id' in value ? value.contract_id : null,
          message: link.type,
          says: link.says,
          writer: link.writer,
          version: link.version,
          at: link.time,
          has_effect: edge.effect,
          cause_digest: link.causeDigest,
          cause_message: cause?.type ?? null,
          cause_says: cause?.says ?? null,
        })),
    );
  }

  /** The chain of a contract and of those it revises, back to the issue; what review itself said is among it. */
  async chainOf(contractId: string): Promise<Hop[]> {
    const rows = await this.database.rows<Hop & { version: string; at: string }>(
      `WITH RECURSIVE lineage AS (
         SELECT contract_id, parent_contract_id, issue_id FROM contracts WHERE contract_id = $1
         UNION SELECT c.contract_id, c.parent_contract_id, c.issue_id FROM contracts c JOIN lineage l ON c.contract_id = l.parent_contract_id
       )
       SELECT digest, message, says, writer, contract_id, version, at, has_effect, cause_digest, cause_message, cause_says
       FROM hops WHERE issue_id = (SELECT issue_id FROM lineage LIMIT 1)
         AND (contract_id IS NULL OR contract_id IN (SELECT contract_id FROM lineage))
       UNION ALL
       SELECT d.digest, 'ReviewDecided', d.says, 'review', d.contract_id, d.version, e.at, true, d.cited, d.cited_message, d.cited_says
       FROM decisions d JOIN review_events e ON e.event_id = d.decision_id WHERE d.contract_id IN (SELECT contract_id FROM lineage)`,
      [contractId],
    );
    return rows.map((r) => ({ ...r, version: Number(r.version), at: Number(r.at) }));
  }
}

function insert(tx: Tx, hops: readonly NewHop[]): Promise<number> {
  if (hops.length === 0) return Promise.resolve(0);
  return tx.run(
    `INSERT INTO hops (digest, issue_id, contract_id, message, says, writer, version, at, has_effect, cause_digest, cause_message, cause_says)
     SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::boolean[],
       $10::bytea[], $11::text[], $12::text[])
     ON CONFLICT DO NOTHING`,
    [
      hops.map((h) => h.digest),
      hops.map((h) => h.issue_id),
      hops.map((h) => h.contract_id),
      hops.map((h) => h.message),
      hops.map((h) => h.says),
      hops.map((h) => h.writer),
      hops.map((h) => h.version),
      hops.map((h) => h.at),
      hops.map((h) => h.has_effect),
      hops.map((h) => h.cause_digest),
      hops.map((h) => h.cause_message),
      hops.map((h) => h.cause_says),
    ],
  );
}
