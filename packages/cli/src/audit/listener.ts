import {
  AuthorityViolation,
  checkAuthority,
  edgeOfValue,
  type LinkedName,
  type Place,
  TOPICS,
  topicOf,
} from '@mandate/contracts';
import { decode, messageNameOf, UndecodableError } from '@mandate/schemas';
import type { Broker, Ends, Received } from '../broker';
import type { Signatures } from '../signatures';
import type { Row } from './table';
import { type Said, Told } from './told';

/** A record that proves nothing: no service takes it either, and none of its rows rest on it. */
export interface Unproven {
  readonly place: string;
  readonly why: string;
}

const LINKED_TOPICS = TOPICS.filter((t) => t.messages[0] !== 'CrmIssue').map((t) => t.name);

/** Hears everything that was said, and checks it as a consumer would. */
export class Listener {
  readonly told = new Told();
  readonly unproven = new Map<string, Unproven>();
  private readonly heard = new Map<string, { readonly low: bigint; readonly high: bigint }>();

  constructor(
    private readonly broker: Pick<Broker, 'ends' | 'read'>,
    private readonly signatures: Signatures,
  ) {}

  /** Reads on from where it stopped, up to the end as it is now. */
  async readOn(): Promise<void> {
    for (const [log, { low }] of await this.broker.ends(LINKED_TOPICS)) {
      if (low > 0n && !log.startsWith(topicOf('HealthChanged').name)) this.told.trimmed.add(log);
      if (!this.heard.has(log)) this.heard.set(log, { low, high: low });
    }
    await this.broker.read({
      topics: LINKED_TOPICS,
      after: new Map(this.heard) as Ends,
      onRecord: (record) => this.hear(record),
      onCaughtUp: () => 'stop',
      stopped: new Promise(() => undefined),
    });
  }

  private hear(record: Received): undefined {
    const { topic, partition, key, value, mandate } = record;
    const next = BigInt(record.offset) + 1n;
    const log = `${topic}/${partition}`;
    const before = this.heard.get(log);
    if (before && before.high >= next) return;
    this.heard.set(log, { low: before?.low ?? 0n, high: next });
    this.take({ topic, partition, offset: record.offset }, key, value, mandate, true);
  }

  /** What the topics no longer hold is known from the evidence, if its signatures hold. */
  hearRecorded(row: Row, place: Place): void {
    if (this.told.byDigest(row['link_digest'] as Buffer)) return;
    this.take(place, row['key'] as Buffer, row['value'] as Buffer, row['mandate'] as Buffer, false);
  }

  private take(place: Place, key: Buffer, bytes: Buffer, header: Buffer | undefined, isOnTopic: boolean): void {
    try {
      this.told.add(this.checked(place, key, bytes, header), isOnTopic);
    } catch (error) {
      if (!(error instanceof AuthorityViolation || error instanceof UndecodableError)) throw error;
      if (!isOnTopic) return; // the row that holds it is found by itself
      const where = `${place.topic}/${place.partition}/${place.offset}`;
      this.unproven.set(where, { place: where, why: `${error.code}: ${error.message}` });
    }
  }

  private checked(place: Place, key: Buffer, bytes: Buffer, header: Buffer | undefined): Said {
    const topic = TOPICS.find((t) => t.name === place.topic);
    if (!topic) throw new AuthorityViolation('WRONG_TOPIC', 'it stands on a topic that is none');
    const authorised = checkAuthority(topic, key, bytes, header);
    this.signatures.check(authorised, place);
    const { link, mandate, cause, may, digest } = authorised;
    if (messageNameOf(bytes) !== link.type) throw new UndecodableError(`says ${link.type} but holds something else`);
    const value = decode(link.type as LinkedName, bytes);
    const edge = edgeOfValue(authorised.edge, cause?.says ?? null, link.says, value);
    const { topic: name, partition, offset } = place;
    const where = { topic: name, partition, offset: Number(offset), key: key.toString() };
    return { ...where, bytes, header: header as Buffer, mandate, link, cause, may, edge, digest, value };
  }
}
