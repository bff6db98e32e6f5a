import type { ContractChanged, ReviewDecided } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Action } from '../domain/action';
import type { ReviewEvent } from './review-event.store';

/** What an accepted action becomes, and on which basis it was decided. */
export interface Decided {
  readonly event: ReviewEvent;
  readonly action: Action;
  readonly contract: ContractChanged;
  /** Header of the ContractChanged that the founder saw. */
  readonly mandate: Buffer;
  /** Review's own count of its messages about the contract. */
  readonly version: number;
  readonly registryVersion: number;
  readonly healthVersion: number;
}

/** A founder's accepted action as the message that the contract service decides on. */
export function toReviewDecided(decided: Decided): Outgoing {
  const { event, action, contract } = decided;
  const value: ReviewDecided = {
    decision_id: event.eventId,
    contract_id: contract.contract_id,
    issue_id: contract.issue_id,
    origin: contract.origin,
    action: action.kind,
    actor: event.actor,
    on_behalf_of: event.onBehalfOf,
    session_id: event.sessionId,
    request_id: event.requestId,
    idempotency_key: event.idempotencyKey,
    dossier_digest: event.dossierSeen,
    version_seen: contract.version,
    reason: event.reason,
    clarification_request_id: null,
    modified_changes: null,
    modified_capabilities: null,
    statement: null,
    signature: null,
    key_id: null,
    attested_checks: null,
    ...(action.kind === 'APPROVE' ? signedPart(action.approval) : {}),
    registry_version: decided.registryVersion,
    health_version: decided.healthVersion,
    decided_at: event.at,
  };
  return say({
    message: 'ReviewDecided',
    key: contract.contract_id,
    value,
    says: action.kind,
    issueId: contract.issue_id,
    version: decided.version,
    planDigest: contract.plan_digest,
    cites: citing(decided.mandate),
    now: event.at,
  });
}

function signedPart(approval: Extract<Action, { kind: 'APPROVE' }>['approval']) {
  if (!approval) throw new TypeError('an accepted approval is signed');
  return { statement: approval.statement, signature: approval.signature, key_id: approval.keyId };
}
