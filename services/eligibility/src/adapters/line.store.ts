import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Line, LinePosition } from '../domain/line';

/** Where the line of each issue stands, and what that does to its reservations (E-006). */
@Injectable()
export class LineStore {
  async positions(tx: Tx, issueIds: readonly string[]): Promise<ReadonlyMap<string, LinePosition>> {
    const rows = await tx.rows<{ issue_id: string; contract_id: string; revision: number; version: string }>(
      'SELECT issue_id, contract_id, revision, version FROM lines WHERE issue_id = ANY ($1::uuid[])',
      [issueIds],
    );
    return new Map(
      rows.map((r) => [r.issue_id, { contractId: r.contract_id, revision: r.revision, version: Number(r.version) }]),
    );
  }

  /** Stores lines newer than what is stored and moves their reservations; four statements. */
  async apply(tx: Tx, lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    await this.store(tx, lines);
    const issueIds = lines.map((l) => l.issueId);
    // What the line has taken belongs to its newest contract, or to the successor that a SUPERSEDED names.
    await tx.run(
      `UPDATE reservations r SET contract_id = coalesce(l.successor_id, l.contract_id) FROM lines l
       WHERE l.issue_id = ANY ($1::uuid[]) AND r.issue_id = l.issue_id AND (NOT l.is_over OR l.successor_id IS NOT NULL)
         AND r.contract_id IS DISTINCT FROM coalesce(l.successor_id, l.contract_id)`,
      [issueIds],
    );
    // An open contract holds its targets, also where its reservation had lapsed or this copy is being rebuilt.
    await tx.run(
      `INSERT INTO reservations (target, issue_id, contract_id, since)
       SELECT t, l.issue_id, l.contract_id, l.may_at FROM lines l CROSS JOIN unnest(l.targets) AS t
       WHERE l.issue_id = ANY ($1::uuid[]) AND NOT l.is_over ORDER BY t, l.issue_id
       ON CONFLICT (target, issue_id) DO UPDATE SET since = excluded.since WHERE reservations.since < excluded.since`,
      [issueIds],
    );
    // A line that is over holds nothing; a contract with a verdict of its own holds its own targets, not its parent's.
    await tx.run(
      `DELETE FROM reservations r USING lines l
       WHERE l.issue_id = ANY ($1::uuid[]) AND r.issue_id = l.issue_id
         AND ((l.is_over AND l.successor_id IS NULL) OR (l.is_judged AND r.target <> ALL (l.targets)))`,
      [issueIds],
    );
  }

  private async store(tx: Tx, lines: readonly Line[]): Promise<void> {
    const targets = lines.flatMap((l) => l.targets.map((target) => ({ issueId: l.issueId, target })));
    await tx.run(
      `WITH targets AS (SELECT issue_id, array_agg(target ORDER BY target) AS all_of_them
         FROM unnest($9::uuid[], $10::text[]) AS t (issue_id, target) GROUP BY issue_id)
       INSERT INTO lines (issue_id, contract_id, revision, version, is_over, is_judged, successor_id, may_at, targets)
       SELECT issue_id, c, r, v, o, j, s, m, coalesce(all_of_them, '{}')
       FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bigint[], $5::bool[], $6::bool[], $7::uuid[], $8::bigint[])
         AS l (issue_id, c, r, v, o, j, s, m) LEFT JOIN targets USING (issue_id)
       ORDER BY issue_id
       ON CONFLICT (issue_id) DO UPDATE SET contract_id = excluded.contract_id, revision = excluded.revision,
         version = excluded.version, is_over = excluded.is_over, is_judged = excluded.is_judged,
         successor_id = excluded.successor_id, may_at = excluded.may_at, targets = excluded.targets
       WHERE (lines.revision, lines.version) < (excluded.revision, excluded.version)`,
      [
        lines.map((l) => l.issueId),
        lines.map((l) => l.contractId),
        lines.map((l) => l.revision),
        lines.map((l) => l.version),
        lines.map((l) => l.isOver),
        lines.map((l) => l.isJudged),
        lines.map((l) => l.successorId),
        lines.map((l) => l.mayAt),
        targets.map((t) => t.issueId),
        targets.map((t) => t.target),
      ],
    );
  }
}
