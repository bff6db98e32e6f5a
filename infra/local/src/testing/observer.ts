import { checkAuthority, kafkaTopics, type Link, MANDATE_HEADER, TOPICS, type Topic } from '@mandate/contracts';
import { decode, type MessageName, type Messages } from '@mandate/schemas';
import type { Consumer, Kafka } from 'kafkajs';

/** A message as an outside observer heard it. */
export interface Heard<N extends MessageName> {
  readonly topic: string;
  readonly key: string;
  readonly value: Messages[N];
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Mandate header bytes; pass to `citing`. */
  readonly mandate: Buffer;
  readonly link: Link | null;
}

const NEXT_LIMIT_MS = 15_000;

/** Hears what an outsider with the right to read hears: the broker user `observer`. */
export class Observer {
  private readonly heard: { name: MessageName; message: Heard<MessageName> }[] = [];
  private readonly taken = new Set<Heard<MessageName>>();
  private readonly places = new Set<string>();
  private consumer: Consumer | null = null;
  private started = 0;

  /** The next message of a type that fits and was not returned before. Fails after the limit and lists what did arrive. */
  async next<N extends MessageName>(
    name: N,
    fits: (message: Heard<N>) => boolean = () => true,
    limitMs = NEXT_LIMIT_MS,
  ): Promise<Heard<N>> {
    const until = performance.now() + limitMs;
    for (;;) {
      const found = this.heard.find(
        (h) => h.name === name && !this.taken.has(h.message) && fits(h.message as Heard<N>),
      );
      if (found) {
        this.taken.add(found.message);
        return found.message as Heard<N>;
      }
      if (performance.now() > until)
        throw new Error(`no fitting ${name} within ${limitMs} ms. Arrived:\n${this.arrived()}`);
      await new Promise((r) => setTimeout(r, 20));
    }
  }

  /** Everything of a type that has arrived so far. */
  all<N extends MessageName>(name: N): Heard<N>[] {
    return this.heard.filter((h) => h.name === name).map((h) => h.message as Heard<N>);
  }

  private arrived(): string {
    const lines = this.heard
      .slice(-30)
      .map(
        ({ name, message }) => `  ${name} ${message.link?.says ?? ''} ${message.key} v${message.link?.version ?? ''}`,
      );
    return lines.join('\n') || '  nothing';
  }

  /**
   * Reads every topic but the CRM's own from the beginning; resolves once it has joined its group, so that the broker's
   * coordinator is there before any service asks for it. A consumer that gave up (kafkajs does so for good when it meets a
   * busy coordinator) is replaced.
   */
  async start(kafka: Kafka, partitions: number): Promise<void> {
    const consumer = kafka.consumer({
      groupId: `observer.world-${this.started++}`,
      maxWaitTimeInMs: 100,
      sessionTimeout: 30_000,
      retry: { retries: 1_000, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    this.consumer = consumer;
    const joined = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve());
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart && this.consumer === consumer) void this.start(kafka, partitions).then(resolve);
      });
    });
    await consumer.connect();
    const topics = kafkaTopics(partitions)
      .map((t) => t.name)
      .filter((n) => n !== 'crm.issues.v1');
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, partition, message }) => {
        const place = `${topic}/${partition}/${message.offset}`;
        if (this.places.has(place)) return Promise.resolve();
        this.places.add(place);
        this.hear(topic, message.key ?? Buffer.alloc(0), message.value ?? Buffer.alloc(0), message.headers ?? {});
        return Promise.resolve();
      },
    });
    await joined;
  }

  private hear(topic: string, key: Buffer, bytes: Buffer, headers: Record<string, unknown>): void {
    const mandate = Buffer.isBuffer(headers[MANDATE_HEADER]) ? (headers[MANDATE_HEADER] as Buffer) : Buffer.alloc(0);
    const name = topic.startsWith('mandate.dead-letters.') ? 'DeadLetter' : linkOf(topic, key, bytes, mandate)?.type;
    if (!name) return; // an attack that a test published; services say what they think of it
    try {
      const value = decode(name, bytes);
      const text = Object.fromEntries(
        Object.entries(headers).map(([k, v]) => [k, Buffer.isBuffer(v) ? v.toString() : String(v)]),
      );
      this.heard.push({
        name,
        message: {
          topic,
          key: key.toString(),
          value,
          bytes,
          headers: text,
          mandate,
          link: linkOf(topic, key, bytes, mandate),
        },
      });
    } catch {
      // likewise
    }
  }

  async stop(): Promise<void> {
    const { consumer } = this;
    this.consumer = null;
    await consumer?.disconnect();
  }
}

function linkOf(topic: string, key: Buffer, bytes: Buffer, mandate: Buffer): Link | null {
  const known: Topic | undefined = TOPICS.find((t) => t.name === topic);
  if (!known) return null;
  try {
    return checkAuthority(known, key, bytes, mandate).link;
  } catch {
    return null;
  }
}
