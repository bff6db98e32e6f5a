import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { type Column, insertion, run } from './columns';

/** What a verdict of eligibility was used for. */
export interface UsedVerdict {
  readonly issueId: string;
  readonly revision: number;
  readonly digest: Buffer;
  readonly contractId: string;
  readonly usedAs: 'CREATED' | 'ATTACHED' | 'DENIED' | 'TOO_LATE';
  readonly at: number;
}

const COLUMNS: readonly Column<UsedVerdict>[] = [
  { name: 'issue_id', type: 'uuid', of: (u) => u.issueId },
  { name: 'revision', type: 'int', of: (u) => u.revision },
  { name: 'digest', type: 'bytea', of: (u) => u.digest },
  { name: 'contract_id', type: 'uuid', of: (u) => u.contractId },
  { name: 'used_as', type: 'text', of: (u) => u.usedAs },
  { name: 'at', type: 'bigint', of: (u) => u.at },
];

/** Which verdicts have been used (PART2-001: each once). */
@Injectable()
export class VerdictsStore {
  /** Digests of the verdicts used for these issues, by issue and revision. */
  async used(tx: Tx, issueIds: readonly string[]): Promise<Map<string, Buffer>> {
    const rows = await tx.rows<{ issue_id: string; revision: number; digest: Buffer }>(
      'SELECT issue_id, revision, digest FROM verdicts_used WHERE issue_id = ANY ($1::uuid[])',
      [issueIds],
    );
    return new Map(rows.map((r) => [`${r.issue_id}/${r.revision}`, r.digest]));
  }

  async use(tx: Tx, verdicts: readonly UsedVerdict[]): Promise<void> {
    await run(tx, verdicts, (rows) => insertion('verdicts_used', COLUMNS, rows));
  }
}
