import type { ContractChanged } from '@mandate/schemas';
import type { QueueItem } from '../api/contract.schema';
import { instant } from './presentable';

/** What the queue and the page both say of a contract. @param founders names in lower case */
export function toHeader(
  contract: ContractChanged,
  founders: ReadonlySet<string>,
): Omit<QueueItem, 'affected_capabilities'> {
  const { origin, clarification, waiting } = contract;
  return {
    contract_id: contract.contract_id,
    issue_id: contract.issue_id,
    parent_contract_id: contract.parent_contract_id,
    title: contract.title,
    status: contract.status === 'UNKNOWN' ? 'DRAFT' : contract.status,
    risk_level: contract.risk_level,
    source: origin.source,
    source_system: origin.source_system,
    reference: origin.reference,
    submitter: origin.submitter,
    is_submitted_by_founder: origin.submitter !== null && founders.has(origin.submitter.toLowerCase()),
    revision: contract.revision,
    version: contract.version,
    created_at: instant(contract.created_at),
    changed_at: instant(contract.changed_at),
    expires_at: instant(contract.expires_at),
    ttl_paused_at: instant(contract.ttl_paused_at),
    is_clarification_open: clarification !== null && clarification.answered_at === null,
    waiting: waiting && { reason: waiting.reason, detail: waiting.detail, since: instant(waiting.since) },
    dossier_digest: contract.dossier_digest.toString('hex'),
  };
}

/** One row of the queue. */
export function toQueueItem(contract: ContractChanged, founders: ReadonlySet<string>): QueueItem {
  return { ...toHeader(contract, founders), affected_capabilities: [...contract.affected_capabilities] };
}
