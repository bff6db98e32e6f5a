import type { RivalFact } from '@mandate/judgement';
import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** Advisory lock classes of this service's database; their order is the order of locking. */
const ISSUE_LOCK = 6001;
const TARGET_LOCK = 6002;

interface Names {
  /** Lines whose reservations are about to move. */
  readonly issueIds: readonly string[];
  /** Targets that are about to be judged. */
  readonly targets: readonly string[];
}

/** What the MAYs have taken and the contracts hold (E-006). */
@Injectable()
export class ReservationStore {
  /**
   * Until the transaction ends nobody else judges or moves these. Taken in one order by everybody, so that racing
   * processes wait for each other and never block one another for good. Names share 256 locks each, which bounds what a
   * batch can take of the server's lock table.
   */
  async lock(tx: Tx, { issueIds, targets }: Names): Promise<void> {
    if (targets.length === 0 && issueIds.length === 0) return;
    await tx.rows(
      `SELECT pg_advisory_xact_lock(class, stripe) FROM (
         SELECT DISTINCT class, (hashtextextended(name, 0) & 255)::int AS stripe FROM (
           SELECT ${ISSUE_LOCK} AS class, unnest($1::text[]) AS name
           UNION ALL SELECT ${TARGET_LOCK}, unnest($2::text[])) AS names
         ORDER BY class, stripe) AS locks`,
      [issueIds, targets],
    );
  }

  /**
   * Who has taken one of these targets, of any age: older ones than the rule counts are recorded too, so that it can be
   * told what another window would have meant. The newest 20 a target; one of them is enough to refuse.
   */
  async rivals(reader: Pick<Tx, 'rows'>, targets: readonly string[]): Promise<readonly RivalFact[]> {
    const rows = await reader.rows<Omit<RivalFact, 'since'> & { since: string }>(
      `SELECT r.target, r.contract_id, r.issue_id, r.since FROM unnest($1::text[]) AS t (target) CROSS JOIN LATERAL
         (SELECT * FROM reservations WHERE target = t.target ORDER BY since DESC, issue_id LIMIT 20) AS r`,
      [targets],
    );
    return rows.map((row) => ({ ...row, since: Number(row.since) }));
  }

  /** What MAYs take, one statement; a later MAY of the same line replaces the earlier. */
  async reserve(tx: Tx, reservations: readonly RivalFact[]): Promise<void> {
    if (reservations.length === 0) return;
    const rows = [...new Map(reservations.map((r) => [`${r.target} ${r.issue_id}`, r])).values()];
    await tx.run(
      `INSERT INTO reservations (target, issue_id, contract_id, since)
       SELECT t, i, c, s FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[]) AS r (t, i, c, s) ORDER BY t, i
       ON CONFLICT (target, issue_id) DO UPDATE SET contract_id = excluded.contract_id, since = excluded.since`,
      [
        rows.map((r) => r.target),
        rows.map((r) => r.issue_id),
        rows.map((r) => r.contract_id),
        rows.map((r) => r.since),
      ],
    );
  }

  /** Gives up what was taken at this time or before and got no contract. Rows that are being moved are left for later. */
  async lapse(tx: Tx, takenUntil: number, limit: number): Promise<readonly Pick<RivalFact, 'target' | 'issue_id'>[]> {
    return tx.rows(
      `DELETE FROM reservations WHERE (target, issue_id) IN
         (SELECT target, issue_id FROM reservations WHERE contract_id IS NULL AND since <= $1
          ORDER BY since LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING target, issue_id`,
      [takenUntil, limit],
    );
  }
}
