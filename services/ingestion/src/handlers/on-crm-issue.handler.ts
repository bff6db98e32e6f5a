import { sha256 } from '@mandate/contracts';
import { type Batch, Hop, type Outgoing, type RawMessage, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { readCrmIssue } from '../adapters/crm-issue.wire';
import { type Arrived, Intake } from './intake';

@Controller()
export class OnCrmIssue {
  constructor(private readonly intake: Intake) {}

  /** Records of crm.issues.v1, whatever they hold: each is taken or refused, and answered. Nothing here blocks anything. */
  @Hop('CrmIssue')
  async handle(batch: Batch<RawMessage>, tx: Tx): Promise<Outgoing[]> {
    const { outgoing } = await this.intake.take(tx, batch.messages.map(toArrived), batch.now);
    return [...outgoing];
  }
}

function toArrived(message: RawMessage): Arrived {
  return {
    read: readCrmIssue(message.bytes),
    bytes: message.bytes,
    digest: sha256(message.bytes),
    appendedAt: message.brokerTime,
    via: `${message.topic}/${message.partition}/${message.offset}`,
    recordKey: message.key,
    isAnsweredByOffset: true,
  };
}
