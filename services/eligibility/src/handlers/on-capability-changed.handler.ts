import { Hop, type HopBatch, type Outgoing, Reference, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';

@Controller()
export class OnCapabilityChanged {
  constructor(private readonly reference: Reference) {}

  /** Keeps this service's copy of the registry. */
  @Hop('CapabilityChanged')
  handle(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<Outgoing[]> {
    return this.reference.applyCapabilities(batch, tx);
  }
}
