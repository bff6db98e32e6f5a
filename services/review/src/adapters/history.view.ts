import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { HistoryView as History } from '../api/reading.schema';
import { refusalText } from '../domain/refusal';
import { instant } from './presentable';
import type { ReviewEvent } from './review-event.store';

interface ChangeRow {
  readonly version: string;
  readonly from: string | null;
  readonly to: string;
  readonly cause: string;
  readonly actor: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly at: string;
}

/** A note on a contract; epoch milliseconds. */
export interface Note {
  readonly by: string;
  readonly at: number;
  readonly text: string;
  readonly isLateAnswer: boolean;
}
type Item = History['history'][number];

/** Recorded changes of a contract and its incident, as their messages told them. */
@Injectable()
export class HistoryView {
  constructor(private readonly database: Database) {}

  async changes(contractId: string): Promise<Item[]> {
    const [changes, incidents] = await Promise.all([
      this.database.rows<ChangeRow>(
        `SELECT version, from_status AS from, to_status AS to, cause, actor, code, reason, at FROM contract_changes WHERE contract_id = $1 ORDER BY version`,
        [contractId],
      ),
      this.database.rows<ChangeRow>(
        `SELECT version, from_state AS from, to_state AS to, cause, actor, code, reason, at FROM incident_changes WHERE contract_id = $1 ORDER BY version`,
        [contractId],
      ),
    ]);
    return [
      ...changes.map((row) => ({ kind: 'contract_change' as const, ...toChange(row) })),
      ...incidents.map((row) => ({ kind: 'incident_change' as const, ...toChange(row) })),
    ];
  }

  /** What was said beside the decisions: founders' notes, and answers that came too late. */
  async notes(contractId: string): Promise<Note[]> {
    const rows = await this.database.rows<{ by: string; at: string; text: string; code: string }>(
      `SELECT c.actor AS by, c.at, coalesce(c.reason, '') AS text, c.code FROM contract_changes c LEFT JOIN decisions d ON d.digest = c.decision
       WHERE c.contract_id = $1 AND (c.code = 'NOTE' OR (c.code = 'TOO_LATE' AND d.says = 'PROVIDE_CLARIFICATION')) ORDER BY c.version`,
      [contractId],
    );
    return rows.map(({ by, at, text, code }) => ({ by, at: Number(at), text, isLateAnswer: code === 'TOO_LATE' }));
  }
}

function toChange({ version, at, ...change }: ChangeRow) {
  return { ...change, at: instant(Number(at)), version: Number(version) };
}

/** A review event as the history shows it. */
export function toHistoryItem(e: ReviewEvent): Item {
  return {
    kind: 'review_event',
    at: instant(e.at),
    event_id: e.eventId,
    action: e.action,
    actor: e.actor,
    on_behalf_of: e.onBehalfOf,
    reason: e.reason,
    modifications: e.modifications,
    session_id: e.sessionId,
    request_id: e.requestId,
    dossier_digest_seen: e.dossierSeen?.toString('hex') ?? null,
    version_seen: e.versionSeen,
    outcome: e.refusal ? 'REFUSED' : 'ACCEPTED',
    code: e.refusal?.code ?? null,
    sentence: e.refusal && refusalText(e.refusal),
  };
}
