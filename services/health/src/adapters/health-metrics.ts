import { ageSeconds, CLOCK, type Clock, Database, Metrics } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { HealthState } from '../domain/scope-state';

const STATES: readonly HealthState[] = ['HEALTHY', 'DEGRADED', 'UNHEALTHY', 'UNKNOWN'];

/** States of all scopes (as many as the catalogue has), whether SYSTEM is still said, signals and evaluations. */
@Injectable()
export class HealthMetrics {
  constructor(metrics: Metrics, database: Database, @Inject(CLOCK) clock: Clock) {
    const states = metrics.gauge('mandate_health_state', '1 for the state that a scope is in', ['scope', 'state']);
    const saidAge = metrics.gauge('mandate_health_said_age_seconds', 'Since SYSTEM was last said');
    const signals = metrics.gauge('mandate_signals', 'Governance signals in force', ['kind']);
    const evaluations = metrics.gauge('mandate_evaluations_open', 'Jobs that ended and are not evaluated yet');
    const overdue = metrics.gauge('mandate_evaluation_oldest_overdue_seconds', 'How long the oldest is overdue');
    metrics.onRead(async () => {
      const now = clock.now();
      const [scopes, inForce, [open]] = await Promise.all([
        database.rows<{ scope: string; state: HealthState; said_at: string | null }>(
          'SELECT scope, state, said_at FROM health_scopes',
        ),
        database.rows<{ kind: string; n: string }>(
          `SELECT kind, count(*) AS n FROM signals WHERE expires_at > $1
           AND signal_id NOT IN (SELECT signal_id FROM signal_lifts) GROUP BY 1`,
          [now],
        ),
        database.rows<{ n: string; due_at: string | null }>(
          'SELECT count(*) AS n, min(due_at) AS due_at FROM evaluations WHERE evaluated_at IS NULL',
        ),
      ]);
      states.reset();
      for (const { scope, state } of scopes)
        for (const one of STATES) states.set({ scope, state: one }, one === state ? 1 : 0);
      saidAge.set(ageSeconds(scopes.find((s) => s.scope === 'SYSTEM')?.said_at, now));
      for (const kind of ['freeze', 'maintenance'])
        signals.set({ kind }, Number(inForce.find((s) => s.kind === kind)?.n ?? 0));
      evaluations.set(Number(open?.n ?? 0));
      overdue.set(ageSeconds(open?.due_at, now));
    });
  }
}
