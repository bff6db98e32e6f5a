import { Database } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { refusalText } from '../domain/refusal';
import { instant } from './presentable';
import type { ReviewEvent } from './review-event.store';

interface ChangeRow {
  readonly version: string;
  readonly from_status: string | null;
  readonly to_status: string;
  readonly cause: string;
  readonly actor: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly at: string;
}

/** Recorded changes of a contract, as its messages told them. */
@Injectable()
export class HistoryView {
  constructor(private readonly database: Database) {}

  async changes(contractId: string) {
    const rows = await this.database.rows<ChangeRow>(
      `SELECT version, from_status, to_status, cause, actor, code, reason, at FROM contract_changes WHERE contract_id = $1 ORDER BY version`,
      [contractId],
    );
    return rows.map((r) => ({
      kind: 'contract_change' as const,
      at: instant(Number(r.at)),
      version: Number(r.version),
      from: r.from_status,
      to: r.to_status,
      cause: r.cause,
      actor: r.actor,
      code: r.code,
      reason: r.reason,
    }));
  }
}

/** A review event as the history shows it. */
export function toHistoryItem(e: ReviewEvent) {
  return {
    kind: 'review_event' as const,
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
