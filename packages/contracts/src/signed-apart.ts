import { sha256 } from './plan';

/** What a service signs besides links. */
export type Purpose = 'mandate-proof-v1' | 'mandate-proof-ticket-v1' | 'mandate-checkpoint-v1';

/**
 * The bytes that are signed: the purpose, a zero byte, SHA-256 of what is signed. The purpose is part of it, so that no
 * such signature can be taken for another's, nor for one over links.
 */
export function signedApart(purpose: Purpose, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${purpose}\0`), sha256(bytes)]);
}
