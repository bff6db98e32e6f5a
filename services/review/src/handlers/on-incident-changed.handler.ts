import type { IncidentChanged } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore, type NewEvent } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { IncidentStore } from '../adapters/incident.store';
import { NoticeStore } from '../adapters/notice.store';
import { incidentNotices } from '../domain/notice';

@Controller()
export class OnIncidentChanged {
  constructor(
    private readonly incidents: IncidentStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
    private readonly notices: NoticeStore,
  ) {}

  /** What went wrong and what became of undoing it. */
  @Hop('IncidentChanged')
  async handle({ messages, now }: HopBatch<'IncidentChanged'>, tx: Tx): Promise<Outgoing[]> {
    await this.incidents.project(tx, messages);
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

function toNotices({ incident_id: id, contract_id: contractId, title, changes }: IncidentChanged) {
  return incidentNotices({ id, contractId, title, changes });
}

function toEvent({ contract_id, incident_id, version, state }: IncidentChanged): NewEvent {
  return { name: 'incident', body: { contract_id, incident_id, version, state } };
}
