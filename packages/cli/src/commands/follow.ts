import { TOPICS, topicOf } from '@mandate/contracts';
import { type CrmState, decode } from '@mandate/schemas';
import { Broker, type Received } from '../broker';
import { type FoundIssue, findIssue } from '../find-issue';
import { type Hop, HopReader, hopLine, issueOf } from '../hop';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { openStack } from '../stack';
import type { Context } from '../terminal';

/** What a CRM is told last about an issue. */
export const LAST_STATES: readonly CrmState[] = [
  ...(['DUPLICATE', 'REFUSED', 'NOT_ELIGIBLE', 'ESCALATED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const),
  ...(['COMPLETED', 'ROLLED_BACK', 'ROLLBACK_FAILED'] as const),
];
/** The last word to the CRM and the last hop of the chain come at almost the same time. */
const GRACE_MS = 1_500;
const CRM_TOPICS = [topicOf('CrmIssue').name, topicOf('CrmUpdate').name];
const ORDER: readonly string[] = TOPICS.flatMap((t) => t.messages);
/** Health is about no issue. */
const FOLLOWED = TOPICS.map((t) => t.name).filter((name) => name !== topicOf('HealthChanged').name);

export interface FollowOptions {
  /** Print what is there and stop. */
  readonly once: boolean;
}

/** Prints every hop of an issue, from the CRM's words on, and goes on until it has ended. */
export async function follow({ terminal, isJson }: Context, what: string, { once }: FollowOptions): Promise<ExitCode> {
  const stack = openStack(terminal.env);
  const broker = new Broker(stack, 'observer');
  const found = await findIssue(broker, what, terminal.interrupted);
  if (!found) {
    throw new CliRefusal(
      EXIT.notFound,
      'NOT_FOUND',
      `Nothing is known of ${what}: it is no issue, contract or reference that has been received.`,
    );
  }
  const reader = new HopReader(stack);
  const print = (hop: Hop): void => terminal.out(isJson ? JSON.stringify(hop) : hopLine(hop));
  let past: Hop[] | null = [];
  let isAtEnd = false;
  let endSoon: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    endSoon = () => setTimeout(resolve, GRACE_MS).unref();
  });
  await broker.read({
    topics: FOLLOWED,
    stopped: Promise.race([terminal.interrupted, ended]),
    onRecord: (record) => {
      const hop = isAbout(record, found) ? hopOf(reader, record) : null;
      if (hop) past ? past.push(hop) : print(hop);
      if (hop && isLastWord(record)) isAtEnd = true;
      if (isAtEnd && !past) endSoon();
      return undefined;
    },
    onCaughtUp: () => {
      for (const hop of (past ?? []).sort(byTime)) print(hop);
      past = null;
      if (isAtEnd) endSoon();
      return once ? 'stop' : undefined;
    },
  });
  return EXIT.done;
}

/** Within one millisecond in the order of the chain. */
function byTime(a: Hop, b: Hop): number {
  return a.time.localeCompare(b.time) || ORDER.indexOf(a.message) - ORDER.indexOf(b.message);
}

function isAbout(record: Received, { issueId, crmKey }: FoundIssue): boolean {
  if (CRM_TOPICS.includes(record.topic)) return record.key.toString() === crmKey;
  return issueId !== null && issueOf(record) === issueId;
}

function hopOf(reader: HopReader, record: Received): Hop | null {
  return record.topic === topicOf('CrmIssue').name ? reader.ofCrm(record) : reader.of(record);
}

function isLastWord({ topic, value }: Received): boolean {
  return topic === topicOf('CrmUpdate').name && LAST_STATES.includes(decode('CrmUpdate', value).state);
}
