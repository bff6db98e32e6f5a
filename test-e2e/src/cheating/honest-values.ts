import { randomUUID } from 'node:crypto';
import { sha256 } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citingOutside } from '@mandate/service-kit';
import type { HeardContract } from './honest';

export function originOf(reference: string): Messages['IssueReceived']['origin'] {
  return {
    source: 'support_ticket',
    source_system: 'desk',
    reference,
    submitter: null,
    tenant: null,
    received_at: Date.now(),
  };
}

/** A decision on a contract as it was seen, without a signature. */
export function decisionOn(
  { value }: HeardContract,
  action: Messages['ReviewDecided']['action'],
  actor: string,
): Messages['ReviewDecided'] {
  return {
    decision_id: randomUUID(),
    contract_id: value.contract_id,
    issue_id: value.issue_id,
    origin: value.origin,
    action,
    actor,
    on_behalf_of: null,
    session_id: 'a session',
    request_id: 'a request',
    idempotency_key: randomUUID(),
    dossier_digest: value.dossier_digest,
    version_seen: value.version,
    reason: null,
    clarification_request_id: null,
    modified_changes: null,
    modified_capabilities: null,
    statement: null,
    signature: null,
    key_id: null,
    attested_checks: null,
    registry_version: 1,
    health_version: 1,
    decided_at: Date.now(),
  };
}

/** What ingestion says of an issue that has come. */
export function issueSaying(issueId: string, origin: Messages['IssueReceived']['origin']) {
  const now = Date.now();
  const value: Messages['IssueReceived'] = {
    issue_id: issueId,
    origin,
    idempotency_key: issueId,
    subject: 'Another size',
    body: 'Please set the size of thing 1 to 2.',
    hints: { severity: null, capabilities: [], change: null },
    payload_digest: sha256(issueId),
    recurrence_of: null,
    related_to: null,
    follows: null,
    status: 'RECEIVED',
    received_at: now,
  };
  const about = { key: issueId, issueId, version: 1, planDigest: null, now };
  return {
    ...about,
    message: 'IssueReceived',
    says: 'RECEIVED',
    cites: citingOutside(sha256(issueId)),
    value,
  } as const;
}
