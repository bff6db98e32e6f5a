import { CLOCK, type Clock, Keyring } from '@mandate/service-kit';
import { Controller, Get, Inject, Res, UseGuards } from '@nestjs/common';
import { FounderKeyStore } from '../adapters/founder-key.store';
import { instant } from '../adapters/presentable';
import { SessionStore } from '../adapters/session.store';
import { endsOf } from '../domain/session';
import { type Founder, FounderGuard, SignedIn } from './founder.guard';
import type { HttpReply } from './http';

@Controller('api/v1/session')
@UseGuards(FounderGuard)
export class ShowSession {
  constructor(
    private readonly sessions: SessionStore,
    private readonly founderKeys: FounderKeyStore,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Who is signed in, until when, and which keys count. */
  @Get()
  async show(@SignedIn() { subject, session, csrfToken }: Founder, @Res({ passthrough: true }) reply: HttpReply) {
    reply.header('cache-control', 'no-store');
    const ends = session && endsOf(session, this.sessions.limits);
    return {
      founder: subject,
      name: session?.name ?? null,
      role: 'founder' as const,
      csrf_token: csrfToken,
      environment: this.keyring.manifest.environment,
      idle_expires_at: ends && instant(ends.idleAt),
      absolute_expires_at: ends && instant(ends.absoluteAt),
      keys: await this.keysOf(subject),
    };
  }

  private async keysOf(founder: string) {
    const asked = await this.founderKeys.of(founder, this.clock.now());
    const active = this.founderKeys.active(founder).map(({ key_id, kind }) => {
      const known = asked.find((key) => key.keyId === key_id);
      const since = known?.activeSince ?? null;
      return {
        ...{ key_id, kind, label: known?.label ?? null, status: 'active' as const },
        enrolled_at: since === null ? null : instant(since),
      };
    });
    const pending = asked
      .filter((key) => key.activeSince === null)
      .map(({ keyId, kind, label }) => ({
        ...{ key_id: keyId, kind, label, status: 'pending' as const },
        enrolled_at: null,
      }));
    return [...active, ...pending];
  }
}
