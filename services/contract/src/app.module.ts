import { Module } from '@nestjs/common';
import { AuditsStore } from './adapters/audits.store';
import { ContractStore } from './adapters/contract.store';
import { ContractDesk } from './adapters/contract-desk';
import { ContractMetrics } from './adapters/contract-metrics';
import { ContractTimers } from './adapters/contract-timers';
import { FactsStore } from './adapters/facts.store';
import { HoldsStore } from './adapters/holds.store';
import { IncidentStore } from './adapters/incident.store';
import { JobsStore } from './adapters/jobs.store';
import { VerdictDesk } from './adapters/verdict-desk';
import { VerdictsStore } from './adapters/verdicts.store';
import { CONTRACT_CONFIG, config } from './config';
import { OnAuditConcluded } from './handlers/on-audit-concluded.handler';
import { OnCancellationReceived } from './handlers/on-cancellation-received.handler';
import { OnCapabilityChanged } from './handlers/on-capability-changed.handler';
import { OnDueActivation } from './handlers/on-due-activation.timer';
import { OnDueReview } from './handlers/on-due-review.timer';
import { OnDueStuck } from './handlers/on-due-stuck.timer';
import { OnEligibilityJudged } from './handlers/on-eligibility-judged.handler';
import { OnHealthChanged } from './handlers/on-health-changed.handler';
import { OnJobChanged } from './handlers/on-job-changed.handler';
import { OnReviewDecided } from './handlers/on-review-decided.handler';

/** Names every part of the contract service. */
@Module({
  controllers: [
    OnEligibilityJudged,
    OnReviewDecided,
    OnCancellationReceived,
    OnJobChanged,
    OnAuditConcluded,
    OnCapabilityChanged,
    OnHealthChanged,
    OnDueReview,
    OnDueActivation,
    OnDueStuck,
  ],
  providers: [
    { provide: CONTRACT_CONFIG, useFactory: config },
    FactsStore,
    ContractStore,
    ContractDesk,
    ContractTimers,
    ContractMetrics,
    VerdictDesk,
    VerdictsStore,
    HoldsStore,
    JobsStore,
    AuditsStore,
    IncidentStore,
  ],
})
export class AppModule {}
