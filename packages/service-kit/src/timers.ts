import type { Logger } from 'pino';
import type { Clock } from './clock';
import type { Database, Tx } from './database';
import { describeError } from './error-text';
import { backOffMs, isTransient } from './faults';
import type { DueTimer } from './hop';
import type { Handler } from './hop-runner';
import type { Metrics } from './metrics';
import type { Outlet } from './outlet';

export interface TimersOptions {
  readonly database: Database;
  readonly outlet: Outlet;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly pollMs: number;
}

const CLAIM_MAX = 500;

/**
 * Timers are rows, claimed in batches by any replica. A timer is deleted in its handler's transaction, so that it fires
 * once in effect, across restarts and replicas; the handler decides by the state of what the timer is about.
 */
export class Timers {
  private readonly handlers = new Map<string, Handler>();
  private isRunning = false;
  private loop: Promise<void> | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly o: TimersOptions) {}

  /** Sets timers, each replacing one of the same kind and aggregate. One statement. */
  async set(tx: Tx, kind: string, timers: readonly DueTimer[]): Promise<void> {
    if (timers.length === 0) return;
    await tx.run(
      `INSERT INTO timers (kind, aggregate_id, due_at) SELECT $1, id, due FROM unnest($2::text[], $3::bigint[]) AS t (id, due)
       ON CONFLICT (kind, aggregate_id) DO UPDATE SET due_at = excluded.due_at, attempts = 0`,
      [kind, timers.map((t) => t.aggregateId), timers.map((t) => t.dueAt)],
    );
    if (timers.some((t) => t.dueAt <= this.o.clock.now())) setImmediate(() => this.poke());
  }

  /** Removes timers that have lost their purpose. */
  async clear(tx: Tx, kind: string, aggregateIds: readonly string[]): Promise<void> {
    if (aggregateIds.length === 0) return;
    await tx.run('DELETE FROM timers WHERE kind = $1 AND aggregate_id = ANY ($2::text[])', [kind, aggregateIds]);
  }

  /** Looks for due timers now instead of at the next poll. */
  poke(): void {
    this.wake?.();
  }

  start(handlers: ReadonlyMap<string, Handler>): void {
    for (const [kind, handler] of handlers) this.handlers.set(kind, handler);
    if (this.handlers.size === 0) return;
    this.isRunning = true;
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.poke();
    await this.loop;
  }

  private async run(): Promise<void> {
    for (let failures = 0; this.isRunning; ) {
      try {
        const fired = await this.tick();
        failures = 0;
        if (fired >= CLAIM_MAX) continue;
      } catch (error) {
        this.o.logger.warn(`timers wait: ${describeError(error)}`);
        failures++;
      }
      const waitMs = failures ? backOffMs(failures) : this.o.pollMs;
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, waitMs);
        this.wake = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
      this.wake = null;
    }
  }

  /** Fires what is due, a transaction per kind. Returns how many fired. */
  async tick(): Promise<number> {
    const due = await this.o.database.rows<{ kind: string }>(
      'SELECT DISTINCT kind FROM timers WHERE due_at <= $1 AND kind = ANY ($2::text[])',
      [this.o.clock.now(), [...this.handlers.keys()]],
    );
    let fired = 0;
    for (const { kind } of due) {
      try {
        fired += await this.fire(kind, CLAIM_MAX);
      } catch (error) {
        if (isTransient(error)) throw error;
        this.o.logger.error(
          { err: error },
          `timers of kind ${kind} failed together, each is tried alone: ${describeError(error)}`,
        );
        fired += await this.fireAlone(kind);
      }
    }
    return fired;
  }

  private async fire(kind: string, limit: number): Promise<number> {
    let count = 0;
    let into: ReadonlySet<string> = new Set();
    await this.o.database.transaction(async (tx) => {
      const now = this.o.clock.now();
      const rows = await tx.rows<{ aggregate_id: string; due_at: string }>(
        `DELETE FROM timers WHERE (kind, aggregate_id) IN
           (SELECT kind, aggregate_id FROM timers WHERE kind = $1 AND due_at <= $2 ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
         RETURNING aggregate_id, due_at`,
        [kind, now],
      );
      count = rows.length;
      if (count === 0) return;
      const messages: DueTimer[] = rows
        .map((r) => ({ aggregateId: r.aggregate_id, dueAt: Number(r.due_at) }))
        .sort((a, b) => a.dueAt - b.dueAt);
      into = await this.o.outlet.queue(tx, await (this.handlers.get(kind) as Handler)({ messages, now }, tx));
    });
    await this.o.outlet.publishPatiently(into, () => this.isRunning);
    return count;
  }

  /** After a failure: each due timer by itself; one that fails is put off, so that it holds up no other. */
  private async fireAlone(kind: string): Promise<number> {
    let fired = 0;
    for (let i = 0; i < CLAIM_MAX && this.isRunning; i++) {
      try {
        const n = await this.fire(kind, 1);
        if (n === 0) break;
        fired += n;
      } catch (error) {
        if (isTransient(error)) throw error;
        this.o.metrics.failures.inc({ code: 'TIMER' });
        this.o.logger.error({ err: error }, `a timer of kind ${kind} failed and is put off: ${describeError(error)}`);
        await this.o.database.rows(
          `UPDATE timers SET attempts = attempts + 1, due_at = $2 + least(60000, 1000 * power(2, least(attempts, 6)))::bigint
           WHERE (kind, aggregate_id) = (SELECT kind, aggregate_id FROM timers WHERE kind = $1 AND due_at <= $2 ORDER BY due_at LIMIT 1)`,
          [kind, this.o.clock.now()],
        );
      }
    }
    return fired;
  }
}
