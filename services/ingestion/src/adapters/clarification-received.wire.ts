import type { Origin } from '@mandate/schemas';
import { citingOutside, type Outgoing, say } from '@mandate/service-kit';
import type { AskedRequest } from '../domain/receive';

/** A requestor's answer on its way to the founder. */
export interface ClarificationSaying {
  readonly request: AskedRequest;
  readonly answer: string;
  /** Counts what ingestion said to this contract. */
  readonly version: number;
  readonly planDigest: Buffer;
  readonly origin: Origin;
  /** SHA-256 of the bytes that hold the answer. */
  readonly digest: Buffer;
}

export function toClarificationReceived(c: ClarificationSaying, now: number): Outgoing {
  const { requestId, contractId, issueId } = c.request;
  return say({
    message: 'ClarificationReceived',
    key: contractId,
    says: 'CLARIFIED',
    issueId,
    version: c.version,
    planDigest: c.planDigest,
    cites: citingOutside(c.digest),
    now,
    value: {
      issue_id: issueId,
      contract_id: contractId,
      request_id: requestId,
      answer: c.answer,
      origin: c.origin,
      received_at: now,
    },
  });
}
