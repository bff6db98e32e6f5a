import { OnTimer, type Outgoing, type TimerBatch, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { JOB_TIMER, JobDesk } from '../adapters/job-desk';
import { StepCaller } from '../adapters/step-caller';
import { advance, type StepCall } from '../adapters/step-runner';

/**
 * Moves jobs on: each firing is at most one step of a job (JOB-004). A step of the registry and its outcome are one
 * transaction; one of a system outside is committed as RUNNING here and sent afterwards.
 */
@Controller()
export class OnDueJob {
  constructor(
    private readonly desk: JobDesk,
    private readonly caller: StepCaller,
  ) {}

  @OnTimer(JOB_TIMER)
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const calls: StepCall[] = [];
    const { room } = this.caller;
    const jobIds = batch.messages.map((t) => t.aggregateId);
    const outgoing = await this.desk.move(tx, jobIds, 'TIMER', batch.now, async (job, bench) => {
      const { dueAt, call } = await advance(job, bench, calls.length < room);
      if (call) calls.push(call);
      return dueAt;
    });
    tx.afterCommit(() => {
      for (const call of calls) this.caller.start(call);
    });
    return outgoing;
  }
}
