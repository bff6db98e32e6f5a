import { canonicalJson, sha256 } from './plan';

/** What an operator asked of a service. */
export interface OperatorRequest {
  readonly action: string;
  readonly operator: string;
  readonly subject: string;
  readonly reason: string;
}

/** What `OperatorActed` cites: SHA-256 of the request in RFC 8785 form. Nothing else is its authority (AM-18). */
export function operatorRequestDigest({ action, operator, subject, reason }: OperatorRequest): Buffer {
  return sha256(canonicalJson({ action, operator, reason, subject }));
}
