import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { IssueProgress } from '../domain/contract-news';
import type { AdmittedInput } from '../domain/crm-input';
import { referenceOf } from '../domain/fold-intake';
import type { Intake, KnownIssue } from '../domain/receive';
import { issuePayload } from './issue-payload';
import type { IssueReceivedEvent } from './issue-received.wire';

/** A new issue with what came in. */
export interface NewIssue {
  readonly event: IssueReceivedEvent;
  readonly input: AdmittedInput;
  readonly bytes: Buffer;
  readonly digest: Buffer;
  readonly appendedAt: number;
  readonly via: string;
}

interface ProgressRow {
  readonly issue_id: string;
  readonly seq: string;
  readonly source_system: string;
  readonly reference: string;
  readonly idempotency_key: string;
  readonly is_open: boolean;
  readonly is_cancelled: boolean;
  readonly ended_by: string | null;
  readonly contract_id: string | null;
  readonly contract_status: string | null;
  readonly revision: number;
}

const CANCELLED_AT_ONCE_MAX = 100;

/** Issues: the immutable record of what came in, and how far each has come. */
@Injectable()
export class IssueStore {
  /**
   * Issues that decide the fate of these inputs, by reference, newest first: for a new issue the newest one and the
   * newest open one under another key; for a cancellation the open ones and the one it names. The references are locked.
   */
  async siblings(tx: Tx, intakes: readonly Intake[]): Promise<Map<string, KnownIssue[]>> {
    const asked = intakes.filter((i) => i.kind !== 'CLARIFICATION');
    if (asked.length === 0) return new Map();
    const one = (where: string, limit: string): string =>
      `(SELECT p.* FROM issue_progress p WHERE p.source_system = i.s AND p.reference = i.r AND ${where} ORDER BY p.seq DESC LIMIT ${limit})`;
    const rows = await tx.rows<ProgressRow>(
      `SELECT DISTINCT f.* FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS i (s, r, k, c), LATERAL (
         ${one('p.is_open AND (i.c OR p.idempotency_key <> i.k)', `(CASE WHEN i.c THEN ${CANCELLED_AT_ONCE_MAX} ELSE 1 END)`)}
         UNION ALL ${one('(i.c OR p.idempotency_key <> i.k)', '1')}
         UNION ALL ${one('i.c AND p.idempotency_key = i.k', '1')}
       ) AS f ORDER BY f.seq DESC`,
      [
        asked.map((i) => i.sourceSystem),
        asked.map((i) => i.reference),
        asked.map((i) => i.idempotencyKey),
        asked.map((i) => i.kind === 'CANCELLATION'),
      ],
    );
    const found = new Map<string, KnownIssue[]>();
    for (const row of rows) {
      const key = referenceOf({ sourceSystem: row.source_system, reference: row.reference });
      const list = found.get(key) ?? [];
      list.push(toKnownIssue(row));
      found.set(key, list);
    }
    return found;
  }

  /** Two statements: the records, and where each stands. */
  async insert(tx: Tx, issues: readonly NewIssue[], now: number): Promise<void> {
    if (issues.length === 0) return;
    await tx.run(
      `INSERT INTO issue_events (issue_id, source, raw_payload, payload, payload_digest, received_at, source_system, reference,
         idempotency_key, repetition, submitter, tenant, occurred_at, appended_at, recurrence_of, related_to, follows, via)
       SELECT id, so, b, p::jsonb, d, $18, s, r, k, n, su, te, o, a, rc, rl, fo, v
       FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::int[], $10::text[],
         $11::text[], $12::bigint[], $13::bigint[], $14::uuid[], $15::uuid[], $16::uuid[], $17::text[])
         AS t (id, so, b, p, d, s, r, k, n, su, te, o, a, rc, rl, fo, v)`,
      [
        issues.map((i) => i.event.issueId),
        issues.map((i) => i.input.source),
        issues.map((i) => i.bytes),
        issues.map((i) => issuePayload(i.input)),
        issues.map((i) => i.digest),
        issues.map((i) => i.input.sourceSystem),
        issues.map((i) => i.input.reference),
        issues.map((i) => i.input.idempotencyKey),
        issues.map((i) => i.event.repetition),
        issues.map((i) => i.input.submitter),
        issues.map((i) => i.input.tenant),
        issues.map((i) => i.input.occurredAt),
        issues.map((i) => i.appendedAt),
        issues.map((i) => i.event.recurrenceOf),
        issues.map((i) => i.event.relatedTo),
        issues.map((i) => i.event.follows),
        issues.map((i) => i.via),
        now,
      ],
    );
    await tx.run(
      `INSERT INTO issue_progress (issue_id, source_system, reference, idempotency_key)
       SELECT id, s, r, k FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS t (id, s, r, k, n) ORDER BY n`,
      [
        issues.map((i) => i.event.issueId),
        issues.map((i) => i.input.sourceSystem),
        issues.map((i) => i.input.reference),
        issues.map((i) => i.input.idempotencyKey),
      ],
    );
  }

  /** Where issues stand; those that this service never received are left out. */
  async progress(tx: Tx, issueIds: readonly string[]): Promise<Map<string, IssueProgress>> {
    const rows = await tx.rows<ProgressRow>('SELECT * FROM issue_progress WHERE issue_id = ANY ($1::uuid[])', [
      issueIds,
    ]);
    return new Map(
      rows.map((r) => [
        r.issue_id,
        {
          isOpen: r.is_open,
          isCancelled: r.is_cancelled,
          endedBy: r.ended_by,
          contractId: r.contract_id,
          contractStatus: r.contract_status,
          revision: r.revision,
        },
      ]),
    );
  }

  async saveProgress(tx: Tx, progress: ReadonlyMap<string, IssueProgress>): Promise<void> {
    const p = [...progress];
    if (p.length === 0) return;
    await tx.run(
      `UPDATE issue_progress SET is_open = t.o, ended_by = t.e, contract_id = t.c, contract_status = t.s, revision = t.r
       FROM unnest($1::uuid[], $2::boolean[], $3::text[], $4::uuid[], $5::text[], $6::int[]) AS t (id, o, e, c, s, r)
       WHERE issue_id = t.id`,
      [
        p.map(([id]) => id),
        p.map(([, x]) => x.isOpen),
        p.map(([, x]) => x.endedBy),
        p.map(([, x]) => x.contractId),
        p.map(([, x]) => x.contractStatus),
        p.map(([, x]) => x.revision),
      ],
    );
  }

  /** Marks issues as withdrawn; `isEnd` ones have no contract that could still say what becomes of them. */
  async cancel(tx: Tx, issues: readonly { readonly issueId: string; readonly isEnd: boolean }[]): Promise<void> {
    if (issues.length === 0) return;
    await tx.run(
      `UPDATE issue_progress SET is_cancelled = true, is_open = is_open AND NOT t.e,
         ended_by = CASE WHEN is_open AND t.e THEN 'CANCELLED' ELSE ended_by END
       FROM unnest($1::uuid[], $2::boolean[]) AS t (id, e) WHERE issue_id = t.id`,
      [issues.map((i) => i.issueId), issues.map((i) => i.isEnd)],
    );
  }
}

function toKnownIssue(row: ProgressRow): KnownIssue {
  return {
    issueId: row.issue_id,
    idempotencyKey: row.idempotency_key,
    isOpen: row.is_open,
    isCancelled: row.is_cancelled,
    contractId: row.contract_id,
    contractStatus: row.contract_status,
  };
}
