import { newId } from '@mandate/contracts';
import type { ClarificationReceived } from '@mandate/schemas';
import {
  type HealthView,
  Hop,
  type HopBatch,
  type Message,
  type Outgoing,
  Reference,
  TransientFault,
  type Tx,
} from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractStore, type StoredContract } from '../adapters/contract.store';
import { openContract } from '../adapters/contract-changed.wire';
import { HopStore } from '../adapters/hop.store';
import { toReviewDecided } from '../adapters/review-decided.wire';
import { type ReviewEvent, ReviewEventStore, type Said } from '../adapters/review-event.store';

type Received = Message<ClarificationReceived>;

@Controller()
export class OnClarificationReceived {
  constructor(
    private readonly contracts: ContractStore,
    private readonly events: ReviewEventStore,
    private readonly hops: HopStore,
    private readonly reference: Reference,
  ) {}

  /**
   * Passes the requestor's answer on in the requestor's name. Whether it comes in time is for the contract service to
   * say: a late one is kept there as a note, and the requestor is told.
   */
  @Hop('ClarificationReceived')
  async handle({ messages, now }: HopBatch<'ClarificationReceived'>, tx: Tx): Promise<Outgoing[]> {
    const ids = [...new Set(messages.map((m) => m.value.contract_id))];
    const contracts = await this.contracts.lockAll(tx, ids);
    const unheard = ids.find((id) => !contracts.has(id));
    if (unheard) throw new TransientFault('CONTRACT_UNHEARD', `contract ${unheard} has not been heard of yet`);
    const [health, registry] = [await this.reference.health(now, tx), await this.reference.registry(tx)];
    const last = await this.events.lastVersions(tx, ids);
    const said = messages.map((message) => {
      const id = message.value.contract_id;
      const version = (last.get(id) ?? 0) + 1;
      last.set(id, version);
      return passedOn(message, contracts.get(id) as StoredContract, { version, health, registry, now });
    });
    await this.events.append(
      tx,
      said.map(({ event }) => event),
    );
    await this.events.appendDecisions(tx, said);
    await this.hops.record(tx, messages);
    return said.map(({ outgoing }) => outgoing);
  }
}

interface Present {
  readonly version: number;
  readonly health: HealthView;
  readonly registry: { readonly registry_version: number };
  readonly now: number;
}

function passedOn(message: Received, stored: StoredContract, { version, health, registry, now }: Present): Said {
  const { contract } = openContract(stored.value);
  const event = toEvent(message, contract.version, now);
  const particulars = { clarification_request_id: message.value.request_id };
  const basis = {
    ...{ contract, cited: message.mandate, permitsOf: stored.mandate, versionSeen: contract.version },
    ...{ registryVersion: registry.registry_version, healthVersion: health.healthVersion },
  };
  return { event, outgoing: toReviewDecided(event, particulars, basis, version) };
}

function toEvent({ value, link, digest }: Received, versionSeen: number, now: number): ReviewEvent {
  const { source_system: system, submitter } = value.origin;
  return {
    ...{ eventId: newId(now), subject: `contract/${value.contract_id}`, contractId: value.contract_id },
    ...{ action: 'PROVIDE_CLARIFICATION', actor: submitter ?? system, onBehalfOf: null, at: now },
    ...{ reason: value.answer, modifications: null, sessionId: `crm/${system}`, dossierSeen: null, versionSeen },
    ...{ requestId: link.messageId, idempotencyKey: digest.toString('hex'), requestDigest: digest, refusal: null },
  };
}
