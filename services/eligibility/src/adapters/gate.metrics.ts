import { isWaiting } from '@mandate/judgement';
import { CLOCK, type Clock, Database, HopServer, Metrics, Reference } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';

/** What keeps the gate from judging, looked up whenever the metrics are read. */
@Injectable()
export class GateMetrics {
  constructor(
    metrics: Metrics,
    server: HopServer,
    private readonly database: Database,
    private readonly reference: Reference,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const gauge = (name: string, help: string, read: () => Promise<number>): void => {
      const made = metrics.gauge(name, help);
      metrics.onRead(async () => made.set(await read()));
    };
    gauge(
      'mandate_gate_caught_up',
      '1 once registry, health and contracts have caught up; before that nothing is judged',
      () => Promise.resolve(server.readiness().isReady ? 1 : 0),
    );
    gauge('mandate_gate_holding', '1 while SYSTEM is not HEALTHY, so that proposals wait (E-104)', async () => {
      const health = await this.reference.health(this.clock.now());
      return isWaiting(health.stateOf('SYSTEM')) ? 1 : 0;
    });
    gauge('mandate_gate_waiting_proposals', 'Proposals that wait for a HEALTHY system', () => this.count('count(*)'));
    gauge('mandate_gate_waiting_oldest_age_ms', 'How long the oldest of them has waited', () =>
      this.count('greatest(0, $1::bigint - coalesce(min(waiting_since), $1::bigint))'),
    );
  }

  private async count(what: string): Promise<number> {
    const [row] = await this.database.rows<{ n: string }>(
      `SELECT ${what} AS n FROM waiting_proposals WHERE $1::bigint IS NOT NULL`,
      [this.clock.now()],
    );
    return Number(row?.n ?? 0);
  }
}
