import type { AuditConcluded } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore, type NewEvent } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { ProgressStore } from '../adapters/progress.store';

@Controller()
export class OnAuditConcluded {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
  ) {}

  /** The auditor's verdicts, each attempt a row. */
  @Hop('AuditConcluded')
  async handle({ messages, now }: HopBatch<'AuditConcluded'>, tx: Tx): Promise<Outgoing[]> {
    await this.progress.projectAudits(tx, messages);
    await this.hops.record(tx, messages);
    await this.events.append(
      tx,
      messages.map((m) => toEvent(m.value)),
      now,
    );
    return [];
  }
}

function toEvent({ contract_id, audit_id, verdict, is_final }: AuditConcluded): NewEvent {
  return { name: 'audit', body: { contract_id, audit_id, verdict, is_final } };
}
