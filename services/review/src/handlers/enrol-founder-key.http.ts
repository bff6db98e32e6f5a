import { createPublicKey } from 'node:crypto';
import { keyIdOfSpki } from '@mandate/contracts';
import { CLOCK, type Clock, Keyring, LOGGER } from '@mandate/service-kit';
import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import type { z } from 'zod';
import { type AskedFounderKey, FounderKeyStore } from '../adapters/founder-key.store';
import { type NewPasskey, PasskeyRegistrar, RegistrationRefused } from '../adapters/passkey.registrar';
import { signIn } from '../api/action.schema';
import { refuseEnrolment } from '../domain/enrolment';
import { enrolmentProblem, passkeysNeedName, registrationProblem, sessionOf } from './enrolment-problem';
import { type Founder, FounderGuard, SignedIn } from './founder.guard';
import { type Log, parsed } from './http';

type Asked = z.output<typeof signIn.newKey>;

@Controller('api/v1/founder-keys')
@UseGuards(FounderGuard)
export class EnrolFounderKey {
  constructor(
    private readonly registrar: PasskeyRegistrar,
    private readonly founderKeys: FounderKeyStore,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  /** Asks for a key to be enrolled. It counts once the holder of the root key has signed a manifest that names it. */
  @Post()
  @HttpCode(202)
  async enrol(@Body() given: unknown, @SignedIn() founder: Founder) {
    const asked = parsed(signIn.newKey, given);
    const { sessionId } = sessionOf(founder);
    const passkey = asked.kind === 'passkey' ? await this.passkeyOf(asked.response, sessionId) : null;
    const publicKey = passkey?.publicKey ?? browserKeyOf(asked);
    const { subject } = founder;
    const now = this.clock.now();
    const refusal = refuseEnrolment(
      { kind: asked.kind, isKnown: await this.founderKeys.isKnown(publicKey) },
      { environment: this.keyring.manifest.environment, pending: await this.pendingOf(subject, now) },
    );
    if (refusal) throw enrolmentProblem(refusal);
    const key: Omit<AskedFounderKey, 'activeSince'> = {
      ...{ keyId: keyIdOfSpki(publicKey), founder: subject, kind: asked.kind, label: asked.label },
      ...{ publicKey, passkey, sessionId, requestedAt: now },
    };
    if (!(await this.founderKeys.ask(key))) throw enrolmentProblem('KEY_KNOWN');
    this.logger.warn({ founder: subject, keyId: key.keyId, kind: key.kind }, 'a founder asks for a key to be enrolled');
    return { key_id: key.keyId, status: 'pending' as const };
  }

  private async pendingOf(founder: string, now: number): Promise<number> {
    return (await this.founderKeys.pending(now)).filter((key) => key.founder === founder).length;
  }

  private async passkeyOf(response: object, sessionId: string): Promise<NewPasskey> {
    const party = this.registrar.relyingParty ?? passkeysNeedName();
    const challenge = challengeIn(response);
    if (challenge === null || !(await this.founderKeys.takeChallenge(challenge, sessionId, this.clock.now())))
      throw registrationProblem('its challenge is not one of this session, or was used');
    try {
      return await this.registrar.verify(party, response as RegistrationResponseJSON, challenge);
    } catch (error) {
      throw error instanceof RegistrationRefused ? registrationProblem(error.message) : error;
    }
  }
}

function challengeIn(response: object): string | null {
  try {
    const { response: inner } = response as { response: { clientDataJSON: string } };
    const { challenge } = JSON.parse(Buffer.from(inner.clientDataJSON, 'base64url').toString()) as {
      challenge: unknown;
    };
    return typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}

/** @throws Problem unless it is a P-256 key, in its one DER form */
function browserKeyOf(asked: Asked): Buffer {
  const bytes = Buffer.from(asked.kind === 'browser' ? asked.public_key_spki : '', 'base64');
  try {
    const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    if (isP256 && (key.export({ format: 'der', type: 'spki' }) as Buffer).equals(bytes)) return bytes;
  } catch {
    // Not a key at all.
  }
  throw registrationProblem('public_key_spki is no P-256 key (SPKI, DER, base64)');
}
