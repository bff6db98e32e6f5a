import { Module } from '@nestjs/common';

import { CatalogueSeeder } from './adapters/catalogue.seeder';
import { Drivers } from './adapters/drivers';
import { JobStore } from './adapters/job.store';
import { JobDesk } from './adapters/job-desk';
import { JobMetrics } from './adapters/job-metrics';
import { RegistryStore } from './adapters/registry.store';
import { StepCaller } from './adapters/step-caller';
import { CONFIG, config, type ExecutorConfig, LIMITS } from './config';
import type { Limits } from './domain/next';
import { EvaluateFlags } from './handlers/evaluate-flags.http';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnDueJob } from './handlers/on-due-job.timer';
import { OnHealthChanged } from './handlers/on-health-changed.handler';
import { RetryRollback } from './handlers/retry-rollback.http';

const limitsOf = (c: ExecutorConfig): Limits => ({
  stepHealthWaitMs: c.STEP_HEALTH_WAIT,
  recheckMs: c.JOB_RECHECK,
  rollbackAttempts: c.ROLLBACK_ATTEMPTS,
  rollbackBackoffMs: c.ROLLBACK_BACKOFF,
});

@Module({
  controllers: [OnContractChanged, OnHealthChanged, OnDueJob, EvaluateFlags, RetryRollback],
  providers: [
    { provide: CONFIG, useFactory: config },
    { provide: LIMITS, useFactory: limitsOf, inject: [CONFIG] },
    RegistryStore,
    JobStore,
    JobMetrics,
    Drivers,
    JobDesk,
    StepCaller,
    CatalogueSeeder,
  ],
})
export class AppModule {}
