import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Storefront } from '../src/storefront';

/** A registry that answers as the executor does. */
class Registry {
  values: Record<string, boolean | number> = {};
  isAway = false;
  token: string | undefined;
  private server!: Server;

  async open(): Promise<this> {
    this.server = createServer((request, response) => {
      const key = decodeURIComponent(request.url?.split('/').pop() ?? '');
      const isAllowed = this.token === undefined || request.headers.authorization === `Bearer ${this.token}`;
      const value = this.values[key];
      const reply = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (this.isAway) return void request.socket.destroy();
      if (!isAllowed) return reply(401, {});
      if (value === undefined) return reply(404, { key, errorCode: 'FLAG_NOT_FOUND' });
      const [capability] = key.split('.');
      reply(200, {
        key,
        value,
        variant: 'v2',
        reason: 'STATIC',
        metadata: { capability, version: 2, state: 'provisional', contract_id: 'c' },
      });
    });
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('the storefront', () => {
  let registry: Registry;
  let shop: Storefront;
  const get = async (path: string) => {
    const startedAt = performance.now();
    const response = await fetch(`http://127.0.0.1:${shop.port}${path}`);
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
      tookMs: performance.now() - startedAt,
    };
  };
  /** Configuration is at most 500 ms old. */
  const told = () => new Promise((done) => setTimeout(done, 550));

  beforeAll(async () => {
    execFileSync(process.execPath, [join(__dirname, '../../local/bin/build.mjs')]); // its worker thread runs built code
    registry = await new Registry().open();
    shop = await Storefront.start({ port: 0, ofrepUrl: registry.url });
  }, 60_000);
  afterAll(async () => {
    await shop.close();
    registry.close();
  });

  it('does what it was built to do until the registry tells it something', async () => {
    const { body } = await get('/');
    expect(body).toMatchObject({
      configuration: {
        'search_depth.max_hops': { value: 3, source: 'default', problem: expect.stringContaining('FLAG_NOT_FOUND') },
      },
    });
    expect(await get('/search?q=chair')).toMatchObject({ status: 200, body: { max_hops: 3 } });
  });

  it('shows what it was told, by whom and whether it is final', async () => {
    registry.values = { 'search_depth.max_hops': 4, search_depth: true };
    await told();
    expect((await get('/')).body).toMatchObject({
      configuration: {
        'search_depth.max_hops': {
          value: 4,
          source: 'registry',
          metadata: { state: 'provisional', contract_id: 'c', version: 2 },
        },
      },
    });
    registry.isAway = true;
    await told();
    expect(await get('/search?q=chair')).toMatchObject({ status: 200, body: { max_hops: 4 } });
    registry.isAway = false;
  });

  it('limits requests at the rate it is told, per customer', async () => {
    registry.values = { api_rate_limit: true, 'api_rate_limit.requests_per_minute': 60, 'api_rate_limit.burst': 2 };
    await told();
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await get('/api/items')).status);
    expect(statuses).toEqual([200, 200, 429]);
    registry.values = { ...registry.values, api_rate_limit: false };
    await told();
    expect((await get('/api/items')).status).toBe(200);
  });

  it('cannot bear a depth that its schema allows, while its own health answers at once, and gets well again', async () => {
    registry.values = { search_depth: true, 'search_depth.max_hops': 11 };
    await told();
    const sick = get('/health/search');
    const light = await Promise.all([1, 2, 3].map(() => get('/health')));
    expect(light.map((r) => r.status)).toEqual([200, 200, 200]);
    expect(await sick).toMatchObject({
      status: 503,
      body: { max_hops: 11, reason: expect.stringContaining('did not end within 1500 ms') },
    });
    expect((await sick).tookMs).toBeLessThan(5_000);
    registry.values = { search_depth: true, 'search_depth.max_hops': 3 };
    await told();
    expect(await get('/health/search')).toMatchObject({ status: 200 });
  }, 20_000);

  it('reads with a token where one is wanted', async () => {
    registry.token = 'secret';
    const other = await Storefront.start({ port: 0, ofrepUrl: registry.url, token: 'secret' });
    const response = await fetch(`http://127.0.0.1:${other.port}/`);
    expect(await response.json()).toMatchObject({ configuration: { 'search_depth.max_hops': { source: 'registry' } } });
    await other.close();
    registry.token = undefined;
  });
});
