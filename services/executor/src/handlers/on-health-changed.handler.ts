import { Hop, type HopBatch, Reference, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';

/** Keeps a copy of health, which is looked up before each step (JOB-002). */
@Controller()
export class OnHealthChanged {
  constructor(private readonly reference: Reference) {}

  @Hop('HealthChanged')
  handle(batch: HopBatch<'HealthChanged'>, tx: Tx): Promise<[]> {
    return this.reference.applyHealth(batch, tx);
  }
}
