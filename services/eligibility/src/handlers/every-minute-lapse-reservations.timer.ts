import {
  CLOCK,
  type Clock,
  Database,
  LOGGER,
  Metrics,
  OnTimer,
  type Outgoing,
  type TimerBatch,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Controller, Inject, type LoggerService, type OnApplicationBootstrap } from '@nestjs/common';
import { ReservationStore } from '../adapters/reservation.store';
import { CONFIG, type Config } from '../config';

const KIND = 'lapse-reservations';
const PERIOD_MS = 60_000;
const BATCH_MAX = 500;

@Controller()
export class EveryMinuteLapseReservations implements OnApplicationBootstrap {
  constructor(
    private readonly reservations: ReservationStore,
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<LoggerService, 'warn'>,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.database.transaction((tx) => this.again(tx, this.clock.now()));
  }

  /** Gives up reservations whose contract never appeared, and says so: a MAY without a contract is a fault somewhere. */
  @OnTimer(KIND)
  async fire({ now }: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const lapsed = await this.reservations.lapse(tx, now - this.config.RESERVATION_LAPSE, BATCH_MAX);
    for (const { target, issue_id } of lapsed) {
      this.metrics.failures.inc({ code: 'RESERVATION_LAPSED' });
      this.logger.warn(
        { target, issue_id },
        `no contract appeared for the MAY on ${target}: its reservation has lapsed`,
      );
    }
    await this.again(tx, lapsed.length < BATCH_MAX ? now + PERIOD_MS : now);
    return [];
  }

  private again(tx: Tx, dueAt: number): Promise<void> {
    return this.timers.set(tx, KIND, [{ aggregateId: 'all', dueAt }]);
  }
}
