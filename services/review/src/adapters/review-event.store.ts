import { decodeLink, decodeMandate, linkDigest, type RefusalCode } from '@mandate/contracts';
import { Database, type Outgoing, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Refusal } from '../domain/refusal';
import { storable } from './storable';

/** A row of the record of review actions (REVIEW-004). Digests are 32 bytes, times epoch milliseconds. */
export interface ReviewEvent {
  readonly eventId: string;
  /** `contract/<id>`, `audit/<id>`, `incident/<id>` or `issue/<id>`. */
  readonly subject: string;
  readonly contractId: string | null;
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

/** A review event with the message that it became. */
export interface Said {
  readonly event: ReviewEvent;
  readonly outgoing: Outgoing;
}

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
  readonly subject: string;
  readonly contract_id: string | null;
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

  /** REVIEW-004: in the same transaction as what the actions lead to. */
  async append(tx: Tx, events: readonly ReviewEvent[]): Promise<void> {
    const column = <T>(of: (event: ReviewEvent) => T): T[] => events.map(of);
    await tx.run(
      `INSERT INTO review_events (event_id, subject, contract_id, action, actor, on_behalf_of, at, reason, modifications, session_id,
         dossier_seen, version_seen, request_id, idempotency_key, request_digest, outcome, code, about)
       SELECT e, su, c, ac, ar, ob, at, re, mo::jsonb, se, ds, vs, rq, ik, rd, oc, co, ab FROM unnest($1::uuid[], $2::text[], $3::uuid[],
         $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::bigint[], $13::text[],
         $14::text[], $15::bytea[], $16::text[], $17::text[], $18::text[])
         AS t (e, su, c, ac, ar, ob, at, re, mo, se, ds, vs, rq, ik, rd, oc, co, ab)`,
      [
        column((e) => e.eventId),
        column((e) => e.subject),
        column((e) => e.contractId),
        column((e) => e.action),
        column((e) => storable(e.actor)),
        column((e) => e.onBehalfOf),
        column((e) => e.at),
        column((e) => storable(e.reason)),
        column((e) =>
          e.modifications === null ? null : JSON.stringify(e.modifications).replaceAll('\\u0000', '\\u2400'),
        ),
        column((e) => e.sessionId),
        column((e) => e.dossierSeen),
        column((e) => e.versionSeen),
        column((e) => e.requestId),
        column((e) => e.idempotencyKey),
        column((e) => e.requestDigest),
        column((e) => (e.refusal ? 'REFUSED' : 'ACCEPTED')),
        column((e) => e.refusal?.code ?? null),
        column((e) => storable(e.refusal?.about ?? null)),
      ],
    );
  }

  /** The last number of review's own messages about each contract; their rows must be locked. */
  async lastVersions(tx: Tx, contractIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.rows<{ contract_id: string; last: string }>(
      'SELECT contract_id, max(version) AS last FROM decisions WHERE contract_id = ANY ($1::uuid[]) GROUP BY contract_id',
      [contractIds],
    );
    return new Map(rows.map((r) => [r.contract_id, Number(r.last)]));
  }

  /** Keeps the links of what review says on events: by their digests the answers are found. */
  async appendDecisions(tx: Tx, said: readonly Said[]): Promise<void> {
    const links = said.map(({ outgoing }) => linksOf(outgoing));
    await tx.run(
      `INSERT INTO decisions (decision_id, contract_id, version, digest, says, cited, cited_message, cited_says)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bytea[], $5::text[], $6::bytea[], $7::text[], $8::text[])`,
      [
        said.map(({ event }) => event.eventId),
        said.map(({ event }) => event.contractId),
        links.map(({ link }) => link.version),
        links.map(({ digest }) => digest),
        links.map(({ link }) => link.says),
        links.map(({ link }) => link.causeDigest),
        links.map(({ cited }) => cited.type),
        links.map(({ cited }) => cited.says),
      ],
    );
  }

  async of(contractId: string): Promise<ReviewEvent[]> {
    const rows = await this.database.rows<EventRow>(
      'SELECT * FROM review_events WHERE contract_id = $1 ORDER BY at, event_id',
      [contractId],
    );
    return rows.map(toEvent);
  }
}

function linksOf({ mandate: bytes }: Outgoing) {
  const mandate = decodeMandate(bytes);
  const link = mandate && decodeLink(mandate.own.link);
  const cited = mandate?.cause && decodeLink(mandate.cause.link);
  if (!mandate || !link || !cited) throw new TypeError('a decision cites what it was made on');
  return { link, cited, digest: linkDigest(mandate.own.link) };
}

function toEvent(r: EventRow): ReviewEvent {
  return {
    eventId: r.event_id,
    subject: r.subject,
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
