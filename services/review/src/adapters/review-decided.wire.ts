import type { ContractChanged, ReviewDecided } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Action } from '../domain/action';

/** What an accepted action becomes, and on which basis it was decided. */
export interface Decided {
  readonly decisionId: string;
  readonly action: Action;
  readonly contract: ContractChanged;
  /** Header of the ContractChanged that the founder saw. */
  readonly mandate: Buffer;
  readonly version: number;
  readonly sessionId: string;
  readonly requestId: string;
  readonly idempotencyKey: string;
  readonly registryVersion: number;
  readonly healthVersion: number;
  readonly now: number;
}

/** A founder's accepted action as the message that the contract service decides on. */
export function toReviewDecided(decided: Decided): Outgoing {
  const { action, contract } = decided;
  const value: ReviewDecided = {
    decision_id: decided.decisionId,
    contract_id: contract.contract_id,
    issue_id: contract.issue_id,
    origin: contract.origin,
    action: action.kind,
    actor: action.actor,
    on_behalf_of: null,
    session_id: decided.sessionId,
    request_id: decided.requestId,
    idempotency_key: decided.idempotencyKey,
    dossier_digest: action.dossierSeen,
    version_seen: contract.version,
    reason: action.kind === 'REJECT' ? action.reason : null,
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
    decided_at: decided.now,
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
    now: decided.now,
  });
}

function signedPart(approval: Extract<Action, { kind: 'APPROVE' }>['approval']) {
  if (!approval) throw new TypeError('an accepted approval is signed');
  return { statement: approval.statement, signature: approval.signature, key_id: approval.keyId };
}
