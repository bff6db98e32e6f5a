import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { HopStore } from '../adapters/hop.store';

@Controller()
export class OnContractChanged {
  constructor(
    private readonly contracts: ContractStore,
    private readonly hops: HopStore,
  ) {}

  /** Queue, history and the message that a decision will cite. */
  @Hop('ContractChanged')
  async handle({ messages }: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.contracts.project(tx, messages);
    await this.hops.record(tx, messages);
    return [];
  }
}
