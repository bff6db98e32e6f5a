import { Database, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { GovernanceSignal } from '../domain/scope-state';

/** A signal with how it ended, if it was lifted. */
export interface SignalRow extends GovernanceSignal {
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
  readonly liftReason: string | null;
}

interface Row {
  readonly signal_id: string;
  readonly scope: string;
  readonly kind: 'freeze' | 'maintenance';
  readonly reason: string;
  readonly author: string;
  readonly raised_at: string;
  readonly expires_at: string;
  readonly lifted_at: string | null;
  readonly lifted_by: string | null;
  readonly lift_reason: string | null;
}

const SELECT = `SELECT s.signal_id, s.scope, s.kind, s.reason, s.author, s.raised_at, s.expires_at,
  l.lifted_at, l.author AS lifted_by, l.reason AS lift_reason FROM signals s LEFT JOIN signal_lifts l USING (signal_id)`;

/** Governance signals: raised and lifted, never edited. */
@Injectable()
export class SignalStore {
  constructor(private readonly database: Database) {}

  async raise(tx: Tx, s: GovernanceSignal): Promise<void> {
    await tx.run(
      `INSERT INTO signals (signal_id, scope, kind, reason, author, raised_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [s.signalId, s.scope, s.kind, s.reason, s.author, s.raisedAt, s.expiresAt],
    );
  }

  /** Lifts a signal. False if it was lifted before; the first lift stands. */
  async lift(tx: Tx, signalId: string, author: string, reason: string | null, now: number): Promise<boolean> {
    const rows = await tx.rows(
      `INSERT INTO signal_lifts (signal_id, author, reason, lifted_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (signal_id) DO NOTHING RETURNING signal_id`,
      [signalId, author, reason, now],
    );
    return rows.length > 0;
  }

  async find(tx: Tx, signalId: string): Promise<SignalRow | null> {
    const [row] = await tx.rows<Row>(`${SELECT} WHERE s.signal_id = $1`, [signalId]);
    return row ? toSignal(row) : null;
  }

  /** Signals in force, by scope. */
  async active(
    tx: Tx,
    scopes: readonly string[],
    now: number,
  ): Promise<ReadonlyMap<string, readonly GovernanceSignal[]>> {
    const rows = await tx.rows<Row>(
      `${SELECT} WHERE s.scope = ANY ($1::text[]) AND s.expires_at > $2 AND l.signal_id IS NULL ORDER BY s.signal_id`,
      [scopes, now],
    );
    const byScope = new Map<string, GovernanceSignal[]>();
    for (const row of rows) byScope.set(row.scope, [...(byScope.get(row.scope) ?? []), toSignal(row)]);
    return byScope;
  }

  /** Signals raised on these scopes after an instant, lifted ones too: they did appear (INV-5). */
  async raisedAfter(tx: Tx, scopes: readonly string[], after: number): Promise<SignalRow[]> {
    const rows = await tx.rows<Row>(`${SELECT} WHERE s.scope = ANY ($1::text[]) AND s.raised_at > $2`, [scopes, after]);
    return rows.map(toSignal);
  }

  /** Newest first. */
  async list(limit: number): Promise<SignalRow[]> {
    return (await this.database.rows<Row>(`${SELECT} ORDER BY s.raised_at DESC, s.signal_id LIMIT $1`, [limit])).map(
      toSignal,
    );
  }
}

function toSignal(row: Row): SignalRow {
  return {
    signalId: row.signal_id,
    scope: row.scope,
    kind: row.kind,
    reason: row.reason,
    author: row.author,
    raisedAt: Number(row.raised_at),
    expiresAt: Number(row.expires_at),
    liftedAt: row.lifted_at === null ? null : Number(row.lifted_at),
    liftedBy: row.lifted_by,
    liftReason: row.lift_reason,
  };
}
