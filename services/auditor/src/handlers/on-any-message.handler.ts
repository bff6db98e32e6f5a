import { type Batch, Hop, LOGGER, type Message, Metrics, type Outgoing, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { EvidenceStore } from '../adapters/evidence.store';

/** Records everything that is said on any topic, and notices when two things were said in one place. */
@Controller()
export class OnAnyMessage {
  private readonly equivocations: Counter;

  constructor(
    private readonly evidence: EvidenceStore,
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.equivocations = new Counter({
      name: 'mandate_equivocations_total',
      help: 'Pairs of different links of one type, subject and version',
      registers: [metrics.registry],
    });
  }

  @Hop('EVIDENCE')
  async handle(batch: Batch<Message<unknown>>, tx: Tx): Promise<Outgoing[]> {
    await this.evidence.append(tx, batch);
    const found = await this.evidence.equivocations(tx, batch);
    this.equivocations.inc(found.length);
    for (const e of found) {
      const links = [e.first_link.toString('hex'), e.other_link.toString('hex')];
      this.logger.error(
        { links },
        `equivocation: two different ${e.message_type} with version ${e.version} were said of ${e.key.toString()}`,
      );
    }
    return [];
  }
}
