import { type Batch, CLOCK, type Clock, Database, Hop, type Message, type Outgoing, Tx } from '@mandate/service-kit';
import { Controller, Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { EvidenceLedger } from '../adapters/evidence-ledger';
import { FindingsStore } from '../adapters/findings.store';

/** Records everything that is said on any topic, and notices what must not be: two words in one place, or a missing one. */
@Controller()
export class OnAnyMessage implements OnApplicationBootstrap {
  constructor(
    private readonly ledger: EvidenceLedger,
    private readonly findings: FindingsStore,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.database.transaction((tx) => this.ledger.prepare(tx, this.clock.now()));
  }

  @Hop('EVIDENCE')
  async handle(batch: Batch<Message<unknown>>, tx: Tx): Promise<Outgoing[]> {
    await this.findings.keep(tx, await this.ledger.append(tx, batch), batch.now);
    return [];
  }
}
