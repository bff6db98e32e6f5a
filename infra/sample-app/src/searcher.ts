import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Found } from './product-graph';
import type { SearchReply, SearchRequest } from './search-worker';

/** A search that did not end in time, or could not begin. */
export class SearchUnavailable extends Error {}

// The built file also when this one runs from its source: a worker has no compiler.
const WORKER_FILE = join(__dirname, '..', 'dist', 'search-worker.js');

/** Runs searches one after another in one worker thread, each within a time limit that includes its waiting. */
export class Searcher {
  private worker: Worker | null = null;
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private lastId = 0;

  constructor(
    private readonly limitMs: number,
    private readonly waitingMax = 50,
  ) {}

  /** @throws SearchUnavailable when it takes too long */
  async search(query: string, hops: number): Promise<readonly Found[]> {
    if (this.waiting >= this.waitingMax) throw new SearchUnavailable('too many searches are waiting');
    const until = performance.now() + this.limitMs;
    this.waiting++;
    const turn = this.tail.then(() => this.run(query, hops, until)).finally(() => this.waiting--);
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private run(query: string, hops: number, until: number): Promise<readonly Found[]> {
    const leftMs = until - performance.now();
    if (leftMs <= 0)
      return Promise.reject(new SearchUnavailable(`the search could not begin within ${this.limitMs} ms`));
    const worker = this.theWorker();
    const request: SearchRequest = { id: ++this.lastId, query, hops };
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onReply);
        worker.off('error', onError);
        outcome();
      };
      const giveUp = (why: string): void => {
        this.worker = null; // a busy worker cannot be asked to stop, only ended
        settle(() => void worker.terminate().then(() => reject(new SearchUnavailable(why))));
      };
      const onReply = (reply: SearchReply): void => {
        if (reply.id === request.id) settle(() => resolve(reply.found));
      };
      const onError = (error: Error): void => giveUp(`the search failed: ${error.message}`);
      const timer = setTimeout(() => giveUp(`the search did not end within ${this.limitMs} ms`), leftMs);
      worker.on('message', onReply);
      worker.once('error', onError);
      worker.postMessage(request);
    });
  }

  private theWorker(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(WORKER_FILE, {
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
    });
    worker.unref();
    worker.on('error', () => {
      if (this.worker === worker) this.worker = null;
    });
    this.worker = worker;
    return worker;
  }
}
