import { verify } from 'node:crypto';
import { type Manifest, publicKeyOf } from './manifest';
import { canonicalJson } from './plan';
import { isValidAt } from './service-keys';
import { signedApart } from './signed-apart';

/** How long a ticket is good for, and how much the auditor's clock may be behind. */
export const PROOF_TICKET_MS = 60_000;
const SKEW_MS_MAX = 30_000;

/** Review's word that a founder may have one contract's proof file from the auditor, now. */
export interface ProofTicket {
  readonly format: 'mandate-proof-ticket-v1';
  readonly contract_id: string;
  /** Who asked and in which session; for the auditor's log. */
  readonly founder: string;
  readonly session_id: string;
  /** Origin of the page that may read the answer. */
  readonly page: string;
  /** Epoch milliseconds. */
  readonly not_after: number;
}

/** The bytes of a ticket that are signed. */
export function proofTicketBytes(ticket: ProofTicket): Buffer {
  return Buffer.from(canonicalJson(ticket));
}

/** A signed ticket as it travels: its bytes, the key's id and the signature, with dots between. */
export function proofTicketText(ticket: ProofTicket, keyId: string, signature: Buffer): string {
  return [proofTicketBytes(ticket).toString('base64url'), keyId, signature.toString('base64url')].join('.');
}

/** The ticket, if a key that is review's now has signed it; whether it is still good is another question. Never throws. */
export function readProofTicket(text: string, manifest: Manifest, now: number): ProofTicket | null {
  const [body = '', keyId = '', signature = ''] = text.split('.');
  const key = manifest.services.find((known) => known.key_id === keyId);
  if (!key || key.revoked || !isValidAt(key, 'review', now)) return null;
  const bytes = Buffer.from(body, 'base64url');
  const signed = signedApart('mandate-proof-ticket-v1', bytes);
  const holds = verify(
    null,
    signed,
    publicKeyOf(Buffer.from(key.public_key, 'base64')),
    Buffer.from(signature, 'base64url'),
  );
  return holds ? (JSON.parse(bytes.toString()) as ProofTicket) : null;
}

/** Whether a ticket is good at that time: neither over, nor good for longer than any that review gives. */
export function isTicketGood({ not_after }: ProofTicket, now: number): boolean {
  return now < not_after && not_after <= now + PROOF_TICKET_MS + SKEW_MS_MAX;
}
