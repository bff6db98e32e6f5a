import { CLOCK, type Clock, Keyring } from '@mandate/service-kit';
import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { AttentionStore } from '../adapters/attention.store';
import { toAttention } from '../adapters/attention.view';
import type { TokenHolder } from '../adapters/token.client';
import { FounderGuard, SignedIn } from './founder.guard';
import { judgesOf } from './own-wish';

@Controller('api/v1/attention')
@UseGuards(FounderGuard)
export class ShowAttention {
  constructor(
    private readonly attention: AttentionStore,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What needs a human now. */
  @Get()
  async show(@SignedIn() founder: TokenHolder) {
    return toAttention(await this.attention.read(this.clock.now()), judgesOf(founder, this.keyring.manifest.founders));
  }
}
