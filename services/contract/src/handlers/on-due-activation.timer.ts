import { OnTimer, type Outgoing, type TimerBatch, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { ContractDesk } from '../adapters/contract-desk';
import type { StoredContract } from '../adapters/contract-row';
import { ACTIVATION_TIMER, ContractTimers } from '../adapters/contract-timers';
import { FactsStore } from '../adapters/facts.store';
import { HoldsStore } from '../adapters/holds.store';
import { approvalOf, type Contract } from '../domain/contract';
import { decide } from '../domain/decide';
import type { Facts } from '../domain/facts';

/** Activates approved contracts when they may, oldest approval first, all their capabilities or none (HOLD-001). */
@Controller()
export class OnDueActivation {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly desk: ContractDesk,
    private readonly holds: HoldsStore,
    private readonly timers: ContractTimers,
  ) {}

  @OnTimer(ACTIVATION_TIMER)
  async fire({ messages, now }: TimerBatch, tx: Tx): Promise<readonly Outgoing[]> {
    await this.holds.queueUp(tx);
    const due = messages.map((m) => m.aggregateId);
    const contenders = await this.contracts.lockContenders(tx, due, now);
    if (contenders.length === 0) return [];
    const facts = await this.facts.withHolders(tx, await this.facts.read(tx, now));
    const book = this.desk.open(contenders, facts, now);
    const holders = new Map(facts.holders);
    const active: Contract[] = [];
    for (const { contract, papers } of [...contenders].sort(byApproval)) {
      const { contractId } = contract.terms;
      const events = decide({ type: 'try-activation' }, contract, { ...facts, holders } satisfies Facts, now);
      const isActive = events.some((e) => e.type === 'activated');
      const cause = isActive ? (papers.approve as Buffer) : papers.last; // ACTIVE cites the APPROVE
      book.record(contractId, events, cause);
      if (!isActive) continue;
      active.push(contract);
      for (const c of contract.terms.plan.affected_capabilities) holders.set(c, contractId);
    }
    await this.holds.take(tx, active, now);
    const waiting = contenders.filter((s) => !book.moved.has(s.contract.terms.contractId));
    await this.timers.tryAgain(
      tx,
      waiting.map((s) => s.contract.terms.contractId),
      now,
    );
    return this.desk.close(tx, book);
  }
}

function byApproval(a: StoredContract, b: StoredContract): number {
  const at = (s: StoredContract): number => approvalOf(s.contract)?.approvedAt ?? 0;
  return at(a) - at(b) || (a.contract.terms.contractId < b.contract.terms.contractId ? -1 : 1);
}
