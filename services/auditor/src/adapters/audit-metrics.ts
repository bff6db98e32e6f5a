import { ageSeconds, CLOCK, type Clock, Database, Metrics } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';

const STATES = ['running', 'retrying', 'inconclusive'] as const;

/** Audits that have no verdict yet: under way, put off for their one retry, or waiting for a founder (AM-14). */
@Injectable()
export class AuditMetrics {
  constructor(metrics: Metrics, database: Database, @Inject(CLOCK) clock: Clock) {
    const open = metrics.gauge('mandate_audits_open', 'Audits without a verdict, by state', ['state']);
    const oldest = metrics.gauge('mandate_audit_oldest_age_seconds', 'Age of the oldest of them', ['state']);
    metrics.onRead(async () => {
      const now = clock.now();
      const rows = await database.rows<{ state: string; n: string; since: string }>(
        `SELECT CASE WHEN resolve_by IS NOT NULL THEN 'inconclusive' WHEN attempts > 0 THEN 'retrying' ELSE 'running' END AS state,
           count(*) AS n, min(received_at) AS since FROM cases WHERE NOT is_closed GROUP BY 1`,
      );
      for (const state of STATES) {
        const row = rows.find((r) => r.state === state);
        open.set({ state }, Number(row?.n ?? 0));
        oldest.set({ state }, ageSeconds(row?.since, now));
      }
    });
  }
}
