import { createHmac } from 'node:crypto';

/** A message as it is signed (Standard Webhooks): its id, when it is sent (epoch seconds), its body. */
export interface SignedMessage {
  readonly id: string;
  readonly timestamp: number;
  readonly body: Buffer;
}

const PREFIX = 'whsec_';
const SECRET_BYTES = { min: 24, max: 64 };

/** The keys in a secret file, one a line: two during a rotation. @throws Error saying what is wrong, without the secret */
export function readSecrets(text: string): readonly Buffer[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) throw new Error('it is empty');
  return lines.map((line, i) => {
    const encoded = line.slice(PREFIX.length);
    const key = Buffer.from(encoded, 'base64');
    const isSecret =
      line.startsWith(PREFIX) &&
      key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '') &&
      key.length >= SECRET_BYTES.min &&
      key.length <= SECRET_BYTES.max;
    if (!isSecret) throw new Error(`line ${i + 1} wants whsec_ and 24 to 64 bytes in base64`);
    return key;
  });
}

/** The headers that prove a message: `webhook-id`, `webhook-timestamp` and a signature by each key. */
export function signatureHeaders(message: SignedMessage, secrets: readonly Buffer[]): Record<string, string> {
  const signed = Buffer.concat([Buffer.from(`${message.id}.${message.timestamp}.`), message.body]);
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets
      .map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
      .join(' '),
  };
}
