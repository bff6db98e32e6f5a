import { CLOCK, type Clock, Database, HopServer, Timers } from '@mandate/service-kit';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { AlertStore } from './adapters/alert.store';
import { CapabilityHistoryStore } from './adapters/capability-history.store';
import { systemProbes } from './adapters/catalogue.file';
import { ContractScopeStore } from './adapters/contract-scope.store';
import { EvaluationStore } from './adapters/evaluation.store';
import { EvaluationFactsReader } from './adapters/evaluation-facts';
import { HealthStore } from './adapters/health.store';
import { HealthMetrics } from './adapters/health-metrics';
import { HttpProbeClient } from './adapters/http-probe.client';
import { ProbeStore } from './adapters/probe.store';
import { Prober } from './adapters/prober';
import { PromqlClient } from './adapters/promql.client';
import { SignalStore } from './adapters/signal.store';
import { CONFIG, config, type HealthConfig } from './config';
import { SYSTEM } from './domain/scope-state';
import { OnCapabilityChanged } from './handlers/on-capability-changed.handler';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnDueEvaluation } from './handlers/on-due-evaluation.timer';
import { OnDueProbe } from './handlers/on-due-probe.timer';
import { OnDueRepeat, REPEAT_TIMER } from './handlers/on-due-repeat.timer';
import { OnDueScope } from './handlers/on-due-scope.timer';
import { OnJobChanged } from './handlers/on-job-changed.handler';
import { RaiseSignal } from './handlers/raise-signal.http';
import { ReceiveAlerts } from './handlers/receive-alerts.http';
import { ShowHealth } from './handlers/show-health.http';

/** Health: truth. */
@Module({
  controllers: [
    OnCapabilityChanged,
    OnContractChanged,
    OnJobChanged,
    OnDueProbe,
    OnDueScope,
    OnDueRepeat,
    OnDueEvaluation,
    RaiseSignal,
    ReceiveAlerts,
    ShowHealth,
  ],
  providers: [
    { provide: CONFIG, useFactory: config },
    HealthMetrics,
    ProbeStore,
    AlertStore,
    SignalStore,
    HealthStore,
    CapabilityHistoryStore,
    ContractScopeStore,
    EvaluationStore,
    EvaluationFactsReader,
    HttpProbeClient,
    PromqlClient,
    Prober,
  ],
})
export class AppModule implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly probes: ProbeStore,
    private readonly timers: Timers,
    private readonly server: HopServer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: HealthConfig,
  ) {}

  /** SYSTEM's probes come from the file; every probe and the heartbeat are due as soon as timers run. */
  async onModuleInit(): Promise<void> {
    this.server.ownProjections('capability_history', 'contract_scopes');
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      await this.probes.define(tx, new Map([[SYSTEM, systemProbes(this.config.CATALOGUE_FILE)]]), now);
      await this.probes.wakeAll(tx, now);
      await this.timers.set(tx, REPEAT_TIMER, [{ aggregateId: SYSTEM, dueAt: now }]);
    });
  }
}
