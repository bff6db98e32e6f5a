import { Timers, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CONTRACT_CONFIG, type ContractConfig, periodsOf } from '../config';
import { reviewDueAt } from '../domain/review-schedule';
import type { ContractBook } from './contract-book';

export const REVIEW_TIMER = 'review';
export const ACTIVATION_TIMER = 'activation';
export const STUCK_TIMER = 'stuck';

/** Keeps the timers of contracts in step with their states; each kind one statement. A timer that has lost its purpose finds nothing to do. */
@Injectable()
export class ContractTimers {
  constructor(
    private readonly timers: Timers,
    @Inject(CONTRACT_CONFIG) private readonly config: ContractConfig,
  ) {}

  async follow(tx: Tx, book: ContractBook): Promise<void> {
    const periods = periodsOf(this.config);
    const contracts = book.changed().map((s) => s.contract);
    const review = contracts.flatMap((contract) => {
      const dueAt = reviewDueAt(contract, periods);
      return dueAt === null ? [] : [{ aggregateId: contract.terms.contractId, dueAt }];
    });
    await this.timers.set(tx, REVIEW_TIMER, review);
    const moved = [...book.moved.values()];
    await this.timers.set(
      tx,
      ACTIVATION_TIMER,
      moved.flatMap((c) =>
        c.status === 'APPROVED' ? [{ aggregateId: c.terms.contractId, dueAt: c.approval.windowStart }] : [],
      ),
    );
    await this.timers.set(
      tx,
      STUCK_TIMER,
      moved.flatMap((c) =>
        c.status === 'ACTIVE' ? [{ aggregateId: c.terms.contractId, dueAt: c.approval.windowEnd }] : [],
      ),
    );
  }

  /** Contracts that still wait are tried again. */
  async tryAgain(tx: Tx, contractIds: readonly string[], now: number): Promise<void> {
    const dueAt = now + this.config.ACTIVATION_POLL;
    await this.timers.set(
      tx,
      ACTIVATION_TIMER,
      contractIds.map((aggregateId) => ({ aggregateId, dueAt })),
    );
  }

  /** When a job has ended, its evaluation and audit are due some time later. */
  async expectAudits(
    tx: Tx,
    ended: readonly { readonly contractId: string; readonly endedAt: number }[],
  ): Promise<void> {
    const due = ended.map((e) => ({ aggregateId: e.contractId, dueAt: e.endedAt + this.config.STUCK_AFTER }));
    await this.timers.set(tx, STUCK_TIMER, due);
  }
}
