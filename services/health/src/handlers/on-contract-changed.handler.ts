import { Hop, type HopBatch, type Outgoing, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractScopeStore } from '../adapters/contract-scope.store';

/** Projects what each contract allows its jobs to touch. */
@Controller()
export class OnContractChanged {
  constructor(private readonly contracts: ContractScopeStore) {}

  @Hop('ContractChanged')
  async handle(batch: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.contracts.apply(tx, batch);
    return [];
  }
}
