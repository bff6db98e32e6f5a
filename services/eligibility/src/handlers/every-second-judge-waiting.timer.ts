import type { RuleParameters } from '@mandate/judgement';
import {
  CLOCK,
  type Clock,
  Database,
  OnTimer,
  type Outgoing,
  Reference,
  type TimerBatch,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Controller, Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { WaitingStore } from '../adapters/waiting.store';
import { CONFIG, type Config, RULES } from '../config';
import { turnOf } from '../domain/waiting';
import { Gate } from './gate';

const KIND = 'judge-waiting';
const BATCH_MAX = 500;

@Controller()
export class EverySecondJudgeWaiting implements OnApplicationBootstrap {
  constructor(
    private readonly reference: Reference,
    private readonly waiting: WaitingStore,
    private readonly gate: Gate,
    private readonly timers: Timers,
    private readonly database: Database,
    @Inject(RULES) private readonly rules: RuleParameters,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.database.transaction((tx) => this.again(tx, this.clock.now()));
  }

  /**
   * Judges what waits, in the order in which it came (AM-06). There is one timer for the whole queue and its row is
   * taken for as long as it fires, so that one process at a time works on the queue.
   */
  @OnTimer(KIND)
  async fire({ now }: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    if (!(await this.waiting.isAnyWaiting(tx))) {
      await this.again(tx, now + this.config.WAITING_POLL);
      return [];
    }
    const health = await this.reference.health(now, tx);
    const proposals = await this.waiting.take(tx, turnOf(health.stateOf('SYSTEM'), now, this.rules), BATCH_MAX);
    await this.again(tx, proposals.length < BATCH_MAX ? now + this.config.WAITING_POLL : now);
    return this.gate.judge(tx, proposals, health, now);
  }

  private again(tx: Tx, dueAt: number): Promise<void> {
    return this.timers.set(tx, KIND, [{ aggregateId: 'queue', dueAt }]);
  }
}
