import { OnTimer, type Outgoing, type TimerBatch, Timers, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { EVALUATION_TIMER, EvaluationStore, type PendingEvaluation } from '../adapters/evaluation.store';
import { EvaluationFactsReader } from '../adapters/evaluation-facts';
import { HealthStore } from '../adapters/health.store';
import { toJobEvaluated } from '../adapters/job-evaluated.wire';
import { CONFIG, type HealthConfig } from '../config';
import { evaluate } from '../domain/evaluation';
import { decideCourse } from '../domain/evaluation-course';
import { SYSTEM } from '../domain/scope-state';

/** Evaluations whose window has passed. One that is not settled yet is looked at again until it is, within bounds. */
@Controller()
export class OnDueEvaluation {
  constructor(
    private readonly evaluations: EvaluationStore,
    private readonly facts: EvaluationFactsReader,
    private readonly health: HealthStore,
    private readonly timers: Timers,
    @Inject(CONFIG) private readonly config: HealthConfig,
  ) {}

  @OnTimer(EVALUATION_TIMER)
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const outgoing: Outgoing[] = [];
    const pending = await this.evaluations.lockOpen(
      tx,
      batch.messages.map((m) => m.aggregateId),
    );
    for (const one of pending) outgoing.push(...(await this.judge(tx, one, batch.now)));
    return outgoing;
  }

  private async judge(tx: Tx, pending: PendingEvaluation, now: number): Promise<Outgoing[]> {
    const { facts, isSettled } = await this.facts.read(tx, pending, now);
    const decision = decideCourse(pending, false, isSettled, this.config.SETTLE_MAX, now);
    if (decision.kind === 'wait')
      await this.timers.set(tx, EVALUATION_TIMER, [{ aggregateId: pending.evaluationId, dueAt: decision.until }]);
    if (decision.kind !== 'judge') return [];
    // SYSTEM is said with the answer: its version stands for all that was said of health so far.
    const { outgoing, systemVersion } = await this.health.refresh(tx, [SYSTEM], now, true);
    const evaluation = evaluate(facts);
    const version = await this.evaluations.conclude(tx, pending, { ...evaluation, scopes: facts.scopes }, now);
    const registryVersion = Math.max(pending.job.registry_version, ...facts.changes.map((c) => c.registryVersion));
    const context = { version, now, registryVersion, healthVersion: systemVersion };
    return [...outgoing, toJobEvaluated(pending, evaluation, facts.scopes, context)];
  }
}
