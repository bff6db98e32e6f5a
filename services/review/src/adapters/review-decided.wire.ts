import { type Change, changeToWire, decodeMandate, encodeMandate, type Says } from '@mandate/contracts';
import type { ContractChanged, ReviewAction, ReviewDecided } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Action, SignedStatement } from '../domain/action';
import type { ReviewEvent } from './review-event.store';

/** What a decision is about and rests on. */
export interface Basis {
  /** Terms of the contract. */
  readonly contract: Pick<ContractChanged, 'contract_id' | 'issue_id' | 'origin' | 'plan_digest'>;
  /** Header of the message that is cited: what the founder saw, or the answer that came. */
  readonly cited: Buffer;
  /** The version seen of what is cited. */
  readonly versionSeen: number;
  readonly registryVersion: number;
  readonly healthVersion: number;
  /** Where what is cited carries no MAY: header of the contract's own last message. */
  readonly permitsOf?: Buffer;
}

/** What is particular to one kind of decision. */
export type Particulars = Partial<
  Pick<
    ReviewDecided,
    | 'reason'
    | 'clarification_request_id'
    | 'modified_changes'
    | 'modified_capabilities'
    | 'statement'
    | 'signature'
    | 'key_id'
    | 'attested_checks'
  >
>;

const SAYS: Readonly<Record<Exclude<ReviewAction, 'UNKNOWN'>, Says>> = {
  APPROVE: 'APPROVE',
  REJECT: 'REJECT',
  REQUEST_CLARIFICATION: 'REQUEST_CLARIFICATION',
  PROVIDE_CLARIFICATION: 'PROVIDE_CLARIFICATION',
  MODIFY_SCOPE: 'MODIFY',
  NOTE: 'NOTE',
  ATTEST: 'ATTEST',
  ACKNOWLEDGE_INCIDENT: 'ACKNOWLEDGE',
  RESOLVE_INCIDENT: 'RESOLVE',
};

/** An accepted action as the message that is decided on elsewhere. @param version review's own count about the contract */
export function toReviewDecided(
  event: ReviewEvent,
  particulars: Particulars,
  { contract, cited, permitsOf, ...basis }: Basis,
  version: number,
): Outgoing {
  const action = event.action as Exclude<Action['kind'], 'ACKNOWLEDGE_ISSUE'>;
  const value: ReviewDecided = {
    decision_id: event.eventId,
    contract_id: contract.contract_id,
    issue_id: contract.issue_id,
    origin: contract.origin,
    action,
    actor: event.actor,
    on_behalf_of: event.onBehalfOf,
    session_id: event.sessionId,
    request_id: event.requestId,
    idempotency_key: event.idempotencyKey,
    dossier_digest: event.dossierSeen,
    version_seen: basis.versionSeen,
    reason: event.reason,
    clarification_request_id: null,
    modified_changes: null,
    modified_capabilities: null,
    statement: null,
    signature: null,
    key_id: null,
    attested_checks: null,
    ...particulars,
    registry_version: basis.registryVersion,
    health_version: basis.healthVersion,
    decided_at: event.at,
  };
  return say({
    message: 'ReviewDecided',
    key: contract.contract_id,
    value,
    says: SAYS[action],
    issueId: contract.issue_id,
    version,
    planDigest: contract.plan_digest,
    cites: citing(cited),
    ...(permitsOf ? { permits: { may: mayOf(permitsOf), approve: null } } : {}),
    now: event.at,
  });
}

/** The MAY that a message carries, as a paper of its own. */
function mayOf(mandate: Buffer): Buffer {
  const may = decodeMandate(mandate)?.may;
  if (!may) throw new TypeError('a contract carries the MAY that it came from');
  return encodeMandate({ own: may, cause: null, may: null, approve: null });
}

/** The founder's signature as a message carries it. */
export function signedPart(signed: SignedStatement | null): Particulars {
  if (!signed) throw new TypeError('an accepted decision of this kind is signed');
  return { statement: signed.statement, signature: signed.signature, key_id: signed.keyId };
}

/** A modification's explicit changes as a message carries them. */
export function modifiedPart(changes: readonly Change[], capabilities: readonly string[]): Particulars {
  return { modified_changes: changes.map(changeToWire), modified_capabilities: [...capabilities] };
}
