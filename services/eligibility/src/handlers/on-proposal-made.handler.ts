import type { RuleParameters } from '@mandate/judgement';
import { Hop, type HopBatch, type Outgoing, Reference, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { toReceived } from '../adapters/proposal-made.wire';
import { WaitingStore } from '../adapters/waiting.store';
import { RULES } from '../config';
import { mustQueue } from '../domain/waiting';
import { Gate } from './gate';

@Controller()
export class OnProposalMade {
  constructor(
    private readonly reference: Reference,
    private readonly waiting: WaitingStore,
    private readonly gate: Gate,
    @Inject(RULES) private readonly rules: RuleParameters,
  ) {}

  /** MAY or MAY_NOT, once SYSTEM is HEALTHY; until then proposals wait as rows (ELIG-004, AM-06). */
  @Hop('ProposalMade')
  async handle(batch: HopBatch<'ProposalMade'>, tx: Tx): Promise<Outgoing[]> {
    const proposals = batch.messages.map(toReceived);
    const health = await this.reference.health(batch.now, tx);
    const isAnyWaiting = await this.waiting.isAnyWaiting(tx);
    if (mustQueue(health.stateOf('SYSTEM'), isAnyWaiting, batch.now, this.rules)) {
      await this.waiting.add(tx, proposals, batch.now);
      return [];
    }
    return this.gate.judge(tx, proposals, health, batch.now);
  }
}
