import { OnTimer, type Outgoing, type TimerBatch, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { ContractDesk } from '../adapters/contract-desk';
import { REVIEW_TIMER } from '../adapters/contract-timers';
import { FactsStore } from '../adapters/facts.store';
import { decide } from '../domain/decide';

/** Warns, escalates, ends pauses and expires, as time goes by (REVIEW-006). */
@Controller()
export class OnDueReview {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly desk: ContractDesk,
  ) {}

  @OnTimer(REVIEW_TIMER)
  async fire({ messages, now }: TimerBatch, tx: Tx): Promise<readonly Outgoing[]> {
    const facts = await this.facts.read(tx, now);
    const stored = await this.contracts.lock(
      tx,
      messages.map((m) => m.aggregateId),
    );
    const book = this.desk.open(stored, facts, now);
    for (const { contract, papers } of stored) {
      book.record(contract.terms.contractId, decide({ type: 'review-due' }, contract, facts, now), papers.last);
    }
    return this.desk.close(tx, book);
  }
}
