import { validateRevision } from '@mandate/judgement';
import { Hop, type HopBatch, type Outgoing, PermanentFault, Reference, Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { isUnjudgedRevision, toRevision } from '../adapters/contract-changed.wire';
import { OriginalStore } from '../adapters/original.store';
import { proposalOnRevision } from '../adapters/proposal-made.wire';

@Controller()
export class OnContractChanged {
  constructor(
    private readonly reference: Reference,
    private readonly originals: OriginalStore,
  ) {}

  /** A revision that a founder's modification has created is proposed like any issue; every other change is ignored. */
  @Hop('ContractChanged')
  async handle(batch: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    const drafts = batch.messages.filter(isUnjudgedRevision);
    if (drafts.length === 0) return [];
    const registry = await this.reference.registry(tx);
    const originals = await this.originals.of(
      tx,
      drafts.map((d) => d.value.issue_id),
    );
    return drafts.map((draft) => {
      const original = originals.get(draft.value.issue_id);
      if (!original) {
        throw new PermanentFault('ISSUE_NOT_VALIDATED', `issue ${draft.value.issue_id} was never validated here`);
      }
      return proposalOnRevision(draft, validateRevision(toRevision(draft, original), registry), batch.now);
    });
  }
}
