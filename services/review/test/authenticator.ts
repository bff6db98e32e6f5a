import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { assertionBytes, keyIdOfSpki, passkeyChallenge } from '@mandate/contracts';

const PRESENT_AND_VERIFIED = 0x05;
const WITH_KEY = 0x40;

/** What a test has an authenticator, or somebody who pretends to be one, do otherwise. */
export interface Otherwise {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly flags?: number;
  readonly count?: number;
}

/** A passkey authenticator in software: ES256, attestation `none`, a signature counter. */
export class Authenticator {
  private readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly credentialId = randomBytes(32);
  private count = 0;

  constructor(private readonly origin: string) {}

  get keyId(): string {
    return keyIdOfSpki(this.spki);
  }

  get spki(): Buffer {
    return this.pair.publicKey.export({ format: 'der', type: 'spki' }) as Buffer;
  }

  /** Makes the passkey: the answer to creation options, as the browser posts it. */
  register(challenge: string, otherwise: Otherwise = {}): object {
    const id = this.credentialId.toString('base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const key = coseKey(this.pair.publicKey);
    const flags = (otherwise.flags ?? PRESENT_AND_VERIFIED) | WITH_KEY;
    const data = Buffer.concat([this.head(flags, otherwise), Buffer.alloc(16), length, this.credentialId, key]);
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      ...[text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData'), bytes(data)],
    ]);
    const response = {
      clientDataJSON: this.client('webauthn.create', challenge, otherwise).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
    };
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  /** Signs a statement: base64 of what a decision carries. */
  sign(statement: string, otherwise: Otherwise = {}, key: KeyObject = this.pair.privateKey): string {
    this.count += 1;
    const data = this.head(otherwise.flags ?? PRESENT_AND_VERIFIED, otherwise);
    const challenge = otherwise.challenge ?? passkeyChallenge(Buffer.from(statement));
    const client = this.client('webauthn.get', challenge, otherwise);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return assertionBytes({
      authenticator_data: data.toString('base64url'),
      client_data_json: client.toString('base64url'),
      signature: sign('sha256', signed, key).toString('base64url'),
    }).toString('base64');
  }

  private head(flags: number, { rpId = new URL(this.origin).hostname, count = this.count }: Otherwise): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counter]);
  }

  private client(type: string, challenge: string, { origin = this.origin }: Otherwise): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }
}

// CBOR, as little of it as is needed.
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  const length = Buffer.alloc(3);
  length[0] = 0x59;
  length.writeUInt16BE(value.length, 1);
  return Buffer.concat([length, value]);
}

/** {kty: EC2, alg: ES256, crv: P-256, x, y} */
function coseKey(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' }) as { x: string; y: string };
  const part = (name: number, value: string) =>
    Buffer.concat([Buffer.from([name, 0x58, 0x20]), Buffer.from(value, 'base64url')]);
  return Buffer.concat([Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]), part(0x21, x), part(0x22, y)]);
}
