import { HopServer } from '@mandate/service-kit';
import { Module } from '@nestjs/common';
import { AttentionStore } from './adapters/attention.store';
import { ContractStore } from './adapters/contract.store';
import { EventStore } from './adapters/event.store';
import { HistoryView } from './adapters/history.view';
import { HopStore } from './adapters/hop.store';
import { IncidentStore } from './adapters/incident.store';
import { IssueStore } from './adapters/issue.store';
import { OutcomeStore } from './adapters/outcome.store';
import { ProgressStore } from './adapters/progress.store';
import { QueueStore } from './adapters/queue.store';
import { ReviewEventStore } from './adapters/review-event.store';
import { ReviewMetrics } from './adapters/review-metrics';
import { CONFIG, config } from './config';
import { AcknowledgeIssue } from './handlers/acknowledge-issue.http';
import { ActionDoor } from './handlers/action-request';
import { AttestAudit } from './handlers/attest-audit.http';
import { ContractReader } from './handlers/contract-reader';
import { DecideContract } from './handlers/decide-contract.http';
import { DecideIncident } from './handlers/decide-incident.http';
import { DecisionDesk } from './handlers/decision-desk';
import { DraftProofTicket } from './handlers/draft-proof-ticket.http';
import { DraftStatement } from './handlers/draft-statement.http';
import { EventHub } from './handlers/event-hub';
import { FollowEvents } from './handlers/follow-events.http';
import { Judges } from './handlers/judges';
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
import { ShowAttention } from './handlers/show-attention.http';
import { ShowChain } from './handlers/show-chain.http';
import { ShowContract } from './handlers/show-contract.http';
import { ShowDocument } from './handlers/show-document.http';
import { ShowHistory } from './handlers/show-history.http';
import { ShowPage } from './handlers/show-page.http';
import { StatementDrafts } from './handlers/statement-drafts';
import { noticeParts } from './notice.parts';
import { signInParts } from './sign-in.parts';

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
  DraftProofTicket,
  DraftStatement,
  DecideContract,
  AttestAudit,
  DecideIncident,
  AcknowledgeIssue,
  FollowEvents,
  ShowDocument,
  ShowPage,
];
/** What a rebuild empties and fills again. */
const PROJECTIONS = [
  ...['issues', 'revision_proposals', 'escalated_issues', 'contracts', 'contract_changes', 'clarification_rounds'],
  ...['jobs', 'evaluations', 'audits', 'incidents', 'incident_changes', 'hops', 'events'],
];
const stores = [
  ContractStore,
  QueueStore,
  IssueStore,
  ProgressStore,
  IncidentStore,
  EventStore,
  OutcomeStore,
  AttentionStore,
  HopStore,
  ReviewEventStore,
  HistoryView,
];

@Module({
  controllers: [...topics, ...http, ...signInParts.controllers, ...noticeParts.controllers],
  providers: [
    ...stores,
    ReviewMetrics,
    ContractReader,
    ...signInParts.providers,
    ...noticeParts.providers,
    DecisionDesk,
    ActionDoor,
    Judges,
    StatementDrafts,
    EventHub,
    { provide: CONFIG, useFactory: config },
  ],
})
export class AppModule {
  constructor(server: HopServer) {
    server.ownProjections(...PROJECTIONS);
  }
}
