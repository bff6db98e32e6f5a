import type { RuleParameters } from '@mandate/judgement';
import { Module } from '@nestjs/common';
import { GateMetrics } from './adapters/gate.metrics';
import { LineStore } from './adapters/line.store';
import { OutcomeStore } from './adapters/outcome.store';
import { RecordedStore } from './adapters/recorded.store';
import { ReservationStore } from './adapters/reservation.store';
import { VerdictStore } from './adapters/verdict.store';
import { WaitingStore } from './adapters/waiting.store';
import { CONFIG, type Config, config, RULES } from './config';
import { DryRunIssue } from './handlers/dry-run-issue.http';
import { EveryMinuteLapseReservations } from './handlers/every-minute-lapse-reservations.timer';
import { EverySecondJudgeWaiting } from './handlers/every-second-judge-waiting.timer';
import { Gate } from './handlers/gate';
import { OnCapabilityChanged } from './handlers/on-capability-changed.handler';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnHealthChanged } from './handlers/on-health-changed.handler';
import { OnProposalMade } from './handlers/on-proposal-made.handler';
import { ReplayVerdicts } from './handlers/replay-verdicts.http';
import { TryParameters } from './handlers/try-parameters.http';

@Module({
  controllers: [
    OnProposalMade,
    OnContractChanged,
    OnCapabilityChanged,
    OnHealthChanged,
    EverySecondJudgeWaiting,
    EveryMinuteLapseReservations,
    ReplayVerdicts,
    TryParameters,
    DryRunIssue,
  ],
  providers: [
    { provide: CONFIG, useFactory: config },
    { provide: RULES, inject: [CONFIG], useFactory: ({ RULES_FILE }: Config): RuleParameters => RULES_FILE },
    Gate,
    GateMetrics,
    VerdictStore,
    WaitingStore,
    ReservationStore,
    LineStore,
    OutcomeStore,
    RecordedStore,
  ],
})
export class AppModule {}
