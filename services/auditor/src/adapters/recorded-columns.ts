import { type Link, topicOf } from '@mandate/contracts';

/** What stands beside a message so that it can be searched; all of it can be told from key, link and value. */
export interface SearchColumns {
  readonly message_type: string;
  readonly says: string;
  readonly version: number;
  readonly time: number;
  readonly issue_id: string;
  readonly contract_id: string | null;
  readonly job_id: string | null;
  readonly registry_version: number | null;
}

interface Claims {
  readonly contract_id?: string | null;
  readonly job_id?: string | null;
  readonly registry_version?: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A value may claim anything; only an id can be looked up. */
const uuidOrNull = (text: string | null | undefined): string | null =>
  text && UUID.test(text) ? text.toLowerCase() : null;

/** The columns of a message. */
export function columnsOf(key: Buffer, link: Link, value: unknown): SearchColumns {
  const claims = value as Claims;
  const isByContract = topicOf(link.type).key === 'contract';
  return {
    message_type: link.type,
    says: link.says,
    version: link.version,
    time: link.time,
    issue_id: link.issueId,
    contract_id: uuidOrNull(isByContract ? key.toString() : claims.contract_id),
    job_id: uuidOrNull(claims.job_id),
    registry_version: link.type === 'CapabilityChanged' ? (claims.registry_version ?? null) : null,
  };
}
