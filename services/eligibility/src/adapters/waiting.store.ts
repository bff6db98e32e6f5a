import { Metrics, Tx, UnauthorisedFault } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { fromStored, type ReceivedProposal } from './proposal-made.wire';

interface WaitingRow {
  readonly seq: string;
  readonly value: Buffer;
  readonly mandate: Buffer;
  readonly waiting_since: string;
  readonly is_judged: boolean;
}

/** Proposals that wait for a HEALTHY system, in the order in which they came. */
@Injectable()
export class WaitingStore {
  constructor(private readonly metrics: Metrics) {}

  async isAnyWaiting(tx: Tx): Promise<boolean> {
    const [row] = await tx.rows<{ some: boolean }>('SELECT EXISTS (SELECT 1 FROM waiting_proposals) AS some');
    return row?.some ?? false;
  }

  /** Lets proposals wait. @throws UnauthorisedFault if one of their issue and revision waits or was judged (ELIG-001) */
  async add(tx: Tx, proposals: readonly ReceivedProposal[], now: number): Promise<void> {
    const added = await tx.run(
      `INSERT INTO waiting_proposals (issue_id, revision, value, mandate, waiting_since)
       SELECT i, r, v, m, $5
       FROM unnest($1::uuid[], $2::int[], $3::bytea[], $4::bytea[]) WITH ORDINALITY AS t (i, r, v, m, n)
       WHERE NOT EXISTS (SELECT 1 FROM verdicts WHERE issue_id = i AND revision = r)
       ORDER BY n ON CONFLICT DO NOTHING`,
      [
        proposals.map((p) => p.value.issue_id),
        proposals.map((p) => p.value.revision),
        proposals.map((p) => p.bytes),
        proposals.map((p) => p.mandate),
        now,
      ],
    );
    if (added < proposals.length) {
      throw new UnauthorisedFault('ALREADY_JUDGED', 'another proposal of this issue and revision waits or was judged');
    }
  }

  /**
   * Takes the first `limit` of those whose turn it is out of the queue, in the order in which they came. One that was
   * judged all the same is counted and dropped: its verdict stands, and the queue must never stop at it.
   * @param since those that began to wait at this time or before; epoch milliseconds
   */
  async take(tx: Tx, since: number, limit: number): Promise<readonly ReceivedProposal[]> {
    const rows = await tx.rows<WaitingRow>(
      `DELETE FROM waiting_proposals WHERE seq IN
         (SELECT seq FROM waiting_proposals WHERE waiting_since <= $1 ORDER BY seq LIMIT $2)
       RETURNING seq, value, mandate, waiting_since, EXISTS (SELECT 1 FROM verdicts v
         WHERE v.issue_id = waiting_proposals.issue_id AND v.revision = waiting_proposals.revision) AS is_judged`,
      [since, limit],
    );
    const judged = rows.filter((row) => row.is_judged).length;
    if (judged > 0) this.metrics.failures.inc({ code: 'ALREADY_JUDGED' }, judged);
    return rows
      .filter((row) => !row.is_judged)
      .sort((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)))
      .map((row) => fromStored(row.value, row.mandate, Number(row.waiting_since)));
  }
}
