import type { AuditConcluded } from '@mandate/schemas';
import { Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { EventStore, type NewEvent } from '../adapters/event.store';
import { HopStore } from '../adapters/hop.store';
import { NoticeStore } from '../adapters/notice.store';
import { ProgressStore } from '../adapters/progress.store';
import { auditNotices } from '../domain/notice';

@Controller()
export class OnAuditConcluded {
  constructor(
    private readonly progress: ProgressStore,
    private readonly hops: HopStore,
    private readonly events: EventStore,
    private readonly notices: NoticeStore,
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
    await this.notices.tell(
      tx,
      messages.flatMap((m) => toNotices(m.value, m.link.version)),
    );
    return [];
  }
}

function toNotices(audit: AuditConcluded, version: number) {
  const { audit_id: id, contract_id: contractId, verdict, is_final: isFinal, concluded_at: at } = audit;
  return auditNotices({ id, contractId, version, verdict, isFinal, at });
}

function toEvent({ contract_id, audit_id, verdict, is_final }: AuditConcluded): NewEvent {
  return { name: 'audit', body: { contract_id, audit_id, verdict, is_final } };
}
