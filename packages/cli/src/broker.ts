import { randomUUID } from 'node:crypto';
import { type Consumer, type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import { CliRefusal, EXIT } from './refusal';
import { readSecret, type Stack } from './stack';

/** A record as it came from the broker. */
export interface Received {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mandate: Buffer | undefined;
  /** Epoch milliseconds: the broker's or the producer's. */
  readonly brokerTime: number;
}

/** Where each partition begins and ends, by `topic/partition`. */
export type Ends = ReadonlyMap<string, { readonly low: bigint; readonly high: bigint }>;

/** What a reading does with what it finds; `'stop'` ends it. */
export interface Reading {
  readonly topics: readonly string[];
  /** Read only what comes after these; everything if left out. */
  readonly after?: Ends;
  onRecord(record: Received): 'stop' | undefined;
  /** Everything that was there when the reading began has been read. */
  onCaughtUp(): 'stop' | undefined;
  /** Ends it from outside. */
  readonly stopped: Promise<unknown>;
}

/** The broker as one of the stack's users. */
export class Broker {
  private readonly kafka: Kafka;

  constructor(
    private readonly stack: Stack,
    private readonly user: 'crm' | 'observer',
  ) {
    const password = readSecret(stack.users[user] ?? '', `The password of the broker user ${user}`);
    this.kafka = new Kafka({
      clientId: `mandate-cli-${user}`,
      brokers: stack.brokers.split(','),
      ...(stack.brokersCaFile ? { ssl: { ca: [readSecret(stack.brokersCaFile, "The broker's certificates")] } } : {}),
      sasl: { mechanism: 'scram-sha-512', username: user, password },
      logLevel: logLevel.NOTHING,
      connectionTimeout: 3_000,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 5 },
    });
  }

  /** Publishes one record and says where it went. */
  async publish(
    topic: string,
    key: string,
    value: Buffer,
  ): Promise<{ readonly partition: number; readonly offset: string }> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    try {
      await this.reached(producer.connect());
      const [where] = await this.reached(producer.send({ topic, acks: -1, messages: [{ key, value }] }));
      return { partition: where?.partition ?? 0, offset: where?.baseOffset ?? '' };
    } finally {
      await producer.disconnect();
    }
  }

  async ends(topics: readonly string[]): Promise<Ends> {
    const admin = this.kafka.admin();
    try {
      await this.reached(admin.connect());
      const found = await this.reached(Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic))));
      const of = (topic: string, p: { partition: number; low: string; high: string }) =>
        [`${topic}/${p.partition}`, { low: BigInt(p.low), high: BigInt(p.high) }] as const;
      return new Map(topics.flatMap((topic, i) => (found[i] ?? []).map((p) => of(topic, p))));
    } finally {
      await admin.disconnect();
    }
  }

  /** Reads topics in a group of its own and commits nothing. Resolves when it is stopped. */
  async read(reading: Reading): Promise<void> {
    const ends = await this.ends(reading.topics);
    const starts = (at: string, low: bigint): bigint => reading.after?.get(at)?.high ?? low;
    const unread = new Map(
      [...ends].filter(([at, { low, high }]) => high > starts(at, low)).map(([at, { high }]) => [at, high]),
    );
    if (unread.size === 0 && reading.onCaughtUp() === 'stop') return;
    const consumer = this.kafka.consumer({
      groupId: `${this.user}.cli.${randomUUID()}`,
      maxWaitTimeInMs: 200,
      sessionTimeout: 30_000,
      allowAutoTopicCreation: false,
    });
    try {
      await this.reached(consumer.connect());
      await consumer.subscribe({ topics: [...reading.topics], fromBeginning: true });
      await this.consume(consumer, reading, unread);
    } finally {
      await consumer.disconnect();
    }
  }

  private consume(consumer: Consumer, reading: Reading, unread: Map<string, bigint>): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (answer: 'stop' | undefined): void => {
        if (answer) resolve();
      };
      void reading.stopped.then(() => resolve());
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(this.away(payload.error)));
      const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
        for (const record of recordsOf(batch)) stop(reading.onRecord(record));
        const at = `${batch.topic}/${batch.partition}`;
        const isLast = BigInt(batch.lastOffset()) + 1n >= (unread.get(at) ?? 0n);
        if (isLast && unread.delete(at) && unread.size === 0) stop(reading.onCaughtUp());
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch((error) => reject(this.away(error)));
      for (const [at, { high }] of reading.after ?? []) {
        const [topic, partition] = at.split('/') as [string, string];
        consumer.seek({ topic, partition: Number(partition), offset: String(high) });
      }
    });
  }

  private reached<T>(work: Promise<T>): Promise<T> {
    return work.catch((error) => {
      throw this.away(error);
    });
  }

  private away(cause: unknown): CliRefusal {
    const text = `The broker at ${this.stack.brokers} does not take ${this.user} (${(cause as Error).message}): is the stack running? \`npm run status\` tells.`;
    return new CliRefusal(EXIT.unreachable, 'BROKER_UNREACHABLE', text, { cause });
  }
}

function recordsOf({ topic, partition, messages }: EachBatchPayload['batch']): Received[] {
  return messages.map((m) => {
    const mandate = m.headers?.['mandate'];
    return {
      ...{ topic, partition, offset: m.offset, key: m.key ?? Buffer.alloc(0), value: m.value ?? Buffer.alloc(0) },
      mandate: Buffer.isBuffer(mandate) ? mandate : undefined,
      brokerTime: Number(m.timestamp),
    };
  });
}
