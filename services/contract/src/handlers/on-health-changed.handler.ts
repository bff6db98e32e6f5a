import { Hop, type HopBatch, type Outgoing, Reference, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';

/** Keeps the copy of health. */
@Controller()
export class OnHealthChanged {
  constructor(private readonly reference: Reference) {}

  @Hop('HealthChanged')
  handle(batch: HopBatch<'HealthChanged'>, tx: Tx): Promise<readonly Outgoing[]> {
    return this.reference.applyHealth(batch, tx);
  }
}
