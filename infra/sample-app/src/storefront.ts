import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PRODUCT_COUNT } from './product-graph';
import { Searcher, SearchUnavailable } from './searcher';
import { Settings } from './settings';
import { TokenBuckets } from './token-bucket';

export interface StorefrontOptions {
  readonly port: number;
  readonly host?: string;
  readonly ofrepUrl: string;
  readonly token?: string | undefined;
  /** How long a search may take. */
  readonly searchLimitMs?: number;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const SEARCH_LIMIT_MS = 1_500;
const PAGE = 20;

/** The shop that Mandate governs in the local stack: an ordinary small HTTP service that does what it is configured to. */
export class Storefront {
  private readonly buckets = new TokenBuckets();
  private server: Server | null = null;

  private constructor(
    private readonly settings: Settings,
    private readonly searcher: Searcher,
  ) {}

  static async start(options: StorefrontOptions): Promise<Storefront> {
    const settings = await Settings.open({ ofrepUrl: options.ofrepUrl, token: options.token });
    const shop = new Storefront(settings, new Searcher(options.searchLimitMs ?? SEARCH_LIMIT_MS));
    const server = createServer((request, response) => void shop.serve(request, response));
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(options.port, options.host ?? '127.0.0.1', resolve),
    );
    shop.server = server;
    return shop;
  }

  get port(): number {
    const address = this.server?.address() as AddressInfo | undefined;
    if (!address) throw new Error('the storefront does not listen');
    return address.port;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
    await this.searcher.close();
    await this.settings.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await this.answer(request).catch(
      (error: Error): Answer => ({ status: 500, body: { status: 'failed', reason: error.message } }),
    );
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(`${JSON.stringify(body)}\n`);
  }

  private answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', 'http://shop');
    if (request.method !== 'GET') return Promise.resolve({ status: 405, body: { status: 'only GET is served' } });
    switch (url.pathname) {
      case '/health':
        return Promise.resolve({ status: 200, body: { status: 'ok' } });
      case '/health/search':
        return this.search('health');
      case '/search':
        return this.search(url.searchParams.get('q') ?? '');
      case '/api/items':
        return this.items(String(request.headers['x-customer'] ?? 'anonymous'));
      case '/':
        return this.configuration();
      default:
        return Promise.resolve({ status: 404, body: { status: 'not found' } });
    }
  }

  /** Walks as deep as it is told to; what that takes is what it takes. */
  private async search(query: string): Promise<Answer> {
    const startedAt = performance.now();
    const hops = (await this.settings.get('search_depth')) ? await this.settings.get('search_depth.max_hops') : 0;
    const tookMs = (): number => Math.round(performance.now() - startedAt);
    try {
      const found = await this.searcher.search(query, hops);
      return { status: 200, body: { status: 'ok', query, max_hops: hops, took_ms: tookMs(), found } };
    } catch (error) {
      if (!(error instanceof SearchUnavailable)) throw error;
      return {
        status: 503,
        body: { status: 'unavailable', query, max_hops: hops, took_ms: tookMs(), reason: error.message },
      };
    }
  }

  private async items(customer: string): Promise<Answer> {
    const perMinute = await this.settings.get('api_rate_limit.requests_per_minute');
    const burst = await this.settings.get('api_rate_limit.burst');
    const isLimited = await this.settings.get('api_rate_limit');
    const taken = isLimited ? this.buckets.take(customer, { perMinute, burst }, performance.now()) : { left: burst };
    const limit = { 'x-ratelimit-limit': isLimited ? String(perMinute) : 'none' };
    if ('retryAfterMs' in taken) {
      const seconds = String(Math.ceil(taken.retryAfterMs / 1_000));
      return {
        status: 429,
        body: { status: 'too many requests', requests_per_minute: perMinute },
        headers: { ...limit, 'retry-after': seconds },
      };
    }
    const items = Array.from({ length: PAGE }, (_, i) => ({ product: i, name: `Product ${i}` }));
    return {
      status: 200,
      body: { items, of: PRODUCT_COUNT },
      headers: { ...limit, 'x-ratelimit-remaining': String(taken.left) },
    };
  }

  private async configuration(): Promise<Answer> {
    const all = await this.settings.all();
    return { status: 200, body: { service: 'storefront', configuration: Object.fromEntries(all) } };
  }
}
