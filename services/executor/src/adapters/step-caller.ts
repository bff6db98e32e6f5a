import { backOffMs, CLOCK, type Clock, describeError, LOGGER, Outlet, Timers } from '@mandate/service-kit';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type ExecutorConfig } from '../config';
import type { Outcome } from './driver';
import { JOB_TIMER, JobDesk } from './job-desk';
import { callOutside } from './outside-call';
import { type StepCall, settle } from './step-runner';

/**
 * Sends running steps to systems outside, with no transaction open and no lock held, and records what came of them. What a
 * crash loses stands in the database as a RUNNING step with a timer: it is looked for by whoever comes next.
 */
@Injectable()
export class StepCaller implements BeforeApplicationShutdown {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly desk: JobDesk,
    private readonly outlet: Outlet,
    private readonly timers: Timers,
    @Inject(CONFIG) private readonly config: Pick<ExecutorConfig, 'OUTSIDE_TRIES' | 'OUTSIDE_CALLS_MAX'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** How many more steps may be sent now. */
  get room(): number {
    return this.config.OUTSIDE_CALLS_MAX - this.underWay.size;
  }

  /** Sends a step in the background; nothing if this process is about that job already. */
  start(call: StepCall): void {
    if (this.underWay.has(call.jobId)) return;
    const sent = this.send(call).finally(() => this.underWay.delete(call.jobId));
    this.underWay.set(call.jobId, sent);
  }

  /** What is under way ends within its own time-out. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay.values());
  }

  private async send(call: StepCall): Promise<void> {
    const { jobId, contractId, stepIndex, stepTimeoutMs } = call;
    try {
      const limits = { triesMax: this.config.OUTSIDE_TRIES, stepTimeoutMs, waitMs: (n: number) => backOffMs(n) };
      await this.record(call, await callOutside(call.driver, call, limits));
    } catch (error) {
      // The step stays RUNNING; its timer has it looked for.
      const what = `step ${stepIndex} of job ${jobId} is left running: ${describeError(error)}`;
      this.logger.warn({ err: error, contract_id: contractId }, what);
    }
  }

  private async record({ jobId, stepIndex, healthSeen }: StepCall, outcome: Outcome): Promise<void> {
    await this.outlet.act(async (tx) => {
      const now = this.clock.now();
      // The timer's lock before the job's, as when a timer fires.
      await this.timers.set(tx, JOB_TIMER, [{ aggregateId: jobId, dueAt: now }]);
      const outgoing = await this.desk.move(tx, [jobId], 'DRIVER', now, async (job, bench) => {
        const step = job.steps.find((s) => s.index === stepIndex);
        if (step?.state !== 'RUNNING') return now; // another replica has recorded it; the timer sees what is next
        return settle(jobId, stepIndex, outcome, { healthSeen, startedAt: step.startedAt ?? now }, bench);
      });
      return { result: undefined, outgoing };
    });
  }
}
