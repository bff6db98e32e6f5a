import { CLOCK, type Clock, Keyring, Reference } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import type { ContractView } from '../adapters/contract.view';
import { openContract, toReviewed } from '../adapters/contract-changed.wire';
import { IssueStore } from '../adapters/issue.store';
import { ProgressStore } from '../adapters/progress.store';
import { approvalObstacle, rejectionObstacle } from '../domain/decide';

/** Gathers everything that is known about one contract, and what could be decided on it now. */
@Injectable()
export class ContractReader {
  constructor(
    private readonly contracts: ContractStore,
    private readonly issues: IssueStore,
    private readonly progress: ProgressStore,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(contractId: string): Promise<ContractView | null> {
    const stored = await this.contracts.find(contractId);
    if (!stored) return null;
    const file = openContract(stored.value);
    const now = this.clock.now();
    const [issue, revisionProposal, progress, registry, health] = await Promise.all([
      this.issues.issue(file.contract.issue_id),
      this.issues.revisionProposal(contractId),
      this.progress.of(contractId),
      this.reference.registry(),
      this.reference.health(now),
    ]);
    const reviewed = toReviewed(file);
    const at = { now, health, capabilities: registry.capabilities, founders: this.keyring.manifest.founders };
    return {
      ...{ file, reviewed, issue, revisionProposal, registry, health, progress, now },
      approvalObstacle: approvalObstacle(reviewed, at),
      rejectionObstacle: rejectionObstacle(reviewed),
    };
  }
}
