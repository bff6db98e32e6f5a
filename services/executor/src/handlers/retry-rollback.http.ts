import {
  CLOCK,
  type Clock,
  OperatorLog,
  Outlet,
  Problem,
  ProblemFilter,
  Reference,
  Timers,
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
    private readonly log: OperatorLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post(':contractId/retry')
  @HttpCode(202)
  retry(
    @Headers('authorization') authorization: string | undefined,
    @Param('contractId') contractId: string,
    @Body() body: unknown,
  ): Promise<{ contract_id: string; job_id: string; attempt: number }> {
    const read = asked.safeParse(body);
    const what = { action: 'RETRY_ROLLBACK', subject: contractId, reason: read.data?.reason ?? null };
    return this.log.call(authorization, what, (operator) => {
      if (!read.success)
        throw new Problem(400, 'REASON_MISSING', 'A reason is wanted, in up to 1000 characters.', 'reason');
      if (!uuid.safeParse(contractId).success) throw new Problem(404, 'NO_ROLLBACK', 'There is no such contract.');
      return this.again(operator, contractId, read.data.reason);
    });
  }

  private again(
    operator: string,
    contractId: string,
    why: string,
  ): Promise<{ contract_id: string; job_id: string; attempt: number }> {
    const now = this.clock.now();
    return this.outlet.act(async (tx) => {
      const jobId = await this.jobs.idOf(tx, contractId, 'ROLLBACK');
      // The timer's lock before the job's, as when a timer fires.
      if (jobId) await this.timers.set(tx, 'job', [{ aggregateId: jobId, dueAt: now }]);
      const ledger = new JobLedger(await this.jobs.lock(tx, 'contract_id', [contractId]), 'OPERATOR', operator);
      const job = ledger.find(contractId, 'ROLLBACK');
      const refusal = whyNoRetry(job);
      if (refusal || !job) throw new Problem(job ? 409 : 404, refusal?.code ?? 'NO_ROLLBACK', refusal?.detail ?? '');
      const reason = `${operator}: ${why}`;
      const started = ledger.record(
        job.jobId,
        { type: 'started', attempt: job.attempt + 1, snapshots: [], reason },
        now,
      );
      await this.jobs.save(tx, ledger.changes());
      const { version: registryVersion } = await this.registries.lock(tx, []);
      const { healthVersion } = await this.reference.health(now, tx);
      const outgoing = ledger.changes().map((c) => toJobChanged(c, { registryVersion, healthVersion }, now));
      const told = await this.log.record(tx, {
        ...{ action: 'RETRY_ROLLBACK', operator, subject: contractId, reason: why },
        ...{ outcome: `attempt ${started.attempt} has begun`, issueId: job.issueId, contractId },
      });
      return {
        result: { contract_id: contractId, job_id: job.jobId, attempt: started.attempt },
        outgoing: [...outgoing, told],
      };
    });
  }
}
