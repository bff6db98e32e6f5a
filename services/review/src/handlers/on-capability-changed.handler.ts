import { Hop, type HopBatch, type Outgoing, Reference, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';

@Controller()
export class OnCapabilityChanged {
  constructor(private readonly reference: Reference) {}

  /** The registry beside which a proposed change is shown. */
  @Hop('CapabilityChanged')
  handle(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<Outgoing[]> {
    return this.reference.applyCapabilities(batch, tx);
  }
}
