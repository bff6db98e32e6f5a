const COUNTER_AT = 33;
const COUNTER_END = 37;

/** The signature counter in a passkey's assertion as a decision carries it; null for anything else. */
export function signCountOf(carried: Buffer): number | null {
  try {
    const { authenticator_data: text } = JSON.parse(carried.toString('utf8')) as { authenticator_data?: unknown };
    const bytes = typeof text === 'string' ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
    return bytes.length < COUNTER_END ? null : bytes.readUInt32BE(COUNTER_AT);
  } catch {
    return null;
  }
}

/**
 * Whether a use is a new one: the counter grows each time. Passkeys that are synchronised between devices have none and always
 * say 0. One that does not grow is an assertion used before, or a copy of the authenticator.
 */
export function isNewUse(countBefore: number, count: number): boolean {
  return count > countBefore || (count === 0 && countBefore === 0);
}
