import { readingsOf, type Service } from '@mandate/contracts';
import type { Logger } from 'pino';
import type { Clock } from './clock';
import type { Database, Tx } from './database';
import { describeError } from './error-text';
import type { Metrics } from './metrics';

/** A topic that is not decided on for now. */
export interface Pause {
  readonly topic: string;
  readonly operator: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly pausedAt: number;
  /** When it ends by itself; null: when it is resumed. */
  readonly until: number | null;
}

interface Row {
  readonly topic: string;
  readonly operator: string;
  readonly reason: string;
  readonly paused_at: string;
  readonly until: string | null;
}

const POLL_MS = 1_000;

/**
 * Which topics operators have paused. Rows, so that a pause holds on every replica and over a restart, which tells it in its
 * log; each replica looks once a second. Pausing a topic keeps its consumer in its group: nothing is rebalanced.
 */
export class Pauses {
  private current: ReadonlyMap<string, Pause> = new Map();
  private timer: NodeJS.Timeout | null = null;
  private readonly listeners: ((topic: string, isPaused: boolean) => void)[] = [];

  constructor(
    private readonly o: {
      readonly service: Service;
      readonly database: Database;
      readonly clock: Clock;
      readonly metrics: Metrics;
      readonly logger: Logger;
    },
  ) {
    const topics = readingsOf(o.service).flatMap(({ topic, reader }) => (reader.mode === 'decide' ? [topic.name] : []));
    const gauge = o.metrics.gauge('mandate_paused', '1 while an operator has paused a topic', ['topic']);
    o.metrics.onRead(async () => {
      for (const topic of topics) gauge.set({ topic }, this.isPaused(topic) ? 1 : 0);
    });
  }

  /** Those that are in force, by topic. */
  list(): readonly Pause[] {
    const now = this.o.clock.now();
    return [...this.current.values()].filter(({ until }) => until === null || until > now);
  }

  isPaused(topic: string): boolean {
    const pause = this.current.get(topic);
    return pause !== undefined && (pause.until === null || pause.until > this.o.clock.now());
  }

  onChange(listener: (topic: string, isPaused: boolean) => void): void {
    this.listeners.push(listener);
  }

  /** Learns what is paused before anything is consumed, and goes on looking. */
  async start(): Promise<void> {
    await this.look();
    const again = (): void => {
      this.timer = setTimeout(() => {
        this.look()
          .catch((error) => this.o.logger.warn(`pauses cannot be read: ${describeError(error)}`))
          .finally(() => {
            if (this.timer) again();
          });
      }, POLL_MS).unref();
    };
    again();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Reads them anew: at once after a change here, within a second after one on another replica. */
  async look(): Promise<void> {
    const before = new Set(this.current.keys());
    const rows = await this.o.database.rows<Row>(
      'SELECT topic, operator, reason, paused_at, until FROM pauses WHERE until IS NULL OR until > $1 ORDER BY topic',
      [this.o.clock.now()],
    );
    this.current = new Map(rows.map((r) => [r.topic, pauseOf(r)]));
    for (const pause of this.current.values()) {
      if (before.has(pause.topic)) continue;
      const end = pause.until === null ? 'until it is resumed' : `until ${new Date(pause.until).toISOString()}`;
      this.o.logger.warn(
        { topic: pause.topic, operator: pause.operator },
        `${pause.topic} is paused ${end}, by ${pause.operator}: ${pause.reason}`,
      );
      for (const told of this.listeners) told(pause.topic, true);
    }
    for (const topic of before) {
      if (this.current.has(topic)) continue;
      this.o.logger.warn({ topic }, `${topic} is no longer paused`);
      for (const told of this.listeners) told(topic, false);
    }
  }

  /** Pauses topics, or changes the end of their pause. */
  async pause(tx: Tx, topics: readonly string[], order: Omit<Pause, 'topic'>): Promise<void> {
    await tx.run(
      `INSERT INTO pauses (topic, operator, reason, paused_at, until) SELECT t, $2, $3, $4, $5 FROM unnest($1::text[]) AS t
       ON CONFLICT (topic) DO UPDATE SET operator = excluded.operator, reason = excluded.reason,
         paused_at = excluded.paused_at, until = excluded.until`,
      [topics, order.operator, order.reason, order.pausedAt, order.until],
    );
  }

  /** Returns the topics that were paused. */
  async resume(tx: Tx, topics: readonly string[]): Promise<string[]> {
    const rows = await tx.rows<{ topic: string }>(
      'DELETE FROM pauses WHERE topic = ANY ($1::text[]) AND (until IS NULL OR until > $2) RETURNING topic',
      [topics, this.o.clock.now()],
    );
    return rows.map((r) => r.topic).sort();
  }
}

function pauseOf(row: Row): Pause {
  const until = row.until === null ? null : Number(row.until);
  return { topic: row.topic, operator: row.operator, reason: row.reason, pausedAt: Number(row.paused_at), until };
}
