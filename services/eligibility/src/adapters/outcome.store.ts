import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** How far a contract has come. */
export interface Outcome {
  readonly issueId: string;
  readonly revision: number;
  readonly contractId: string;
  readonly version: number;
  readonly status: string;
  readonly reason: string | null;
  readonly auditVerdict: string | null;
  /** Epoch milliseconds. */
  readonly changedAt: number;
}

/** What became of the contracts, by issue and revision. */
@Injectable()
export class OutcomeStore {
  /** Keeps the newest state of each contract, one statement; repeated and overtaken ones change nothing (FLOW-002). */
  async apply(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
    const newest = new Map<string, Outcome>();
    for (const o of outcomes) {
      const key = `${o.issueId}/${String(o.revision)}`;
      if ((newest.get(key)?.version ?? -1) < o.version) newest.set(key, o);
    }
    const rows = [...newest.values()];
    const of = <T>(column: (outcome: Outcome) => T): T[] => rows.map(column);
    await tx.run(
      `INSERT INTO outcomes (issue_id, revision, contract_id, version, status, reason, audit_verdict, changed_at)
       SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[])
         AS t (i, r, c, v, s, re, a, ch) ORDER BY i, r
       ON CONFLICT (issue_id, revision) DO UPDATE SET contract_id = excluded.contract_id, version = excluded.version,
         status = excluded.status, reason = excluded.reason, audit_verdict = excluded.audit_verdict,
         changed_at = excluded.changed_at
       WHERE outcomes.version < excluded.version`,
      [
        of((o) => o.issueId),
        of((o) => o.revision),
        of((o) => o.contractId),
        of((o) => o.version),
        of((o) => o.status),
        of((o) => o.reason),
        of((o) => o.auditVerdict),
        of((o) => o.changedAt),
      ],
    );
  }
}
