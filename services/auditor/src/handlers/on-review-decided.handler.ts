import { Hop, type HopBatch, LOGGER, type Outgoing, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Logger } from 'pino';

/** A founder's word on inconclusive checks is kept; it does not change a verdict yet. Other decisions are not for here. */
@Controller()
export class OnReviewDecided {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  @Hop('ReviewDecided')
  async handle(batch: HopBatch<'ReviewDecided'>, tx: Tx): Promise<Outgoing[]> {
    const attested = batch.messages.filter((m) => m.link.says === 'ATTEST');
    if (attested.length === 0) return [];
    await tx.run(
      `INSERT INTO attestations (decision_id, contract_id, value, mandate, received_at)
       SELECT d, c, v, m, $5 FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) AS t (d, c, v, m) ON CONFLICT DO NOTHING`,
      [
        attested.map((m) => m.value.decision_id),
        attested.map((m) => m.value.contract_id),
        attested.map((m) => m.bytes),
        attested.map((m) => m.mandate),
        batch.now,
      ],
    );
    for (const m of attested)
      this.logger.warn(`an attestation for contract ${m.value.contract_id} is kept; it changes no verdict yet`);
    return [];
  }
}
