import { decode, type EligibilityJudged, type IssueReceived, type ProposalMade } from '@mandate/schemas';
import { Database, type Message, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { storable } from './storable';

export interface Acknowledged {
  readonly issueId: string;
  readonly revision: number;
  readonly eventId: string;
  readonly by: string;
  readonly note: string;
  readonly at: number;
}

/** What came before a contract: issues in their own words, proposals of revisions, verdicts a human should see. */
@Injectable()
export class IssueStore {
  constructor(private readonly database: Database) {}

  projectIssues(tx: Tx, messages: readonly Message<IssueReceived>[]): Promise<number> {
    return tx.run(
      `INSERT INTO issues (issue_id, received_at, value) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING`,
      [messages.map((m) => m.value.issue_id), messages.map((m) => m.value.received_at), messages.map((m) => m.bytes)],
    );
  }

  async projectRevisionProposals(tx: Tx, messages: readonly Message<ProposalMade>[]): Promise<void> {
    const newest = new Map(messages.filter((m) => m.value.contract_id !== null).map((m) => [m.value.contract_id, m]));
    if (newest.size === 0) return;
    const rows = [...newest.values()];
    await tx.run(
      `INSERT INTO revision_proposals (contract_id, version, value) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[])
       ON CONFLICT (contract_id) DO UPDATE SET version = excluded.version, value = excluded.value WHERE revision_proposals.version < excluded.version`,
      [rows.map((m) => m.value.contract_id), rows.map((m) => m.link.version), rows.map((m) => m.bytes)],
    );
  }

  async projectEscalated(tx: Tx, messages: readonly Message<EligibilityJudged>[]): Promise<void> {
    if (messages.length === 0) return;
    await tx.run(
      `INSERT INTO escalated_issues (issue_id, revision, contract_id, judged_at, value, is_acknowledged)
       SELECT t.*, EXISTS (SELECT 1 FROM issue_acknowledgements a WHERE a.issue_id = t.i AND a.revision >= t.r)
       FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::bigint[], $5::bytea[]) AS t (i, r, c, j, v) ON CONFLICT DO NOTHING`,
      [
        messages.map((m) => m.value.issue_id),
        messages.map((m) => m.value.revision),
        messages.map((m) => m.value.contract_id),
        messages.map((m) => m.value.judged_at),
        messages.map((m) => m.bytes),
      ],
    );
  }

  /** An escalated issue's newest verdict, held until the transaction ends. */
  async lockEscalated(tx: Tx, issueId: string): Promise<{ revision: number; isAcknowledged: boolean } | null> {
    const [row] = await tx.rows<{ revision: number; is_acknowledged: boolean }>(
      'SELECT revision, is_acknowledged FROM escalated_issues WHERE issue_id = $1 ORDER BY revision DESC LIMIT 1 FOR UPDATE',
      [issueId],
    );
    return row ? { revision: row.revision, isAcknowledged: row.is_acknowledged } : null;
  }

  /** Keeps what a human made of an escalated issue, and takes it off the list. */
  async acknowledge(tx: Tx, acknowledged: Acknowledged): Promise<void> {
    const { issueId, revision, eventId, by, note, at } = acknowledged;
    await tx.run(
      `INSERT INTO issue_acknowledgements (issue_id, revision, event_id, acknowledged_by, note, at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [issueId, revision, eventId, by, storable(note), at],
    );
    await tx.run('UPDATE escalated_issues SET is_acknowledged = true WHERE issue_id = $1 AND revision <= $2', [
      issueId,
      revision,
    ]);
  }

  async issue(issueId: string): Promise<IssueReceived | null> {
    const [row] = await this.database.rows<{ value: Buffer }>('SELECT value FROM issues WHERE issue_id = $1', [
      issueId,
    ]);
    return row ? decode('IssueReceived', row.value) : null;
  }

  async revisionProposal(contractId: string): Promise<ProposalMade | null> {
    const [row] = await this.database.rows<{ value: Buffer }>(
      'SELECT value FROM revision_proposals WHERE contract_id = $1',
      [contractId],
    );
    return row ? decode('ProposalMade', row.value) : null;
  }
}
