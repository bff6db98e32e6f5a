import type { Proposal, RevisionInput } from '@mandate/judgement';
import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

type Original = Pick<Proposal, 'issue_type' | 'severity' | 'validator_version'> & { readonly issueId: string };

/** What each issue was found to be, written once; read only when a founder revises its contract. */
@Injectable()
export class OriginalStore {
  /** VAL-001: the first reading stays. */
  async keep(tx: Tx, originals: readonly Original[]): Promise<void> {
    await tx.run(
      `INSERT INTO originals (issue_id, issue_type, severity, validator_version)
       SELECT i, t, s, v FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS o (i, t, s, v)
       ON CONFLICT (issue_id) DO NOTHING`,
      [
        originals.map((o) => o.issueId),
        originals.map((o) => o.issue_type),
        originals.map((o) => o.severity),
        originals.map((o) => o.validator_version),
      ],
    );
  }

  async of(tx: Tx, issueIds: readonly string[]): Promise<ReadonlyMap<string, RevisionInput['original']>> {
    const rows = await tx.rows<RevisionInput['original'] & { issue_id: string }>(
      'SELECT issue_id, issue_type, severity FROM originals WHERE issue_id = ANY ($1::uuid[])',
      [issueIds],
    );
    return new Map(rows.map(({ issue_id, issue_type, severity }) => [issue_id, { issue_type, severity }]));
  }
}
