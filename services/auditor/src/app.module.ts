import { Module } from '@nestjs/common';
import { AttestationStore } from './adapters/attestation.store';
import { CaseStore } from './adapters/case.store';
import { CaseFileReader } from './adapters/case-file.reader';
import { EvidenceStore } from './adapters/evidence.store';
import { ProofReader } from './adapters/proof.reader';
import { RecordedMessageVerifier } from './adapters/recorded-message.verifier';
import { RegistryFileReader } from './adapters/registry-file.reader';
import { CONFIG, config } from './config';
import { ListEvidence } from './handlers/list-evidence.http';
import { OnAnyMessage } from './handlers/on-any-message.handler';
import { OnDueAudit } from './handlers/on-due-audit.timer';
import { OnJobEvaluated } from './handlers/on-job-evaluated.handler';
import { OnReviewDecided } from './handlers/on-review-decided.handler';
import { ShowProof } from './handlers/show-proof.http';

/** The auditor: verification. */
@Module({
  controllers: [OnAnyMessage, OnJobEvaluated, OnReviewDecided, OnDueAudit, ListEvidence, ShowProof],
  providers: [
    { provide: CONFIG, useFactory: config },
    EvidenceStore,
    CaseStore,
    AttestationStore,
    RecordedMessageVerifier,
    RegistryFileReader,
    CaseFileReader,
    ProofReader,
  ],
})
export class AppModule {}
