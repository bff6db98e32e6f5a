import { checkAuthority, type Link, MANDATE_HEADER, TOPICS } from '@mandate/contracts';
import { decode, type MessageName, type Messages } from '@mandate/schemas';
import type { Consumer } from 'kafkajs';
import type { StackConnection } from './connection';

/** One hop as an outside observer hears it on the topics. */
export interface Hop<N extends MessageName = MessageName> {
  readonly name: N;
  readonly atMs: number;
  readonly topic: string;
  readonly key: string;
  readonly link: Link;
  readonly value: Messages[N];
}

/** Listens to every topic as the user `observer`; what a service's tables or memory hold is never asked. */
export class Watch {
  private readonly hops: Hop[] = [];
  private consumer: Consumer | null = null;
  onHop: (hop: Hop) => void = () => undefined;

  constructor(private readonly stack: StackConnection) {}

  async start(): Promise<void> {
    const consumer = this.stack.kafka('observer').consumer({
      groupId: `observer.demo-${process.pid}-${Date.now()}`,
      maxWaitTimeInMs: 100,
      sessionTimeout: 30_000,
    });
    this.consumer = consumer;
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.connect();
    const topics = TOPICS.filter((t) => t.writer !== 'crm' && t.name !== 'mandate.health.v1').map((t) => t.name);
    await consumer.subscribe({ topics, fromBeginning: false });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, message }) => {
        this.hear(topic, message.key, message.value, message.headers?.[MANDATE_HEADER]);
        return Promise.resolve();
      },
    });
    await joined;
    await new Promise((r) => setTimeout(r, 500)); // the first fetch asks where the end is
  }

  private hear(topic: string, key: Buffer | null, value: Buffer | null, header: unknown): void {
    const known = TOPICS.find((t) => t.name === topic);
    if (!known || !key || !value || !Buffer.isBuffer(header)) return;
    try {
      const { link } = checkAuthority(known, key, value, header);
      const hop: Hop = {
        name: link.type,
        atMs: Date.now(),
        topic,
        key: key.toString(),
        link,
        value: decode(link.type, value),
      };
      this.hops.push(hop);
      this.onHop(hop);
    } catch {
      // not ours to judge: the services set it aside
    }
  }

  /**
   * The first hop of a kind that fits, past or future.
   * @throws Error after the limit, naming what was waited for
   */
  async next<N extends MessageName>(
    what: string,
    name: N,
    fits: (hop: Hop<N>) => boolean,
    limitMs = 60_000,
  ): Promise<Hop<N>> {
    const until = Date.now() + limitMs;
    for (;;) {
      const found = this.hops.find((h) => h.name === name && fits(h as unknown as Hop<N>));
      if (found) return found as unknown as Hop<N>;
      if (Date.now() > until) throw new Error(`${what} did not happen within ${limitMs / 1000} s.`);
      await new Promise((r) => setTimeout(r, 25));
    }
  }

  async stop(): Promise<void> {
    await this.consumer?.disconnect();
  }
}
