import { Module } from '@nestjs/common';
import { ContractStore } from './adapters/contract.store';
import { IncidentStore } from './adapters/incident.store';
import { IntakeKeyStore } from './adapters/intake-key.store';
import { IntakeTokens } from './adapters/intake-tokens';
import { IssueStore } from './adapters/issue.store';
import { RawJsonBody } from './adapters/raw-json-body';
import { RefusedInputStore } from './adapters/refused-input.store';
import { RequestStore } from './adapters/request.store';
import { ToldStore } from './adapters/told.store';
import { config } from './config';
import { Intake } from './handlers/intake';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnCrmIssue } from './handlers/on-crm-issue.handler';
import { OnEligibilityJudged } from './handlers/on-eligibility-judged.handler';
import { OnIncidentChanged } from './handlers/on-incident-changed.handler';
import { ReadReference } from './handlers/read-reference.http';
import { SubmitIssue } from './handlers/submit-issue.http';

/** Ingestion: receives what CRMs say, and tells them what becomes of it. Its grant is to receive; it judges nothing. */
@Module({
  controllers: [OnCrmIssue, OnEligibilityJudged, OnContractChanged, OnIncidentChanged, SubmitIssue, ReadReference],
  providers: [
    Intake,
    IntakeKeyStore,
    IssueStore,
    ContractStore,
    IncidentStore,
    RequestStore,
    RefusedInputStore,
    ToldStore,
    RawJsonBody,
    { provide: IntakeTokens, useFactory: () => config().INTAKE_TOKENS_FILE },
  ],
})
export class AppModule {}
