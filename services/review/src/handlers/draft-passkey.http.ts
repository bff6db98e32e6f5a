import { CLOCK, type Clock } from '@mandate/service-kit';
import { Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { FounderKeyStore } from '../adapters/founder-key.store';
import { PasskeyRegistrar } from '../adapters/passkey.registrar';
import { passkeysNeedName, sessionOf } from './enrolment-problem';
import { type Founder, FounderGuard, SignedIn } from './founder.guard';

@Controller('api/v1/founder-keys/options')
@UseGuards(FounderGuard)
export class DraftPasskey {
  constructor(
    private readonly registrar: PasskeyRegistrar,
    private readonly founderKeys: FounderKeyStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What the browser needs to make a passkey for this founder; its challenge holds for five minutes, once. */
  @Post()
  @HttpCode(200)
  async draft(@SignedIn() founder: Founder) {
    const session = sessionOf(founder);
    const party = this.registrar.relyingParty ?? passkeysNeedName();
    const now = this.clock.now();
    const have = (await this.founderKeys.of(founder.subject, now)).flatMap(({ passkey }) =>
      passkey ? [passkey.credentialId] : [],
    );
    const publicKey = await this.registrar.options(party, founder.subject, session.name, have);
    await this.founderKeys.keepChallenge(publicKey.challenge, founder.subject, session.sessionId, now);
    return { publicKey };
  }
}
