import { Hop, type HopBatch, Metrics, type Outgoing, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { toLine, toOutcome } from '../adapters/contract-changed.wire';
import { LineStore } from '../adapters/line.store';
import { OutcomeStore } from '../adapters/outcome.store';
import { ReservationStore } from '../adapters/reservation.store';
import { newestOf } from '../domain/line';

@Controller()
export class OnContractChanged {
  constructor(
    private readonly lines: LineStore,
    private readonly reservations: ReservationStore,
    private readonly outcomes: OutcomeStore,
    private readonly metrics: Metrics,
  ) {}

  /**
   * A reservation follows its contract: bound when it appears, handed to a successor, ended when it is over
   * (E-006). What becomes of each contract is kept beside the verdict it stands on. */
  @Hop('ContractChanged')
  async handle(batch: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    const states = batch.messages.map(toLine);
    const issueIds = [...new Set(states.map((s) => s.issueId))];
    // A contract and its successor are in different partitions: two processes may hold messages of one line.
    await this.reservations.lock(tx, { issueIds, targets: [] });
    const { newest, gaps } = newestOf(states, await this.lines.positions(tx, issueIds));
    if (gaps > 0) this.metrics.versionGaps.inc({ topic: 'mandate.contracts.v1' }, gaps);
    await this.lines.apply(tx, newest);
    await this.outcomes.apply(tx, batch.messages.map(toOutcome));
    return [];
  }
}
