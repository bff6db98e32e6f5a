import { Module } from '@nestjs/common';
import { AttestationStore } from './adapters/attestation.store';
import { AuditMetrics } from './adapters/audit-metrics';
import { CaseStore } from './adapters/case.store';
import { CaseFileReader } from './adapters/case-file.reader';
import { CheckpointStore } from './adapters/checkpoint.store';
import { EvidenceStore } from './adapters/evidence.store';
import { EvidenceLedger } from './adapters/evidence-ledger';
import { FindingsStore } from './adapters/findings.store';
import { HistoryReader } from './adapters/history.reader';
import { HolesStore } from './adapters/holes.store';
import { ProofReader } from './adapters/proof.reader';
import { RecordedMessageVerifier } from './adapters/recorded-message.verifier';
import { RegistryFileReader } from './adapters/registry-file.reader';
import { CONFIG, config } from './config';
import { ComputeHistory } from './handlers/compute-history.http';
import { EveryMinuteSignCheckpoint } from './handlers/every-minute-sign-checkpoint.timer';
import { ListEvidence } from './handlers/list-evidence.http';
import { ListFindings } from './handlers/list-findings.http';
import { OnAnyMessage } from './handlers/on-any-message.handler';
import { OnDueAudit } from './handlers/on-due-audit.timer';
import { OnJobEvaluated } from './handlers/on-job-evaluated.handler';
import { OnReviewDecided } from './handlers/on-review-decided.handler';
import { ShowCheckpoint } from './handlers/show-checkpoint.http';
import { ShowKeyEvidence } from './handlers/show-key-evidence.http';
import { ShowProof } from './handlers/show-proof.http';

/** The auditor: verification. */
@Module({
  controllers: [
    OnAnyMessage,
    OnJobEvaluated,
    OnReviewDecided,
    OnDueAudit,
    EveryMinuteSignCheckpoint,
    ListEvidence,
    ListFindings,
    ShowProof,
    ShowKeyEvidence,
    ShowCheckpoint,
    ComputeHistory,
  ],
  providers: [
    { provide: CONFIG, useFactory: config },
    AuditMetrics,
    EvidenceStore,
    EvidenceLedger,
    FindingsStore,
    HolesStore,
    CheckpointStore,
    HistoryReader,
    CaseStore,
    AttestationStore,
    RecordedMessageVerifier,
    RegistryFileReader,
    CaseFileReader,
    ProofReader,
  ],
})
export class AppModule {}
