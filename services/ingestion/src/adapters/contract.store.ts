import type { Origin } from '@mandate/schemas';
import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { HeardContract } from '../domain/contract-news';

/** A contract as far as heard, with what is needed to speak to it. */
export interface ContractRow extends HeardContract {
  readonly contractId: string;
  readonly issueId: string;
  readonly revision: number;
  readonly planDigest: Buffer;
  readonly origin: Origin;
  /** How often this service has spoken to it on mandate.clarifications.v1. */
  readonly saidVersion: number;
}

interface Columns {
  readonly contract_id: string;
  readonly issue_id: string;
  readonly version: string;
  readonly status: string;
  readonly revision: number;
  readonly plan_digest: Buffer;
  readonly origin: string;
  readonly waiting: string | null;
  readonly open_request_id: string | null;
  readonly is_cancellation_said: boolean;
  readonly said_version: string;
}

/** Contracts as far as this service has heard of them. */
@Injectable()
export class ContractStore {
  /** Locks in id order; what was never heard of is left out. The references must have been locked before. */
  async lock(tx: Tx, contractIds: readonly string[]): Promise<Map<string, ContractRow>> {
    if (contractIds.length === 0) return new Map();
    const rows = await tx.rows<Columns>(
      'SELECT * FROM contracts_heard WHERE contract_id = ANY ($1::uuid[]) ORDER BY contract_id FOR UPDATE',
      [contractIds],
    );
    return new Map(rows.map((r) => [r.contract_id, toContractRow(r)]));
  }

  /** One statement; the higher version wins. */
  async save(tx: Tx, contracts: readonly ContractRow[]): Promise<void> {
    const c = contracts;
    if (c.length === 0) return;
    await tx.run(
      `INSERT INTO contracts_heard (contract_id, issue_id, version, status, revision, plan_digest, origin, waiting, open_request_id,
         is_cancellation_said, said_version)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::int[], $6::bytea[], $7::text[], $8::text[], $9::text[],
         $10::boolean[], $11::bigint[])
       ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, status = excluded.status, waiting = excluded.waiting,
         open_request_id = excluded.open_request_id, is_cancellation_said = excluded.is_cancellation_said,
         said_version = excluded.said_version WHERE contracts_heard.version <= excluded.version`,
      [
        c.map((x) => x.contractId),
        c.map((x) => x.issueId),
        c.map((x) => x.version),
        c.map((x) => x.status),
        c.map((x) => x.revision),
        c.map((x) => x.planDigest),
        c.map((x) => JSON.stringify(x.origin)),
        c.map((x) => x.waiting),
        c.map((x) => x.openRequestId),
        c.map((x) => x.isCancellationSaid),
        c.map((x) => x.saidVersion),
      ],
    );
  }
}

function toContractRow(r: Columns): ContractRow {
  return {
    contractId: r.contract_id,
    issueId: r.issue_id,
    version: Number(r.version),
    status: r.status,
    revision: r.revision,
    planDigest: r.plan_digest,
    origin: JSON.parse(r.origin) as Origin,
    waiting: r.waiting,
    openRequestId: r.open_request_id,
    isCancellationSaid: r.is_cancellation_said,
    saidVersion: Number(r.said_version),
  };
}
