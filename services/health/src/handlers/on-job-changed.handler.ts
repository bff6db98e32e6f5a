import type { Says } from '@mandate/contracts';
import { Hop, type HopBatch, type Outgoing, Timers, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { EVALUATION_TIMER, EvaluationStore, type NewEvaluation } from '../adapters/evaluation.store';
import { HealthStore } from '../adapters/health.store';
import { CONFIG, type HealthConfig } from '../config';
import { courseOf } from '../domain/evaluation-course';

const ENDS: readonly Says[] = ['JOB_DONE', 'JOB_FAILED', 'ROLLBACK_DONE', 'ROLLBACK_FAILED'];

/**
 * A job's end, either way, opens its evaluation, on which its audit follows (JOB-005): health from just before it started
 * is kept, and a window is watched.
 */
@Controller()
export class OnJobChanged {
  constructor(
    private readonly evaluations: EvaluationStore,
    private readonly health: HealthStore,
    private readonly timers: Timers,
    @Inject(CONFIG) private readonly config: HealthConfig,
  ) {}

  @Hop('JobChanged')
  async handle(batch: HopBatch<'JobChanged'>, tx: Tx): Promise<Outgoing[]> {
    const ends = batch.messages.filter((m) => ENDS.includes(m.link.says)).map((m) => this.ended(m, batch.now));
    if (ends.length === 0) return [];
    const snapshots = await this.health.snapshots(
      tx,
      ends.map((e) => e.startedAt),
    );
    await this.timers.set(tx, EVALUATION_TIMER, await this.evaluations.open(tx, ends, snapshots, batch.now));
    return [];
  }

  private ended(message: NewEvaluation['message'], now: number): NewEvaluation {
    const { value, link } = message;
    const firstStepAt = Math.min(...value.steps.flatMap((s) => s.started_at ?? []));
    const end = {
      startedAt: Number.isFinite(firstStepAt) ? firstStepAt : value.started_at,
      createdAt: value.created_at,
      endedAt: value.ended_at ?? now,
      hasFailed: link.says === 'JOB_FAILED' || link.says === 'ROLLBACK_FAILED',
    };
    return { message, ...courseOf(end, this.config.OBSERVATION_WINDOW) };
  }
}
