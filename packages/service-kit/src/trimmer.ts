import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Clock } from './clock';
import type { Database } from './database';
import { describeError } from './error-text';
import type { Metrics } from './metrics';

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly everyMs: number;
  /** Longer than the broker keeps a group's offsets: until then a message may come again (FLOW-002). */
  readonly inboxKeptMs: number;
  readonly setAsideKeptMs: number;
}

/** Rows of one statement: so few that nobody waits for their locks to speak of. */
const ROWS_AT_ONCE = 1_000;

const CHUNKS = {
  inbox: 'SELECT ctid FROM inbox WHERE received_at < $1 ORDER BY received_at LIMIT $2',
  parked: `SELECT ctid FROM parked WHERE kind = 'SET_ASIDE' AND parked_at < $1 ORDER BY parked_at LIMIT $2`,
} as const;

/**
 * Removes what has been kept long enough, in small transactions of its own beside the hop; one replica at a time. What
 * holds a key is never removed, whatever its age.
 */
export class Trimmer implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private readonly trimmed;

  constructor(private readonly parts: Parts) {
    this.trimmed = parts.metrics.counter('mandate_trimmed_rows_total', 'Rows removed after their time', ['table']);
  }

  /** Nest calls it once for HTTP and once for the transport. */
  onApplicationBootstrap(): void {
    if (this.timer === undefined) this.next();
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private next(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.trim().finally(() => this.next()), this.parts.everyMs).unref();
  }

  private async trim(): Promise<void> {
    const { clock, inboxKeptMs, setAsideKeptMs, logger } = this.parts;
    try {
      await this.trimTable('inbox', clock.now() - inboxKeptMs);
      await this.trimTable('parked', clock.now() - setAsideKeptMs);
    } catch (error) {
      logger.warn(`what is no longer needed stays a while: ${describeError(error)}`);
    }
  }

  private async trimTable(table: keyof typeof CHUNKS, before: number): Promise<void> {
    for (let removed = ROWS_AT_ONCE; removed === ROWS_AT_ONCE && !this.isStopped; ) {
      removed = await this.parts.database.transaction(async (tx) => {
        const [lock] = await tx.rows<{ mine: boolean }>(
          `SELECT pg_try_advisory_xact_lock(hashtext('mandate-trimmer')) AS mine`,
        );
        if (!lock?.mine) return 0;
        return tx.run(`DELETE FROM ${table} WHERE ctid = ANY (ARRAY(${CHUNKS[table]}))`, [before, ROWS_AT_ONCE]);
      });
      this.trimmed.inc({ table }, removed);
    }
  }
}
