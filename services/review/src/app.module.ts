import { HopServer } from '@mandate/service-kit';
import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AttentionStore } from './adapters/attention.store';
import { ContractStore } from './adapters/contract.store';
import { HistoryView } from './adapters/history.view';
import { HopStore } from './adapters/hop.store';
import { IssueStore } from './adapters/issue.store';
import { ProgressStore } from './adapters/progress.store';
import { QueueStore } from './adapters/queue.store';
import { ReviewEventStore } from './adapters/review-event.store';
import { TokenClient } from './adapters/token.client';
import { CONFIG, config } from './config';
import { ApproveContract } from './handlers/approve-contract.http';
import { ContractReader } from './handlers/contract-reader';
import { DecisionDesk } from './handlers/decision-desk';
import { FounderGuard } from './handlers/founder.guard';
import { ListContracts } from './handlers/list-contracts.http';
import { OnAuditConcluded } from './handlers/on-audit-concluded.handler';
import { OnCapabilityChanged } from './handlers/on-capability-changed.handler';
import { OnClarificationReceived } from './handlers/on-clarification-received.handler';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnEligibilityJudged } from './handlers/on-eligibility-judged.handler';
import { OnHealthChanged } from './handlers/on-health-changed.handler';
import { OnIncidentChanged } from './handlers/on-incident-changed.handler';
import { OnIssueReceived } from './handlers/on-issue-received.handler';
import { OnJobChanged } from './handlers/on-job-changed.handler';
import { OnJobEvaluated } from './handlers/on-job-evaluated.handler';
import { OnProposalMade } from './handlers/on-proposal-made.handler';
import { ProblemFilter } from './handlers/problem.filter';
import { RejectContract } from './handlers/reject-contract.http';
import { ShowAttention } from './handlers/show-attention.http';
import { ShowChain } from './handlers/show-chain.http';
import { ShowContract } from './handlers/show-contract.http';
import { ShowDocument } from './handlers/show-document.http';
import { ShowHistory } from './handlers/show-history.http';
import { ShowPage } from './handlers/show-page.http';

const topics = [
  OnIssueReceived,
  OnProposalMade,
  OnEligibilityJudged,
  OnClarificationReceived,
  OnContractChanged,
  OnJobChanged,
  OnJobEvaluated,
  OnAuditConcluded,
  OnIncidentChanged,
  OnCapabilityChanged,
  OnHealthChanged,
];
/** There is no way in that creates a contract. */
const http = [
  ListContracts,
  ShowAttention,
  ShowContract,
  ShowHistory,
  ShowChain,
  ApproveContract,
  RejectContract,
  ShowDocument,
  ShowPage,
];
/** What a rebuild empties and fills again. */
const PROJECTIONS = [
  ...['issues', 'revision_proposals', 'escalated_issues', 'contracts', 'contract_changes'],
  ...['jobs', 'evaluations', 'audits', 'incidents', 'hops'],
];
const stores = [
  ContractStore,
  QueueStore,
  IssueStore,
  ProgressStore,
  AttentionStore,
  HopStore,
  ReviewEventStore,
  HistoryView,
];

@Module({
  controllers: [...topics, ...http],
  providers: [
    ...stores,
    ContractReader,
    TokenClient,
    FounderGuard,
    DecisionDesk,
    { provide: CONFIG, useFactory: config },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class AppModule {
  constructor(server: HopServer) {
    server.ownProjections(...PROJECTIONS);
  }
}
