import { newId, sha256 } from '@mandate/contracts';
import { citingOutside } from '@mandate/service-kit';

/** What ingestion says of an issue that it has received: the simplest message that a deciding service takes in. */
export const anIssue = (subject: string, issueId = newId(Date.now()), version = 1) => ({
  message: 'IssueReceived' as const,
  key: issueId,
  says: 'RECEIVED' as const,
  issueId,
  version,
  planDigest: null,
  cites: citingOutside(sha256(subject)),
  now: Date.now(),
  value: {
    issue_id: issueId,
    origin: {
      source: 'support_ticket',
      source_system: 'desk',
      reference: subject,
      submitter: null,
      tenant: null,
      received_at: 1,
    },
    idempotency_key: subject,
    subject,
    body: '',
    hints: { severity: null, capabilities: [], change: null },
    payload_digest: sha256(subject),
    recurrence_of: null,
    related_to: null,
    follows: null,
    status: 'RECEIVED',
    received_at: 1,
  },
});
