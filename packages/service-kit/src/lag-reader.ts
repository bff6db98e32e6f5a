import { groupId, readingsOf, type Service } from '@mandate/contracts';
import type { Admin, Kafka } from 'kafkajs';
import type { Clock } from './clock';
import { ageSeconds, type Metrics } from './metrics';

/** At `at` the log had been seen to reach `high`: what lies before was appended by then. */
interface Mark {
  readonly high: bigint;
  readonly at: number;
}
interface Seen {
  readonly marks: Mark[];
  /** End of the log when it was first looked at; when older messages came is asked of the broker. */
  readonly knownFrom: bigint;
}

const AGE_MS = { min: 1_000, max: 90 * 86_400_000 };
const HALVINGS = 10;

/**
 * Lag and age of the oldest unprocessed message, from the broker's own figures whenever the metrics are read: a consumer
 * that hangs cannot make itself look well.
 */
export class LagReader {
  private readonly seen = new Map<string, Seen>();
  private readonly groups: { readonly group: string; readonly topics: readonly string[] }[];
  private underway: Promise<void> | null = null;
  private readonly lag;
  private readonly age;
  private readonly answers;

  constructor(
    service: Service,
    private readonly kafka: Kafka,
    metrics: Metrics,
    private readonly clock: Clock,
  ) {
    const topicsIn = (isDeciding: boolean): string[] => [
      ...new Set(
        readingsOf(service)
          .filter((r) => (r.reader.mode === 'decide') === isDeciding)
          .map((r) => r.topic.name),
      ),
    ];
    this.groups = [
      { group: groupId(service, 'decide'), topics: topicsIn(true) },
      { group: groupId(service, 'facts'), topics: topicsIn(false) },
    ].filter((g) => g.topics.length > 0);
    const labels = ['topic', 'partition', 'group'];
    this.lag = metrics.gauge('mandate_consumer_lag', 'Messages that the group has not committed', labels);
    this.age = metrics.gauge('mandate_oldest_unprocessed_age_seconds', 'Age of the oldest of them', labels);
    this.answers = metrics.gauge('mandate_broker_answers', '1 if the broker told the offsets');
    metrics.onRead(() => this.read());
  }

  /** One look at a time, however often the metrics are read. */
  private read(): Promise<void> {
    this.underway ??= this.look().finally(() => {
      this.underway = null;
    });
    return this.underway;
  }

  private async look(): Promise<void> {
    this.answers.set(0); // until it has
    const admin = this.kafka.admin({ retry: { retries: 0 } });
    await admin.connect();
    try {
      for (const { group, topics } of this.groups) await this.lookAt(admin, group, topics);
      this.answers.set(1);
    } finally {
      await admin.disconnect();
    }
  }

  private async lookAt(admin: Admin, group: string, topics: readonly string[]): Promise<void> {
    const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
    const now = this.clock.now();
    await Promise.all(
      committed.map(async ({ topic, partitions }) => {
        const next = new Map(partitions.map((p) => [p.partition, BigInt(p.offset)]));
        for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
          const [end, start] = [BigInt(high), BigInt(low)];
          const at = bigintMax(next.get(partition) ?? -1n, start);
          const labels = { topic, partition: String(partition), group };
          this.lag.set(labels, Number(end > at ? end - at : 0n));
          const since = await this.since(admin, group, topic, partition, at, end, now);
          this.age.set(labels, ageSeconds(since, now));
        }
      }),
    );
  }

  /** When the message at `next` came; null if there is none. As exact as the metrics are read often. */
  private async since(
    admin: Admin,
    group: string,
    topic: string,
    partition: number,
    next: bigint,
    end: bigint,
    now: number,
  ): Promise<number | null> {
    const name = `${group} ${topic}/${partition}`;
    const seen = this.seen.get(name) ?? { marks: [], knownFrom: end };
    this.seen.set(name, seen);
    const { marks, knownFrom } = seen;
    while (marks[0] && marks[0].high <= next) marks.shift();
    if (next >= end) return null;
    const [first, last] = [marks[0], marks[marks.length - 1]];
    // Fewer marks the older the first one is: a long outage must not fill the memory.
    if (!first || !last || (last.high < end && now - last.at >= (now - first.at) / 50))
      marks.push({ high: end, at: now });
    return next < knownFrom ? appendedAt(admin, topic, partition, next, now) : (marks[0] as Mark).at;
  }
}

/** When a record was appended, by asking which record is the first after an instant; a few per cent exact. */
async function appendedAt(
  admin: Admin,
  topic: string,
  partition: number,
  offset: bigint,
  now: number,
): Promise<number> {
  let [young, old] = [Math.log(AGE_MS.min), Math.log(AGE_MS.max)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (young + old) / 2;
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, Math.round(now - Math.exp(middle)));
    const first = found.find((p) => p.partition === partition)?.offset ?? '0';
    if (BigInt(first) <= offset) old = middle;
    else young = middle;
  }
  return now - Math.exp(old);
}

function bigintMax(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
