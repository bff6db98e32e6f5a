import { Hop, type HopBatch, type Outgoing, Reference, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';

@Controller()
export class OnHealthChanged {
  constructor(private readonly reference: Reference) {}

  /** The health on which an approval is offered or refused. */
  @Hop('HealthChanged')
  handle(batch: HopBatch<'HealthChanged'>, tx: Tx): Promise<Outgoing[]> {
    return this.reference.applyHealth(batch, tx);
  }
}
