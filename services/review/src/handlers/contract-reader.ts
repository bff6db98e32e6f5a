import type { AuditConcluded } from '@mandate/schemas';
import { CLOCK, type Clock, Keyring, Reference } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { toReviewedAudit } from '../adapters/audit-concluded.wire';
import { ContractStore } from '../adapters/contract.store';
import type { ContractView, Obstacles } from '../adapters/contract.view';
import { openContract, toReviewed } from '../adapters/contract-changed.wire';
import { HistoryView } from '../adapters/history.view';
import { toReviewedIncident } from '../adapters/incident-changed.wire';
import { IssueStore } from '../adapters/issue.store';
import { type Progress, ProgressStore } from '../adapters/progress.store';
import type { Circumstances, ReviewedContract } from '../domain/contract';
import { approvalObstacle } from '../domain/decide-approval';
import { attestationObstacle } from '../domain/decide-attestation';
import { answerObstacle, questionObstacle } from '../domain/decide-clarification';
import { incidentObstacle } from '../domain/decide-incident';
import { modificationObstacle, REVISIONS_MAX } from '../domain/decide-modification';
import { rejectionObstacle } from '../domain/decide-rejection';
import { judgesOf } from './own-wish';

/** Gathers everything that is known about one contract, and what could be decided on it now. */
@Injectable()
export class ContractReader {
  constructor(
    private readonly contracts: ContractStore,
    private readonly issues: IssueStore,
    private readonly progress: ProgressStore,
    private readonly history: HistoryView,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param reader whoever looks, so that the page can say that they judge their own wish */
  async read(contractId: string, reader: { readonly subject: string }): Promise<ContractView | null> {
    const stored = await this.contracts.find(contractId);
    if (!stored) return null;
    const file = openContract(stored.value);
    const now = this.clock.now();
    const [issue, revisionProposal, progress, rounds, notes] = await Promise.all([
      this.issues.issue(file.contract.issue_id),
      this.issues.revisionProposal(contractId),
      this.progress.of(contractId),
      this.contracts.rounds(contractId),
      this.history.notes(contractId),
    ]);
    const [registry, health, scope, lineage] = await Promise.all([
      this.reference.registry(),
      this.reference.health(now),
      this.contracts.scopeOf(contractId),
      this.contracts.lineageOf(contractId),
    ]);
    const { founders } = this.keyring.manifest;
    const reviewed = toReviewed(file, scope);
    return {
      ...{ file, reviewed, issue, revisionProposal, registry, health, progress, rounds, notes, now },
      lineage: lineage.map((bytes) => openContract(bytes).contract),
      revisionsLeft: Math.max(0, REVISIONS_MAX - reviewed.revision),
      founders: judgesOf(reader, founders),
      obstacles: obstaclesTo(reviewed, progress, { now, health, capabilities: registry.capabilities, founders }),
    };
  }
}

function obstaclesTo(contract: ReviewedContract, { audits, incident }: Progress, at: Circumstances): Obstacles {
  const last = audits.at(-1)?.audit.audit_id;
  const attestation = (audit: AuditConcluded) => {
    const bytes = audits.find((a) => a.audit === audit)?.bytes ?? Buffer.alloc(0);
    return attestationObstacle(toReviewedAudit(bytes, audit.audit_id !== last, audit));
  };
  return {
    approve: approvalObstacle(contract, at),
    reject: rejectionObstacle(contract),
    question: questionObstacle(contract, at.now),
    answer: answerObstacle(contract),
    modification: modificationObstacle(contract, at.now),
    incident: incident && incidentObstacle(toReviewedIncident(incident)),
    attestation,
  };
}
