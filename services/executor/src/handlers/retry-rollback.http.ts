import {
  CLOCK,
  type Clock,
  Operators,
  Outlet,
  Problem,
  ProblemFilter,
  Reference,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Body, Controller, Headers, HttpCode, Inject, Param, Post, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { JobStore } from '../adapters/job.store';
import { toJobChanged } from '../adapters/job-changed.wire';
import { JobLedger } from '../adapters/job-ledger';
import { RegistryStore } from '../adapters/registry.store';
import { whyNoRetry } from '../domain/rollback-job';

const asked = z.object({ reason: z.string().trim().min(1).max(1_000) });
const uuid = z.uuid();

/** An operator has a rollback that failed run once more; recorded with name and reason (AM-18, spec 1-workflow §8). */
@Controller('api/v1/rollbacks')
@UseFilters(ProblemFilter)
export class RetryRollback {
  constructor(
    private readonly jobs: JobStore,
    private readonly registries: RegistryStore,
    private readonly reference: Reference,
    private readonly timers: Timers,
    private readonly outlet: Outlet,
    private readonly operators: Operators,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post(':contractId/retry')
  @HttpCode(202)
  async retry(
    @Headers('authorization') authorization: string | undefined,
    @Param('contractId') contractId: string,
    @Body() body: unknown,
  ): Promise<{ contract_id: string; job_id: string; attempt: number }> {
    const operator = this.operators.authenticate(authorization);
    const read = asked.safeParse(body);
    if (!read.success)
      throw new Problem(400, 'REASON_MISSING', 'A reason is wanted, in up to 1000 characters.', 'reason');
    if (!uuid.safeParse(contractId).success) throw new Problem(404, 'NO_ROLLBACK', 'There is no such contract.');
    const now = this.clock.now();
    return this.outlet.act(async (tx) => {
      const jobId = await this.jobs.idOf(tx, contractId, 'ROLLBACK');
      // The timer's lock before the job's, as when a timer fires.
      if (jobId) await this.timers.set(tx, 'job', [{ aggregateId: jobId, dueAt: now }]);
      const ledger = new JobLedger(await this.jobs.lock(tx, 'contract_id', [contractId]), 'OPERATOR', operator);
      const job = ledger.find(contractId, 'ROLLBACK');
      const refusal = whyNoRetry(job);
      if (refusal || !job) throw new Problem(job ? 409 : 404, refusal?.code ?? 'NO_ROLLBACK', refusal?.detail ?? '');
      const reason = `${operator}: ${read.data.reason}`;
      const started = ledger.record(
        job.jobId,
        { type: 'started', attempt: job.attempt + 1, snapshots: [], reason },
        now,
      );
      await this.jobs.save(tx, ledger.changes());
      await this.noteDown(tx, operator, contractId, read.data.reason, now);
      const { version: registryVersion } = await this.registries.lock(tx, []);
      const { healthVersion } = await this.reference.health(now, tx);
      const outgoing = ledger.changes().map((c) => toJobChanged(c, { registryVersion, healthVersion }, now));
      return { result: { contract_id: contractId, job_id: job.jobId, attempt: started.attempt }, outgoing };
    });
  }

  private async noteDown(tx: Tx, operator: string, contractId: string, reason: string, now: number): Promise<void> {
    await tx.run('INSERT INTO operator_actions (actor, action, subject, reason, at) VALUES ($1, $2, $3, $4, $5)', [
      operator,
      'retry-rollback',
      contractId,
      reason,
      now,
    ]);
  }
}
