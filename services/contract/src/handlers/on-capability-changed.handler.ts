import { Hop, type HopBatch, type Outgoing, Reference, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { HoldsStore } from '../adapters/holds.store';

/** Keeps the registry's copy, and lets a capability go that its contract has made final. */
@Controller()
export class OnCapabilityChanged {
  constructor(
    private readonly reference: Reference,
    private readonly holds: HoldsStore,
  ) {}

  @Hop('CapabilityChanged')
  async handle(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<readonly Outgoing[]> {
    const final = batch.messages.flatMap(({ value, link }) =>
      link.says === 'FINAL' && value.contract_id
        ? [{ capability: value.capability, contractId: value.contract_id }]
        : [],
    );
    await this.holds.releaseFinal(tx, final);
    return this.reference.applyCapabilities(batch, tx);
  }
}
