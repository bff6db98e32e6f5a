import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Alert } from '../domain/alert';

interface Row {
  readonly fingerprint: string;
  readonly scope: string;
  readonly decision: 'WARN' | 'BLOCKED';
  readonly source: string;
  readonly reason: string;
  readonly observed_at: string;
  readonly expires_at: string;
}

/** Alerts that fire, each until it is resolved or has ended. */
@Injectable()
export class AlertStore {
  /** Keeps what fires, forgets what is resolved. Returns the scopes that this is about. */
  async take(tx: Tx, heard: readonly Alert[], resolved: readonly string[]): Promise<string[]> {
    const firing = [...new Map(heard.map((alert) => [alert.fingerprint, alert])).values()];
    const gone = await tx.rows<{ scope: string }>(
      'DELETE FROM alerts WHERE fingerprint = ANY ($1::text[]) RETURNING scope',
      [resolved],
    );
    await tx.run(
      `INSERT INTO alerts (fingerprint, scope, decision, source, reason, observed_at, expires_at)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
       ON CONFLICT (fingerprint) DO UPDATE SET scope = excluded.scope, decision = excluded.decision, source = excluded.source,
         reason = excluded.reason, observed_at = excluded.observed_at, expires_at = excluded.expires_at`,
      [
        firing.map((a) => a.fingerprint),
        firing.map((a) => a.scope),
        firing.map((a) => a.decision),
        firing.map((a) => a.source),
        firing.map((a) => a.reason),
        firing.map((a) => a.observedAt),
        firing.map((a) => a.expiresAt),
      ],
    );
    return [...new Set([...gone, ...firing].map((a) => a.scope))].sort();
  }

  /** What fires on these scopes, by scope. */
  async firing(tx: Tx, scopes: readonly string[], now: number): Promise<ReadonlyMap<string, readonly Alert[]>> {
    const rows = await tx.rows<Row>(
      'SELECT * FROM alerts WHERE scope = ANY ($1::text[]) AND expires_at > $2 ORDER BY fingerprint',
      [scopes, now],
    );
    const byScope = new Map<string, Alert[]>();
    for (const row of rows) byScope.set(row.scope, [...(byScope.get(row.scope) ?? []), toAlert(row)]);
    return byScope;
  }

  async trim(tx: Tx, now: number): Promise<void> {
    await tx.run('DELETE FROM alerts WHERE expires_at <= $1', [now]);
  }
}

function toAlert({ observed_at, expires_at, ...row }: Row): Alert {
  return { ...row, observedAt: Number(observed_at), expiresAt: Number(expires_at) };
}
