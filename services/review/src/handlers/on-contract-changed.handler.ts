import type { ContractChanged } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { EventStore, type NewEvent } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { NoticeStore } from '../adapters/notice.store';
import { contractNotices } from '../domain/notice';

@Controller()
export class OnContractChanged {
  constructor(
    private readonly contracts: ContractStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
    private readonly notices: NoticeStore,
  ) {}

  /** Queue, history and the message that a decision will cite. */
  @Hop('ContractChanged')
  async handle({ messages, now }: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.contracts.project(tx, messages);
    await this.hops.record(tx, messages);
    await this.events.append(
      tx,
      messages.map((m) => toEvent(m.value)),
      now,
    );
    await this.notices.tell(
      tx,
      messages.flatMap((m) => toNotices(m.value)),
    );
    return [];
  }
}

function toNotices({ contract_id: id, title, changes }: ContractChanged) {
  return contractNotices({ id, title, changes });
}

function toEvent({ contract_id, version, status }: ContractChanged): NewEvent {
  return { name: 'contract', body: { contract_id, version, status } };
}
