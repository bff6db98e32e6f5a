import { Database, Metrics } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';

/** What an operator watches of contracts; counts only, no ids as labels. */
@Injectable()
export class ContractMetrics {
  readonly stuck: Counter<'waits_for'>;
  readonly lateVerdicts: Counter<'kind'>;

  constructor(metrics: Metrics, database: Database) {
    const registers = [metrics.registry];
    this.stuck = new Counter({
      name: 'mandate_contracts_stuck_total',
      help: 'ACTIVE contracts found waiting too long, by what for',
      labelNames: ['waits_for'],
      registers,
    });
    this.lateVerdicts = new Counter({
      name: 'mandate_verdicts_late_total',
      help: 'Verdicts that came after the contract or incident had moved on',
      labelNames: ['kind'],
      registers,
    });
    new Gauge({
      name: 'mandate_contracts',
      help: 'Contracts that have not ended, by status',
      labelNames: ['status'],
      registers,
      async collect() {
        const rows = await database.rows<{ status: string; n: string }>(
          `SELECT status, count(*) AS n FROM contracts WHERE status IN ('DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE') GROUP BY 1`,
        );
        this.reset();
        for (const { status, n } of rows) this.set({ status }, Number(n));
      },
    });
  }
}
