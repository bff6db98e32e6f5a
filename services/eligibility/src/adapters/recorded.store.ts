import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';

/** Where a page of verdicts starts: after this one. */
export interface Place {
  readonly issueId: string;
  readonly revision: number;
}

/** A verdict as it is kept, with what became of its contract so far. */
export interface RecordedVerdict {
  readonly issue_id: string;
  readonly revision: number;
  readonly verdict: 'MAY' | 'MAY_NOT';
  readonly first_failing_rule: string | null;
  readonly proposal: Buffer;
  readonly facts: string;
  readonly rules_version: string;
  readonly verdict_digest: Buffer;
  /** Null where none has appeared; a MAY_NOT has none, unless it is a revision's. */
  readonly contract: {
    readonly contract_id: string;
    readonly status: string;
    readonly reason: string | null;
    readonly audit_verdict: string | null;
  } | null;
}

const PIECE = 1_000;

const COLUMNS = `v.issue_id, v.revision, v.verdict, v.first_failing_rule, v.proposal, v.facts, v.rules_version, v.verdict_digest,
  o.contract_id, o.status, o.reason, o.audit_verdict
  FROM verdicts v LEFT JOIN outcomes o USING (issue_id, revision)`;

type Row = Omit<RecordedVerdict, 'contract'> & {
  readonly contract_id: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly audit_verdict: string | null;
};

/** Reads verdicts that were given, to be judged again; writes nothing. */
@Injectable()
export class RecordedStore {
  constructor(private readonly database: Database) {}

  /** The verdicts on an issue, named by its own id or by a contract's, oldest revision first. */
  async of(id: string): Promise<readonly RecordedVerdict[]> {
    const rows = await this.database.rows<Row>(
      `SELECT ${COLUMNS} WHERE v.issue_id = $1
         OR v.issue_id IN (SELECT issue_id FROM outcomes WHERE contract_id = $1) ORDER BY v.revision`,
      [id],
    );
    return rows.map(toRecorded);
  }

  /** A page of all verdicts in the order of their issues, piece by piece: the next is being read while one is judged. */
  async *page(after: Place | null, limit: number): AsyncGenerator<readonly RecordedVerdict[]> {
    let coming = this.piece(after, Math.min(PIECE, limit));
    for (let left = limit; ; ) {
      const rows = await coming;
      const last = rows.at(-1);
      left -= rows.length;
      const isEnd = !last || rows.length < PIECE || left === 0;
      if (!isEnd) coming = this.piece({ issueId: last.issue_id, revision: last.revision }, Math.min(PIECE, left));
      await new Promise((sent) => setImmediate(sent)); // and whatever is to be decided has its turn
      yield rows;
      if (isEnd) return;
    }
  }

  private async piece(after: Place | null, limit: number): Promise<readonly RecordedVerdict[]> {
    const rows = await this.database.rows<Row>(
      `SELECT ${COLUMNS} ${after ? 'WHERE (v.issue_id, v.revision) > ($2, $3)' : ''}
       ORDER BY v.issue_id, v.revision LIMIT $1`,
      after ? [limit, after.issueId, after.revision] : [limit],
    );
    return rows.map(toRecorded);
  }
}

function toRecorded({ contract_id, status, reason, audit_verdict, ...row }: Row): RecordedVerdict {
  return { ...row, contract: contract_id === null ? null : { contract_id, status, reason, audit_verdict } };
}
