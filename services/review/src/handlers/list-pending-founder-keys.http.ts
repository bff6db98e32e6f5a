import { CLOCK, type Clock, Operators } from '@mandate/service-kit';
import { Controller, Get, Headers, Inject } from '@nestjs/common';
import { FounderKeyStore, toManifestEntry } from '../adapters/founder-key.store';
import { instant } from '../adapters/presentable';
import { Problem } from './problem';

/** For operators: what waits for the root's signature. Review cannot sign it, and does not know the root's key. */
@Controller('api/v1/founder-keys/pending')
export class ListPendingFounderKeys {
  constructor(
    private readonly founderKeys: FounderKeyStore,
    private readonly operators: Operators,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  async list(@Headers('authorization') authorization: string | undefined) {
    this.admit(authorization);
    const keys = await this.founderKeys.pending(this.clock.now());
    return {
      pending: keys.map((key) => ({
        entry: toManifestEntry(key),
        label: key.label,
        requested_at: instant(key.requestedAt),
        session_id: key.sessionId,
      })),
    };
  }

  private admit(authorization: string | undefined): void {
    try {
      this.operators.authenticate(authorization);
    } catch {
      const detail = "This needs an operator's bearer token.";
      throw new Problem(
        { status: 401, title: 'Not signed in', code: 'NOT_AN_OPERATOR', detail },
        { 'www-authenticate': 'Bearer realm="mandate"' },
      );
    }
  }
}
