import { type Change, changeFromWire, derivedId, type Says } from '@mandate/contracts';
import type { ReviewAction, ReviewDecided } from '@mandate/schemas';
import { type Message, UnauthorisedFault } from '@mandate/service-kit';
import type { ContractCommand, Decision } from '../domain/commands';
import type { IncidentCommand } from '../domain/incident';
import type { OpenAudit } from './audits.store';
import { storable } from './columns';

const SAYS_OF: Partial<Record<ReviewAction, Says>> = {
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

/** @throws UnauthorisedFault where the value says another action than the link */
export function checkMeaning({ value, link }: Message<ReviewDecided>): void {
  if (SAYS_OF[value.action] === link.says) return;
  throw new UnauthorisedFault('SAYS_OTHERWISE', `a decision's value says ${value.action}, its link ${link.says}`);
}

/**
 * A decision on a contract as the command it is.
 * @param audits  inconclusive audits, for what a founder attests
 */
export function toCommand(message: Message<ReviewDecided>, audits: readonly OpenAudit[]): ContractCommand & Decision {
  const { value, cause } = message;
  const decision = decisionOf(value);
  switch (value.action) {
    case 'APPROVE':
      return { ...decision, type: 'approve', dossierDigest: value.dossier_digest, signed: signedOf(value) };
    case 'REJECT':
      return { ...decision, type: 'reject' };
    case 'REQUEST_CLARIFICATION':
      return {
        ...decision,
        type: 'request-clarification',
        requestId: value.clarification_request_id ?? value.decision_id,
      };
    case 'PROVIDE_CLARIFICATION':
      return { ...decision, type: 'provide-clarification', requestId: value.clarification_request_id };
    case 'MODIFY_SCOPE':
      return {
        ...decision,
        type: 'modify-scope',
        dossierDigest: value.dossier_digest,
        changes: changesOf(value),
        affectedCapabilities: [...(value.modified_capabilities ?? [])].sort(),
        successorContractId: derivedId('revision of', value.contract_id, value.decision_id),
      };
    case 'NOTE':
      return { ...decision, type: 'note' };
    case 'ATTEST': {
      const isAnswered = (a: OpenAudit): boolean =>
        a.contractId === value.contract_id && (cause?.valueDigest.equals(a.auditDigest) ?? false);
      return { ...decision, type: 'attest', audit: audits.find(isAnswered) ?? null, signed: signedOf(value) };
    }
    default:
      throw new UnauthorisedFault('SAYS_OTHERWISE', `${value.action} is no decision on a contract`);
  }
}

/** What makes a decision sent twice one decision. */
export function keyOf(value: ReviewDecided): string {
  return storable(`${value.action} ${value.idempotency_key}`);
}

function decisionOf(value: ReviewDecided): Decision {
  const text = storable(value.reason ?? '').trim();
  return {
    decisionId: value.decision_id,
    key: keyOf(value),
    actor: storable(value.actor),
    text: text === '' ? null : text,
  };
}

function signedOf({ statement, signature, key_id }: ReviewDecided) {
  return statement && signature && key_id ? { statement, signature, keyId: key_id } : null;
}

function changesOf(value: ReviewDecided): readonly Change[] | null {
  try {
    return (value.modified_changes ?? []).map(changeFromWire);
  } catch {
    return null; // refused as CHANGES_INVALID
  }
}

/** A decision on an incident as the command it is. */
export function toIncidentCommand({ value }: Message<ReviewDecided>): IncidentCommand {
  const { actor, text } = decisionOf(value);
  if (value.action === 'ACKNOWLEDGE_INCIDENT') return { type: 'acknowledge', actor, text };
  return { type: 'resolve', actor, signed: signedOf(value) };
}
