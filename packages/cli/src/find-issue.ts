import { topicOf } from '@mandate/contracts';
import { decode, messageNameOf, type Origin } from '@mandate/schemas';
import type { Broker, Received } from './broker';
import { issueOf } from './hop';

/** What a person named, as the topics know it. */
export interface FoundIssue {
  /** Null if the CRM's message never became an issue. */
  readonly issueId: string | null;
  /** Key of its records on the CRM's topics: source system and reference. */
  readonly crmKey: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const keyOf = (origin: Origin): string => `${origin.source_system}/${origin.reference}`;

/** Finds an issue by its own id, by its contract's, or by its reference: the newest one of that reference. */
export async function findIssue(broker: Broker, what: string, stopped: Promise<unknown>): Promise<FoundIssue | null> {
  const isId = UUID.test(what);
  const topics = (['IssueReceived', 'ContractChanged', 'CrmUpdate'] as const).map((name) => topicOf(name).name);
  let found: FoundIssue | null = null;
  await broker.read({
    topics: isId ? topics.slice(0, 2) : [topics[0] as string, topics[2] as string],
    stopped,
    onRecord: (record) => {
      const match = isId ? byId(record, what.toLowerCase()) : byReference(record, what);
      if (match && (match.issueId || !found)) found = match;
      return isId && match ? 'stop' : undefined;
    },
    onCaughtUp: () => 'stop',
  });
  return found;
}

function byId(record: Received, id: string): FoundIssue | null {
  const issueId = issueOf(record);
  if (record.key.toString() !== id && issueId !== id) return null;
  const name = messageNameOf(record.value);
  if (name !== 'IssueReceived' && name !== 'ContractChanged') return null;
  return { issueId, crmKey: keyOf(decode(name, record.value).origin) };
}

function byReference(record: Received, reference: string): FoundIssue | null {
  const fits = (key: string): boolean => key === reference || key.endsWith(`/${reference}`);
  if (messageNameOf(record.value) === 'CrmUpdate') {
    const crmKey = record.key.toString();
    return fits(crmKey) ? { issueId: null, crmKey } : null;
  }
  if (messageNameOf(record.value) !== 'IssueReceived') return null;
  const crmKey = keyOf(decode('IssueReceived', record.value).origin);
  return fits(crmKey) ? { issueId: issueOf(record), crmKey } : null;
}
