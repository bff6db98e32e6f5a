import { DEFAULT_PARAMETERS, type RuleParameters } from '@mandate/judgement';
import { Module } from '@nestjs/common';
import { LineStore } from './adapters/line.store';
import { ReservationStore } from './adapters/reservation.store';
import { VerdictStore } from './adapters/verdict.store';
import { WaitingStore } from './adapters/waiting.store';
import { CONFIG, type Config, config, RULES } from './config';
import { EveryMinuteLapseReservations } from './handlers/every-minute-lapse-reservations.timer';
import { EverySecondJudgeWaiting } from './handlers/every-second-judge-waiting.timer';
import { Gate } from './handlers/gate';
import { OnCapabilityChanged } from './handlers/on-capability-changed.handler';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnHealthChanged } from './handlers/on-health-changed.handler';
import { OnProposalMade } from './handlers/on-proposal-made.handler';

@Module({
  controllers: [
    OnProposalMade,
    OnContractChanged,
    OnCapabilityChanged,
    OnHealthChanged,
    EverySecondJudgeWaiting,
    EveryMinuteLapseReservations,
  ],
  providers: [
    { provide: CONFIG, useFactory: config },
    {
      provide: RULES,
      inject: [CONFIG],
      useFactory: ({ RIVAL_WINDOW, HEALTH_WAIT }: Config): RuleParameters => ({
        ...DEFAULT_PARAMETERS,
        rival_window_ms: RIVAL_WINDOW,
        health_wait_ms_max: HEALTH_WAIT,
      }),
    },
    Gate,
    VerdictStore,
    WaitingStore,
    ReservationStore,
    LineStore,
  ],
})
export class AppModule {}
