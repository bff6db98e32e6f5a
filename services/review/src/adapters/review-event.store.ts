import { decodeLink, decodeMandate, linkDigest, type RefusalCode } from '@mandate/contracts';
import { Database, type Outgoing, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Refusal } from '../domain/refusal';
import { storable } from './storable';

/** A row of the record of review actions (REVIEW-004). Digests are 32 bytes, times epoch milliseconds. */
export interface ReviewEvent {
  readonly eventId: string;
  readonly contractId: string;
  readonly action: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly at: number;
  readonly reason: string | null;
  readonly modifications: object | null;
  readonly sessionId: string;
  readonly dossierSeen: Buffer | null;
  readonly versionSeen: number | null;
  readonly requestId: string;
  readonly idempotencyKey: string;
  /** SHA-256 over what was asked; the same key with another request is an error of the caller. */
  readonly requestDigest: Buffer;
  /** Null if accepted. */
  readonly refusal: Refusal | null;
}

/** What the contract service made of a decision. */
export type Outcome =
  | { readonly kind: 'APPLIED'; readonly status: string; readonly version: number }
  | { readonly kind: 'REFUSED'; readonly code: RefusalCode; readonly status: string; readonly version: number };

interface EventRow {
  readonly event_id: string;
  readonly action: string;
  readonly actor: string;
  readonly on_behalf_of: string | null;
  readonly at: string;
  readonly reason: string | null;
  readonly modifications: object | null;
  readonly session_id: string;
  readonly dossier_seen: Buffer | null;
  readonly version_seen: string | null;
  readonly request_id: string;
  readonly idempotency_key: string;
  readonly request_digest: Buffer;
  readonly contract_id: string;
  readonly code: RefusalCode | null;
  readonly about: string | null;
}

/** The append-only record of what founders did, and of what review said on it. */
@Injectable()
export class ReviewEventStore {
  constructor(private readonly database: Database) {}

  /** Lets one request of an actor and idempotency key in at a time, and finds what an earlier one led to. */
  async earlier(tx: Tx, actor: string, idempotencyKey: string): Promise<ReviewEvent | null> {
    await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 11))', [JSON.stringify([actor, idempotencyKey])]);
    const [row] = await tx.rows<EventRow>('SELECT * FROM review_events WHERE actor = $1 AND idempotency_key = $2', [
      actor,
      idempotencyKey,
    ]);
    return row ? toEvent(row) : null;
  }

  /** REVIEW-004: in the same transaction as what the action leads to. */
  async append(tx: Tx, e: ReviewEvent): Promise<void> {
    await tx.run(
      `INSERT INTO review_events (event_id, contract_id, action, actor, on_behalf_of, at, reason, modifications, session_id, dossier_seen,
         version_seen, request_id, idempotency_key, request_digest, outcome, code, about)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        e.eventId,
        e.contractId,
        e.action,
        e.actor,
        e.onBehalfOf,
        e.at,
        storable(e.reason),
        e.modifications === null ? null : JSON.stringify(e.modifications),
        e.sessionId,
        e.dossierSeen,
        e.versionSeen,
        e.requestId,
        e.idempotencyKey,
        e.requestDigest,
        e.refusal ? 'REFUSED' : 'ACCEPTED',
        e.refusal?.code ?? null,
        e.refusal?.about ?? null,
      ],
    );
  }

  /** The next number of review's own messages about a contract, whose row must be locked. */
  async nextVersion(tx: Tx, contractId: string): Promise<number> {
    const [row] = await tx.rows<{ next: string }>(
      'SELECT coalesce(max(version), 0) + 1 AS next FROM decisions WHERE contract_id = $1',
      [contractId],
    );
    return Number(row?.next);
  }

  /** Keeps the link of what review says on an event: by its digest the answer is found. */
  async appendDecision(tx: Tx, { eventId, contractId }: ReviewEvent, outgoing: Outgoing): Promise<void> {
    const mandate = decodeMandate(outgoing.mandate);
    const link = mandate && decodeLink(mandate.own.link);
    const cited = mandate?.cause && decodeLink(mandate.cause.link);
    if (!mandate || !link || !cited) throw new TypeError('a decision cites what the founder saw');
    await tx.run(
      'INSERT INTO decisions (decision_id, contract_id, version, digest, says, cited, cited_says) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [eventId, contractId, link.version, linkDigest(mandate.own.link), link.says, link.causeDigest, cited.says],
    );
  }

  /**
   * What the contract service has said on a decision so far: the first change that cites it. Applied if the state moved;
   * a refused decision is recorded without moving it.
   */
  async outcomeOf(decisionId: string): Promise<Outcome | null> {
    const [row] = await this.database.rows<{
      from_status: string | null;
      to_status: string;
      code: RefusalCode | null;
      version: string;
    }>(
      `SELECT from_status, to_status, code, version FROM contract_changes
       WHERE decision = (SELECT digest FROM decisions WHERE decision_id = $1) ORDER BY version LIMIT 1`,
      [decisionId],
    );
    if (!row) return null;
    const after = { status: row.to_status, version: Number(row.version) };
    if (row.from_status !== row.to_status) return { kind: 'APPLIED', ...after };
    return { kind: 'REFUSED', code: row.code ?? 'TOO_LATE', ...after };
  }

  async of(contractId: string): Promise<ReviewEvent[]> {
    const rows = await this.database.rows<EventRow>(
      'SELECT * FROM review_events WHERE contract_id = $1 ORDER BY at, event_id',
      [contractId],
    );
    return rows.map(toEvent);
  }
}

function toEvent(r: EventRow): ReviewEvent {
  return {
    eventId: r.event_id,
    contractId: r.contract_id,
    action: r.action,
    actor: r.actor,
    onBehalfOf: r.on_behalf_of,
    at: Number(r.at),
    reason: r.reason,
    modifications: r.modifications,
    sessionId: r.session_id,
    dossierSeen: r.dossier_seen,
    versionSeen: r.version_seen === null ? null : Number(r.version_seen),
    requestId: r.request_id,
    idempotencyKey: r.idempotency_key,
    requestDigest: r.request_digest,
    refusal: r.code === null ? null : { code: r.code, ...(r.about === null ? {} : { about: r.about }) },
  };
}
