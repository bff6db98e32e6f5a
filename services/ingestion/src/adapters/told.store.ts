import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Addressee } from '../domain/crm-input';
import type { ToldState } from '../domain/told';

/** An update as it was told. */
export interface ToldRow {
  readonly version: number;
  readonly update_id: string;
  readonly issue_id: string | null;
  readonly contract_id: string | null;
  readonly state: ToldState;
  readonly code: string | null;
  readonly field: string | null;
  readonly sentence: string;
  readonly details: unknown;
  readonly at: string;
}

/** An issue of a reference and how far it has come. */
export interface ReferencedIssue {
  readonly issue_id: string;
  readonly idempotency_key: string;
  readonly received_at: string;
  readonly is_open: boolean;
  readonly is_cancelled: boolean;
  readonly ended_by: string | null;
  readonly contract_id: string | null;
  readonly contract_status: string | null;
  readonly recurrence_of: string | null;
  readonly related_to: string | null;
  readonly follows: string | null;
}

export const SHOWN_MAX = 1_000;
const iso = (ms: string): string => new Date(Number(ms)).toISOString();

/** Everything that was told about a reference, to read back. */
@Injectable()
export class ToldStore {
  constructor(private readonly database: Database) {}

  /** Newest first, at most `SHOWN_MAX`. */
  async updates(of: Addressee): Promise<ToldRow[]> {
    const rows = await this.database.rows<ToldRow & { version: string; details: string; at: string }>(
      `SELECT version, update_id, issue_id, contract_id, state, code, field, sentence, details, at FROM crm_updates
       WHERE source_system = $1 AND reference = $2 ORDER BY version DESC LIMIT ${SHOWN_MAX}`,
      [of.sourceSystem, of.reference],
    );
    return rows.map((r) => ({
      ...r,
      version: Number(r.version),
      details: JSON.parse(r.details) as unknown,
      at: iso(r.at),
    }));
  }

  /** Newest first, at most `SHOWN_MAX`. */
  async issues(of: Addressee): Promise<ReferencedIssue[]> {
    const rows = await this.database.rows<ReferencedIssue>(
      `SELECT p.issue_id, p.idempotency_key, e.received_at, p.is_open, p.is_cancelled, p.ended_by, p.contract_id, p.contract_status,
         e.recurrence_of, e.related_to, e.follows
       FROM issue_progress p JOIN issue_events e USING (issue_id)
       WHERE p.source_system = $1 AND p.reference = $2 ORDER BY p.seq DESC LIMIT ${SHOWN_MAX}`,
      [of.sourceSystem, of.reference],
    );
    return rows.map((r) => ({ ...r, received_at: iso(r.received_at) }));
  }
}
