import { TOPICS, topicOf } from '@mandate/contracts';
import { type CrmState, decode, messageNameOf, UndecodableError } from '@mandate/schemas';
import { Broker, type Received } from '../broker';
import { durationText } from '../durations';
import { type FoundIssue, findIssue } from '../find-issue';
import { type Hop, HopReader, hopLine, issueOf } from '../hop';
import { obstaclesOf } from '../obstacles';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { openStack, type Stack } from '../stack';
import { type Said, type Standing, standingOf } from '../standing';
import { type Context, shownInLine } from '../terminal';

/** What a CRM is told last about an issue. */
export const LAST_STATES: readonly CrmState[] = [
  ...(['DUPLICATE', 'REFUSED', 'NOT_ELIGIBLE', 'ESCALATED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const),
  ...(['COMPLETED', 'ROLLED_BACK', 'ROLLBACK_FAILED'] as const),
];
/** The last word to the CRM and the last hop of the chain come at almost the same time. */
const GRACE_MS = 1_500;
const LOOK_MS = 2_000;
const CRM_TOPICS = [topicOf('CrmIssue').name, topicOf('CrmUpdate').name];
const ORDER: readonly string[] = TOPICS.flatMap((t) => t.messages);
/** Health is about no issue. */
const FOLLOWED = TOPICS.map((t) => t.name).filter((name) => name !== topicOf('HealthChanged').name);

export interface FollowOptions {
  /** Go on until it has ended. */
  readonly watch: boolean;
}

/** Prints every hop of an issue, from the CRM's words on, and where it stands or what keeps it. 1: it is stuck. */
export async function follow({ terminal, isJson }: Context, what: string, { watch }: FollowOptions): Promise<ExitCode> {
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
  const story = new Story(stack, found);
  const print = (hop: Hop): void => terminal.out(isJson ? JSON.stringify(hop) : hopLine(hop));
  const printStanding = (look: Look): void => {
    if (isJson) terminal.out(JSON.stringify({ standing: look }));
    else for (const line of standingLines(look)) terminal.out(line);
  };
  let past: Hop[] | null = [];
  let isAtEnd = false;
  let endSoon: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    endSoon = () => setTimeout(resolve, GRACE_MS).unref();
  });
  const watching = watch ? story.whenStuck(printStanding) : null;
  await broker.read({
    topics: FOLLOWED,
    stopped: Promise.race([terminal.interrupted, ended]),
    onRecord: (record) => {
      const hop = isAbout(record, found) ? hopOf(reader, record) : null;
      if (hop) {
        if (hop.verified) story.heard(record);
        past ? past.push(hop) : print(hop);
      }
      if (hop && isLastWord(record)) isAtEnd = true;
      if (isAtEnd && !past) endSoon();
      return undefined;
    },
    onCaughtUp: () => {
      for (const hop of (past ?? []).sort(byTime)) print(hop);
      past = null;
      if (isAtEnd) endSoon();
      return watch ? undefined : 'stop';
    },
  });
  if (watching) clearInterval(watching);
  const look = await story.look();
  printStanding(look);
  return look.stuck.length > 0 ? EXIT.refused : EXIT.done;
}

/** Where it stands, and what keeps it there; nothing does where it only waits its turn. */
interface Look extends Omit<Standing, 'since' | 'patienceMs'> {
  /** RFC 3339. */
  readonly since: string;
  readonly seconds: number;
  readonly stuck: readonly string[];
}

/** What has been heard of one issue. */
class Story {
  private readonly said: Said[] = [];
  private readonly keys = new Set<string>();

  constructor(
    private readonly stack: Stack,
    found: FoundIssue,
  ) {
    this.keys.add(found.crmKey);
    if (found.issueId) this.keys.add(found.issueId);
  }

  heard(record: Received): void {
    const said = saidOf(record);
    if (!said) return;
    this.said.push(said);
    if (said.name === 'ContractChanged') this.keys.add(said.value.contract_id);
  }

  async look(now = Date.now()): Promise<Look> {
    const standing = standingOf(this.said);
    const stuck = await obstaclesOf(this.stack, standing, [...this.keys], now);
    const { state, since, turn, sentence } = standing;
    const seconds = Math.max(0, Math.round((now - since) / 1_000));
    return { state, since: new Date(since).toISOString(), seconds, turn, sentence, stuck };
  }

  /** Tells once of each standing that has become stuck. */
  whenStuck(tell: (look: Look) => void): NodeJS.Timeout {
    let told = '';
    return setInterval(() => {
      const { since, patienceMs } = standingOf(this.said);
      if (patienceMs === null || Date.now() - since < patienceMs) return;
      this.look().then(
        (look) => {
          const name = `${look.state} ${look.since} ${look.stuck.join()}`;
          if (look.stuck.length > 0 && name !== told) tell(look);
          told = name;
        },
        () => undefined, // it is tried again
      );
    }, LOOK_MS).unref();
  }
}

function standingLines({ state, seconds, turn, sentence, stuck }: Look): string[] {
  const whose = turn ? `, it is the turn of ${turn}` : '';
  const since = turn ? `, for ${durationText(seconds * 1_000)}` : '';
  return [`Stands: ${state}${since}${whose}: ${shownInLine(sentence)}.`, ...stuck.map((why) => `STUCK: ${why}.`)];
}

function saidOf(record: Received): Said | null {
  const name = messageNameOf(record.value);
  if (!name) return null;
  try {
    return { name, value: decode(name, record.value), time: record.brokerTime } as Said;
  } catch (error) {
    if (error instanceof UndecodableError) return null;
    throw error;
  }
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
