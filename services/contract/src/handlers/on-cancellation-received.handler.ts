import { Hop, type HopBatch, type Outgoing, PermanentFault, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { toCancellation } from '../adapters/cancellation-received.wire';
import { ContractStore } from '../adapters/contract.store';
import { ContractDesk } from '../adapters/contract-desk';
import { FactsStore } from '../adapters/facts.store';
import { checkSameContract } from '../adapters/same-contract';
import { decide } from '../domain/decide';

/** A CRM withdraws its issue: the contract is REJECTED, or the cancellation is recorded as too late (AM-17). */
@Controller()
export class OnCancellationReceived {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly desk: ContractDesk,
  ) {}

  @Hop('CancellationReceived')
  async handle({ messages, now }: HopBatch<'CancellationReceived'>, tx: Tx): Promise<readonly Outgoing[]> {
    const facts = await this.facts.read(tx, now);
    const book = this.desk.open(
      await this.contracts.lock(
        tx,
        messages.map((m) => m.value.contract_id),
      ),
      facts,
      now,
    );
    for (const message of messages) {
      const { contract_id: id } = message.value;
      const contract = book.get(id)?.contract;
      if (!contract) throw new PermanentFault('NOT_FOUND', `there is no contract ${id}`);
      checkSameContract(message, contract.terms, false); // an issue's cancellation knows no plan
      book.record(id, decide(toCancellation(message.value), contract, facts, now), message.mandate);
    }
    return this.desk.close(tx, book);
  }
}
