import type { Origin } from '@mandate/schemas';
import { citingOutside, type Outgoing, say } from '@mandate/service-kit';

/** A CRM's withdrawal on its way to one contract. */
export interface CancellationSaying {
  readonly issueId: string;
  readonly contractId: string;
  /** Counts what ingestion said to this contract. */
  readonly version: number;
  readonly planDigest: Buffer;
  readonly reason: string;
  readonly origin: Origin;
  /** SHA-256 of the bytes that asked for it. */
  readonly digest: Buffer;
  readonly requestedAt: number;
}

export function toCancellationReceived(c: CancellationSaying, now: number): Outgoing {
  return say({
    message: 'CancellationReceived',
    key: c.contractId,
    says: 'CANCELLED',
    issueId: c.issueId,
    version: c.version,
    planDigest: c.planDigest,
    cites: citingOutside(c.digest),
    now,
    value: {
      issue_id: c.issueId,
      contract_id: c.contractId,
      reason: c.reason,
      origin: c.origin,
      received_at: c.requestedAt,
    },
  });
}
