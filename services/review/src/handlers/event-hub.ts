import type { Server } from 'node:http';
import { CLOCK, type Clock, describeError, LOGGER } from '@mandate/service-kit';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type EventPosition, EventStore, type StoredEvent } from '../adapters/event.store';
import type { Log } from './http';

/** Somebody who watches; `send` is called in order, `end` when this replica goes. */
export interface Watcher {
  send(events: readonly StoredEvent[]): void;
  end(): void;
}
interface Watching {
  readonly watcher: Watcher;
  /** What the watcher has been told up to. */
  position: EventPosition;
}

const POLL_MS = 200;
const FORGET_EVERY_MS = 60_000;
/** Longer than an action waits for its answer. */
const GRACE_MS = 3_000;

/** Tells everybody who watches this replica what happens; asks the database once for all of them, and only while anybody watches. */
@Injectable()
export class EventHub implements OnModuleInit, OnModuleDestroy {
  private readonly watching = new Set<Watching>();
  private timer: NodeJS.Timeout | null = null;
  private position: EventPosition | null = null;
  private forgetting: NodeJS.Timeout | null = null;

  constructor(
    private readonly events: EventStore,
    private readonly host: HttpAdapterHost,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  /**
   * Begins to watch behind a position, or from now on.
   *
   * @returns how to stop, and whether something between was already forgotten
   */
  async watch(
    watcher: Watcher,
    from: EventPosition | null,
  ): Promise<{ readonly stop: () => void; readonly hasGap: boolean }> {
    const now = await this.events.now();
    const hasGap = from !== null && isBefore(from, now) && !(await this.events.isKept(from));
    const one: Watching = { watcher, position: from && !hasGap && isBefore(from, now) ? from : now };
    for (let behind = await this.events.after(one.position); behind.length > 0; ) {
      tell(one, behind);
      behind = await this.events.after(one.position);
    }
    this.watching.add(one);
    // Whoever joins may be behind what the others have been told already.
    this.position = this.position && isBefore(this.position, one.position) ? this.position : one.position;
    this.timer ??= setTimeout(() => this.poll(), POLL_MS).unref();
    return { stop: () => this.watching.delete(one), hasGap };
  }

  onModuleInit(): void {
    this.forgetting = setInterval(() => this.forget(), FORGET_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.forgetting) clearInterval(this.forgetting);
    for (const { watcher } of this.watching) watcher.end();
    this.watching.clear();
    // A connection that carried a stream can linger until its keep-alive ends; requests under way get their time before.
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const closing = setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
    server.once('close', () => clearTimeout(closing));
  }

  private async poll(): Promise<void> {
    try {
      const from = this.position as EventPosition;
      const news = await this.events.after(from);
      // Somebody has joined behind where this began: the next round begins there.
      if (this.position === from) {
        this.position = news.at(-1) ?? from;
        for (const one of this.watching) tell(one, news);
      }
    } catch (error) {
      this.logger.warn(`those who watch have to wait: ${describeError(error)}`);
    }
    const isWatched = this.watching.size > 0;
    if (!isWatched) this.position = null;
    this.timer = isWatched ? setTimeout(() => this.poll(), POLL_MS).unref() : null;
  }

  /** Whether anybody watches or not: what happened long ago is in the history, not here. */
  private async forget(): Promise<void> {
    await this.events
      .forget(this.clock.now())
      .catch((error) => this.logger.warn(`old events are still kept: ${describeError(error)}`));
  }
}

function tell(one: Watching, news: readonly StoredEvent[]): void {
  const unheard = news.filter((event) => isBefore(one.position, event));
  const last = unheard.at(-1);
  if (!last) return;
  one.position = { transactionId: last.transactionId, number: last.number };
  one.watcher.send(unheard);
}

/** Whether one position comes before another. */
export function isBefore(a: EventPosition, b: EventPosition): boolean {
  const [x, y] = [BigInt(a.transactionId), BigInt(b.transactionId)];
  return x === y ? BigInt(a.number) < BigInt(b.number) : x < y;
}
