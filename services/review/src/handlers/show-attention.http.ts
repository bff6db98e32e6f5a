import { CLOCK, type Clock } from '@mandate/service-kit';
import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { AttentionStore } from '../adapters/attention.store';
import { toAttention } from '../adapters/attention.view';
import { FounderGuard } from './founder.guard';

@Controller('api/v1/attention')
@UseGuards(FounderGuard)
export class ShowAttention {
  constructor(
    private readonly attention: AttentionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What needs a human now. */
  @Get()
  async show() {
    return toAttention(await this.attention.read(this.clock.now()));
  }
}
