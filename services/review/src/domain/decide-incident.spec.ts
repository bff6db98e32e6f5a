import { generateKeyPairSync } from 'node:crypto';
import type { RefusalCode, ResolveStatement } from '@mandate/contracts';
import type { AcknowledgeIncident, ResolveIncident, SignedStatement } from './action';
import type { ReviewedIncident } from './contract';
import { decideAcknowledgement, decideResolution } from './decide-incident';
import { decideIssueAcknowledgement } from './decide-issue';
import { circumstances, ID, NOON, signed, signing } from './testing/fixtures';

const incidentId = '018f0000-0000-7000-8000-000000000009';
const incident = (but: Partial<ReviewedIncident> = {}): ReviewedIncident => ({
  ...{ incidentId, contractId: ID, version: 4, isResolved: false },
  ...but,
});
const statement = (but: Partial<ResolveStatement> = {}): ResolveStatement => ({
  ...{ format: 'mandate-resolve-v1', purpose: 'RESOLVE', ...signing },
  ...{ incident_id: incidentId, incident_version: 4, reason: 'put back by hand' },
  ...but,
});
const resolve = (resolution: SignedStatement | null = signed(statement())): ResolveIncident => ({
  ...{ kind: 'RESOLVE_INCIDENT', actor: 'fay', incidentId, resolution },
});
const codeOf = (action: ResolveIncident, on: ReviewedIncident | null = incident()) =>
  decideResolution(action, on, circumstances())?.code;

describe('resolving an incident', () => {
  it('is accepted with a founder’s signature over the incident as it stands and a reason', () => {
    expect(codeOf(resolve())).toBeUndefined();
  });

  it('is refused for one that is not known, or is resolved', () => {
    expect(codeOf(resolve(), null)).toBe('NOT_FOUND');
    expect(codeOf(resolve(), incident({ isResolved: true }))).toBe('ALREADY_DECIDED');
  });

  it.each<[RefusalCode, Partial<ResolveStatement>]>([
    ['STATEMENT_FOR_ANOTHER_CONTRACT', { contract_id: incidentId }],
    ['STATEMENT_FOR_ANOTHER_INCIDENT', { incident_version: 3 }],
    ['STATEMENT_FOR_ANOTHER_INCIDENT', { incident_id: ID }],
    ['STATEMENT_EXPIRED', { not_after: NOON - 1 }],
    ['REASON_TOO_SHORT', { reason: 'ten chars.' }],
  ])('AM-13: is refused with %s', (code, but) => {
    expect(codeOf(resolve(signed(statement(but))))).toBe(code);
  });

  it('AM-13: is refused unsigned, signed by a stranger, or by another founder than the one who is signed in', () => {
    expect(codeOf(resolve(null))).toBe('SIGNATURE_MISSING');
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect(codeOf(resolve(signed(statement(), stranger)))).toBe('FOUNDER_SIGNATURE_INVALID');
    expect(codeOf({ ...resolve(), actor: 'max' })).toBe('STATEMENT_FOR_ANOTHER_FOUNDER');
  });
});

describe('acknowledging', () => {
  const seen: AcknowledgeIncident = { kind: 'ACKNOWLEDGE_INCIDENT', actor: 'fay', incidentId, note: '' };

  it('an incident needs no words, and one that there is', () => {
    expect(decideAcknowledgement(seen, incident())).toBeNull();
    expect(decideAcknowledgement(seen, null)?.code).toBe('NOT_FOUND');
    expect(decideAcknowledgement(seen, incident({ isResolved: true }))?.code).toBe('ALREADY_DECIDED');
  });

  it('an escalated issue needs a note, once', () => {
    const note = { kind: 'ACKNOWLEDGE_ISSUE' as const, actor: 'fay', issueId: ID, note: 'called them' };
    expect(decideIssueAcknowledgement(note, { isAcknowledged: false })).toBeNull();
    expect(decideIssueAcknowledgement(note, null)?.code).toBe('NOT_FOUND');
    expect(decideIssueAcknowledgement(note, { isAcknowledged: true })?.code).toBe('ALREADY_DECIDED');
    expect(decideIssueAcknowledgement({ ...note, note: ' ' }, { isAcknowledged: false })?.code).toBe('NOTE_MISSING');
  });
});
