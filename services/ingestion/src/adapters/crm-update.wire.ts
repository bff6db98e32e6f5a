import type { CrmUpdate } from '@mandate/schemas';
import { type Citation, type Outgoing, say } from '@mandate/service-kit';
import type { Told } from '../domain/told';

/** One update of crm.updates.v1, as it is stored and as it is said. */
export interface Update {
  readonly updateId: string;
  /** `source system/reference`; where no reference is legible, `topic/partition/offset`. */
  readonly updateKey: string;
  /** Counts per key. */
  readonly version: number;
  readonly sourceSystem: string | null;
  readonly reference: string | null;
  readonly told: Told;
  readonly topicOffset: string | null;
  readonly valueDigest: Buffer | null;
  /** What it reports and that one's version: nothing is told twice. */
  readonly aggregate: string;
  readonly aggregateVersion: number;
  readonly at: number;
}

/** What an update rests on. `issueId` and `planDigest` are the cause's, null where it has none. */
export interface UpdateCause {
  readonly cites: Citation;
  readonly issueId: string | null;
  readonly planDigest: Buffer | null;
}

export function toCrmUpdate(update: Update, cause: UpdateCause): Outgoing {
  return say({
    message: 'CrmUpdate',
    key: update.updateKey,
    says: 'TOLD',
    issueId: cause.issueId ?? update.told.issueId,
    version: update.version,
    planDigest: cause.planDigest,
    cites: cause.cites,
    now: update.at,
    value: toValue(update),
    headers: cloudEvent(update),
  });
}

function toValue({ told, ...update }: Update): CrmUpdate {
  return {
    update_id: update.updateId,
    source_system: update.sourceSystem,
    reference: update.reference,
    issue_id: told.issueId,
    contract_id: told.contractId,
    state: told.state,
    code: told.code,
    field: told.field,
    sentence: told.sentence,
    details: JSON.stringify(told.details),
    topic_offset: update.topicOffset,
    value_digest: update.valueDigest,
    at: update.at,
  };
}

/** CloudEvents 1.0, binary mode of its Kafka binding: for outsiders' tools; decides nothing. */
function cloudEvent(update: Update): Readonly<Record<string, string>> {
  return {
    ce_specversion: '1.0',
    ce_id: update.updateId,
    ce_type: 'mandate.crm-update.v1',
    ce_source: '/mandate/ingestion',
    ce_time: new Date(update.at).toISOString(),
    'content-type': 'application/avro',
  };
}
