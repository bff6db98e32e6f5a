import { planDigest } from '@mandate/contracts';
import type { IssueReceived } from '@mandate/schemas';
import {
  citing,
  Hop,
  type HopBatch,
  type Message,
  type Outgoing,
  PermanentFault,
  Reference,
  say,
  type Tx,
} from '@mandate/service-kit';
import { Controller, Inject, Injectable, Module } from '@nestjs/common';

/** What the test wants the handler to do with an issue, by its subject. */
@Injectable()
export class Behaviour {
  readonly permanent = new Set<string>();
  readonly bug = new Set<string>();
  batches = 0;
}

/** A stand-in for a deciding service, in the validator's place: says one proposal for each issue. */
@Controller()
export class OnIssueReceived {
  constructor(@Inject(Behaviour) private readonly behaviour: Behaviour) {}

  @Hop('IssueReceived')
  async handle(batch: HopBatch<'IssueReceived'>, _tx: Tx): Promise<Outgoing[]> {
    this.behaviour.batches++;
    return batch.messages.map((m) => {
      if (this.behaviour.permanent.has(m.value.subject)) throw new PermanentFault('NO_GOOD', 'the test wants it so');
      if (this.behaviour.bug.has(m.value.subject)) throw new TypeError('a bug');
      return propose(m, batch.now);
    });
  }
}

function propose(m: Message<IssueReceived>, now: number): Outgoing {
  return say({
    message: 'ProposalMade',
    key: m.value.issue_id,
    says: 'PROPOSED',
    issueId: m.value.issue_id,
    version: 1,
    planDigest: planDigest({ changes: [], affected_capabilities: [] }),
    cites: citing(m),
    now,
    value: {
      issue_id: m.value.issue_id,
      contract_id: null,
      revision: 0,
      origin: m.value.origin,
      title: m.value.subject,
      payload_digest: m.value.payload_digest,
      issue_type: 'unknown',
      severity: 'medium',
      affected_capabilities: [],
      unknown_capabilities: [],
      recommended_action: 'defer',
      confidence_score: 0,
      reason: 'echo',
      evidence: [],
      suggestions: [],
      suggested_changes: [],
      validator_version: 'echo',
      registry_version: 0,
    },
  });
}

@Controller()
export class OnContractChanged {
  @Hop('ContractChanged')
  handle(): Promise<Outgoing[]> {
    return Promise.resolve([]);
  }
}

@Controller()
export class OnCapabilityChanged {
  constructor(@Inject(Reference) private readonly reference: Reference) {}

  @Hop('CapabilityChanged')
  handle(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<Outgoing[]> {
    return this.reference.applyCapabilities(batch, tx);
  }
}

@Module({ controllers: [OnIssueReceived, OnContractChanged, OnCapabilityChanged], providers: [Behaviour] })
export class EchoModule {}
