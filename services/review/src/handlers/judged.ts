import type { Basis, Particulars } from '../adapters/review-decided.wire';
import type { ReviewEvent } from '../adapters/review-event.store';
import type { Refusal } from '../domain/refusal';

/** What review makes of an action before anything is recorded or said. */
export interface Judged {
  readonly refusal: Refusal | null;
  /** Null where there is no contract, or none is known. */
  readonly contractId: string | null;
  readonly versionSeen: number | null;
  /** A reason that stands in the signed statement; otherwise that of the request. */
  readonly reason: string | null;
  /** What is said if it is accepted. */
  readonly say?: { readonly basis: Basis; readonly particularsOf: (event: ReviewEvent) => Particulars };
  /** What else is kept if it is accepted. */
  readonly settle?: (event: ReviewEvent) => Promise<void>;
}

/** An action on something that review does not know. */
export function refusedAs(refusal: Refusal): Judged {
  return { refusal, contractId: null, versionSeen: null, reason: null };
}
