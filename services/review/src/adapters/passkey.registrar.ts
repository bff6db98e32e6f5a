import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import {
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import { CONFIG, type Config } from '../config';

/** What holds for every passkey here: whose it is on the web, and the one origin whose assertions count. */
interface RelyingParty {
  readonly rpId: string;
  readonly origin: string;
}

/** A passkey that an authenticator has just made. */
export interface NewPasskey extends RelyingParty {
  readonly credentialId: Buffer;
  /** DER SPKI. */
  readonly publicKey: Buffer;
  readonly signCount: number;
}

/** The authenticator's answer does not hold; `message` says what about it. */
export class RegistrationRefused extends Error {}

const ALGORITHMS = [cose.COSEALG.ES256, cose.COSEALG.EdDSA];

/** Has founders' passkeys made, and checks what authenticators answer. */
@Injectable()
export class PasskeyRegistrar {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Null where there can be no passkeys: they belong to a name, and the page has none (an IP address, or no PUBLIC_URL). */
  get relyingParty(): RelyingParty | null {
    const { PUBLIC_URL: origin } = this.config;
    if (origin === undefined) return null;
    const { hostname } = new URL(origin);
    return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { rpId: hostname, origin } : null;
  }

  /** What `navigator.credentials.create` needs; those the founder has are not made again. */
  options({ rpId }: RelyingParty, founder: string, name: string | null, have: readonly Buffer[]) {
    return generateRegistrationOptions({
      rpName: 'Mandate',
      rpID: rpId,
      userName: founder,
      userDisplayName: name ?? founder,
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
      excludeCredentials: have.map((id) => ({ id: id.toString('base64url') })),
    });
  }

  /** @throws RegistrationRefused */
  async verify(party: RelyingParty, response: RegistrationResponseJSON, challenge: string): Promise<NewPasskey> {
    try {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: party.origin,
        expectedRPID: party.rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      });
      if (!verified) throw new RegistrationRefused('its attestation does not hold');
      const { id, publicKey, counter } = registrationInfo.credential;
      return {
        ...party,
        credentialId: Buffer.from(id, 'base64url'),
        publicKey: spkiOf(publicKey),
        signCount: counter,
      };
    } catch (error) {
      throw error instanceof RegistrationRefused ? error : new RegistrationRefused((error as Error).message);
    }
  }
}

/** DER SPKI of a COSE key: P-256 or Ed25519. */
function spkiOf(coseKey: Uint8Array): Buffer {
  const key = decodeCredentialPublicKey(coseKey as Uint8Array<ArrayBuffer>);
  const part = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64url');
  const jwk = cose.isCOSEPublicKeyEC2(key)
    ? { kty: 'EC', crv: 'P-256', x: part(key.get(cose.COSEKEYS.x)), y: part(key.get(cose.COSEKEYS.y)) }
    : cose.isCOSEPublicKeyOKP(key)
      ? { kty: 'OKP', crv: 'Ed25519', x: part(key.get(cose.COSEKEYS.x)) }
      : null;
  if (!jwk) throw new RegistrationRefused('its key is neither ES256 nor EdDSA');
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' }) as Buffer;
}
