import { Hop, type HopBatch, type Outgoing, Reference, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';

@Controller()
export class OnHealthChanged {
  constructor(private readonly reference: Reference) {}

  /** Keeps this service's copy of health. */
  @Hop('HealthChanged')
  handle(batch: HopBatch<'HealthChanged'>, tx: Tx): Promise<Outgoing[]> {
    return this.reference.applyHealth(batch, tx);
  }
}
