import { generateKeyPairSync, sign } from 'node:crypto';
import { keyIdOf, type Manifest, rawPublicKey, type ServiceKey } from './manifest';
import { isTicketGood, type ProofTicket, proofTicketBytes, proofTicketText, readProofTicket } from './proof-ticket';
import { signedApart } from './signed-apart';

const NOW = 1_800_000_000_000;
const review = generateKeyPairSync('ed25519').privateKey;
const TICKET: ProofTicket = {
  ...{ format: 'mandate-proof-ticket-v1', contract_id: '0197f000-0000-7000-8000-000000000001', founder: 'ada' },
  ...{ session_id: 's', page: 'https://review.example.com', not_after: NOW + 60_000 },
};

function manifestWith(entry: Partial<ServiceKey> = {}): Manifest {
  const public_key = rawPublicKey(review).toString('base64');
  const key: ServiceKey = { service: 'review', key_id: keyIdOf(review), public_key, valid_from: 0, valid_to: null };
  return {
    ...{ format: 'mandate-authority-v1', number: 1, environment: 'production', founders: [], catalogue_digests: [] },
    services: [{ ...key, ...entry }],
  };
}

function ticketOf(ticket: ProofTicket, purpose: Parameters<typeof signedApart>[0] = 'mandate-proof-ticket-v1'): string {
  const signature = sign(null, signedApart(purpose, proofTicketBytes(ticket)), review);
  return proofTicketText(ticket, keyIdOf(review), signature);
}

describe('a ticket for a proof file', () => {
  it('is read if a key that is review’s now has signed it', () => {
    expect(readProofTicket(ticketOf(TICKET), manifestWith(), NOW)).toEqual(TICKET);
  });

  it.each<[string, string, Partial<ServiceKey>]>([
    ['another service’s key', ticketOf(TICKET), { service: 'contract' }],
    ['a key that is no longer review’s', ticketOf(TICKET), { valid_to: NOW }],
    ['a revoked key', ticketOf(TICKET), { revoked: { at: NOW, trusted_offsets: {}, citable: [] } }],
    ['an unknown key', ticketOf(TICKET).replace(/\.[0-9a-f]+\./, '.0000000000000000.'), {}],
    ['a signature for another purpose', ticketOf(TICKET, 'mandate-proof-v1'), {}],
    [
      'a changed word',
      ticketOf({ ...TICKET, founder: 'eve' }).split('.')[0] + ticketOf(TICKET).replace(/^[^.]+/, ''),
      {},
    ],
    ['nothing', '', {}],
  ])('is none with %s', (_, text, entry) => {
    expect(readProofTicket(text, manifestWith(entry), NOW)).toBeNull();
  });

  it('is good for a minute, and never for longer than review would have said', () => {
    expect(isTicketGood(TICKET, NOW)).toBe(true);
    expect(isTicketGood(TICKET, TICKET.not_after)).toBe(false);
    expect(isTicketGood({ ...TICKET, not_after: NOW + 3_600_000 }, NOW)).toBe(false);
  });
});
