import { LOGGER, OnTimer, type Outgoing, type TimerBatch, type Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import { ContractMetrics } from '../adapters/contract-metrics';
import { STUCK_TIMER } from '../adapters/contract-timers';

/** Alerts on ACTIVE contracts that nobody moves on. Changes no state: a dead service decides nothing. */
@Controller()
export class OnDueStuck {
  constructor(
    private readonly metrics: ContractMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @OnTimer(STUCK_TIMER)
  async fire({ messages }: TimerBatch, tx: Tx): Promise<readonly Outgoing[]> {
    const rows = await tx.rows<{
      contract_id: string;
      issue_id: string;
      job_state: string | null;
      audit_verdict: string | null;
    }>(
      `SELECT c.contract_id, c.issue_id, j.state AS job_state, c.audit_verdict FROM contracts c
       LEFT JOIN jobs j ON j.contract_id = c.contract_id AND j.kind = 'CHANGE'
       WHERE c.contract_id = ANY ($1::uuid[]) AND c.status = 'ACTIVE'`,
      [messages.map((m) => m.aggregateId)],
    );
    for (const { contract_id, issue_id, job_state: state, audit_verdict: verdict } of rows) {
      if (verdict !== null) continue; // INCONCLUSIVE: the founder is asked, the auditor keeps the time
      const waitsFor = state === null ? 'job' : ['COMPLETED', 'FAILED'].includes(state) ? 'audit' : 'job end';
      this.metrics.stuck.inc({ waits_for: waitsFor });
      this.logger.error(
        { issue_id, contract_id, waitsFor },
        `contract ${contract_id} is STUCK: it waits for its ${waitsFor}`,
      );
    }
    return [];
  }
}
