import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { claimsOf, mintJwt, reviewAudience, reviewClientId } from '../infra/local/src/identity-provider';
import type { ChildService } from '../infra/local/src/testing/child';
import { type ProviderProcess, startProviderProcess } from '../infra/local/src/testing/provider-process';
import { rateLimitChange, World } from '../infra/local/src/testing/world';
import { Chain, type HeardContract } from '../services/contract/test/chain';
import { approvalRequest } from './src/signed-approval';

jest.setTimeout(180_000);
const TIMES = 5;
const RACES_MAX = 20;
const HOUR_MS = 3_600_000;

interface Answer {
  readonly status: number;
  readonly decision_id?: string;
  readonly outcome?: string;
  readonly code?: string;
}

/** Two processes of review and two of the contract service; what is asked is asked of both reviews at once. */
describe('founders who decide at once, over HTTP', () => {
  let world: World;
  let chain: Chain;
  let provider: ProviderProcess;
  let contractDb: Client;
  const reviews: ChildService[] = [];

  beforeAll(async () => {
    [world, provider] = await Promise.all([World.open(), startProviderProcess('http://localhost:1')]);
    chain = new Chain(world);
    await world.seed();
    const env = {
      OIDC_ISSUER: provider.url,
      OIDC_AUDIENCE: reviewAudience,
      OIDC_CLIENT_ID: reviewClientId,
      OIDC_CLIENT_SECRET_FILE: provider.clientSecretFile,
      RATE_ACTIONS: '100000',
      ACTION_WAIT: '10s',
    };
    const order = (service: 'contract' | 'review') => ({
      ...{ service, exportName: 'AppModule', crashAt: null },
      modulePath: join(__dirname, '..', 'services', service, 'src/app.module.ts'),
    });
    for (const service of ['contract', 'review'] as const) {
      for (let i = 0; i < 2; i++) {
        const child = await world.spawn(order(service), service === 'review' ? env : {});
        if (service === 'review') reviews.push(child);
      }
    }
    contractDb = new Client({ connectionString: (await world.database('contract')).ownerUrl });
    await contractDb.connect();
  });
  afterAll(async () => {
    await contractDb?.end();
    await world?.close();
    await provider?.stop();
  });

  const headers = () => {
    const who = { subject: 'founder@local', roles: ['founder'], audience: reviewAudience, ttlS: 600 };
    return { authorization: `Bearer ${mintJwt(provider.key, claimsOf(provider.url, who, Date.now()))}` };
  };
  const look = async (review: ChildService, id: string): Promise<{ status?: string; version?: number }> =>
    (await fetch(`${review.url}/api/v1/contracts/${id}`, { headers: headers() })).json() as Promise<object>;
  /** A contract that both reviews show. */
  const shown = async () => {
    const contract = await chain.eligible([rateLimitChange(200)]);
    for (const review of reviews)
      for (const end = performance.now() + 20_000; (await look(review, contract.key)).status !== 'ELIGIBLE'; )
        if (performance.now() > end) throw new Error(`${contract.key} is not shown`);
        else await new Promise((r) => setTimeout(r, 50));
    return contract;
  };
  type Ask = { readonly path: 'approve' | 'reject'; readonly headers: Record<string, string>; readonly body: string };
  const rejection = (key: string = randomUUID()): Ask => ({
    path: 'reject',
    headers: { 'idempotency-key': key },
    body: JSON.stringify({ reason: 'Not this year.' }),
  });
  /** Signed; its window opens later, so that nothing but a decision moves the contract. */
  const approval = ({ value }: HeardContract, key: string = randomUUID()): Ask => {
    const window = { window_start: Date.now() + HOUR_MS, window_end: Date.now() + 2 * HOUR_MS };
    const { ifMatch, body } = approvalRequest(value, world.founderKey, window);
    return { path: 'approve', headers: { 'idempotency-key': key, 'if-match': ifMatch }, body };
  };
  const urlOf = (review: number, id: string, { path }: Ask) => `${reviews[review]?.url}/api/v1/contracts/${id}/${path}`;
  const ask = async (review: number, id: string, asked: Ask): Promise<Answer> => {
    const response = await fetch(urlOf(review, id, asked), {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json', ...asked.headers },
      body: asked.body,
    });
    return { ...((await response.json()) as object), status: response.status };
  };
  /** Asks and goes away without reading an answer, at once or after `until`. */
  const askAndLose = async (review: number, id: string, asked: Ask, until?: () => Promise<unknown>): Promise<void> => {
    const { hostname, port, host, pathname } = new URL(urlOf(review, id, asked));
    const all = { host, ...headers(), 'content-type': 'application/json', ...asked.headers };
    const lines = Object.entries({ ...all, 'content-length': String(Buffer.byteLength(asked.body)) });
    const head = [`POST ${pathname} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
    const socket = connect(Number(port), hostname).pause();
    await new Promise((sent) => socket.write(`${head.join('\r\n')}\r\n\r\n${asked.body}`, sent));
    await until?.();
    socket.resetAndDestroy();
  };
  const decisionsOn = (id: string) =>
    new Set(
      world
        .all('ReviewDecided')
        .filter((m) => m.key === id)
        .map((m) => m.value.decision_id),
    );

  /** What row, topic and both reviews say; they must agree. */
  const stands = async (id: string): Promise<string> => {
    const row = await contractDb.query('SELECT status, version FROM contracts WHERE contract_id = $1', [id]);
    const said = world.all('ContractChanged').filter((m) => m.key === id);
    const { status } = row.rows[0] as { status: string };
    const ends = said.filter((m) => m.value.changes.some((c) => c.from !== c.to && c.to === status));
    expect(ends).toHaveLength(1);
    for (const review of reviews)
      for (const end = performance.now() + 20_000; (await look(review, id)).status !== status; )
        if (performance.now() > end) throw new Error(`a review does not show ${status}`);
        else await new Promise((r) => setTimeout(r, 50));
    return status;
  };

  it.each([
    ['a rejection', 'REJECTED', rejection],
    ['a signed approval', 'APPROVED', (key: string, contract: HeardContract) => approval(contract, key)],
  ] as const)(
    'FLOW-002: one Idempotency-Key at two replicas at once, and again, is one decision with one answer: %s',
    async (_, outcome, asking) => {
      for (let i = 0; i < TIMES; i++) {
        const contract = await shown();
        const asked = asking(randomUUID(), contract);
        const both = await Promise.all([ask(0, contract.key, asked), ask(1, contract.key, asked)]);
        const again = await ask(i % 2, contract.key, asked);
        for (const answer of [...both, again])
          expect(answer).toMatchObject({ status: 200, outcome: 'APPLIED', decision_id: again.decision_id });
        expect(await stands(contract.key)).toBe(outcome);
        expect([...decisionsOn(contract.key)]).toEqual([again.decision_id]);
      }
    },
  );

  it.each([
    ['a rejection', 'REJECTED', rejection],
    ['a signed approval', 'APPROVED', (key: string, contract: HeardContract) => approval(contract, key)],
  ] as const)(
    'FLOW-002: whoever lost the answer and asks again at another replica gets the same one: %s',
    async (_, outcome, asking) => {
      for (let i = 0; i < TIMES; i++) {
        const contract = await shown();
        const asked = asking(randomUUID(), contract);
        const isSaid = () => world.next('ReviewDecided', (m) => m.key === contract.key);
        // Gone while it is being read, or once it has been decided.
        await askAndLose(0, contract.key, asked, i % 2 ? isSaid : undefined);
        const again = await ask(1, contract.key, asked);
        expect(again).toMatchObject({ status: 200, outcome: 'APPLIED' });
        expect(await ask(0, contract.key, asked)).toEqual(again);
        expect(await stands(contract.key)).toBe(outcome);
        expect([...decisionsOn(contract.key)]).toEqual([again.decision_id]);
      }
    },
  );

  it('CONTRACT-005: two rejections at two replicas at once: one is applied, the other is told why not', async () => {
    for (let i = 0; i < TIMES; i++) {
      const { key: id } = await shown();
      const both = await Promise.all([ask(0, id, rejection()), ask(1, id, rejection())]);
      expect(both.filter((a) => a.outcome === 'APPLIED')).toHaveLength(1);
      expect(both.filter((a) => a.code === 'ALREADY_TERMINAL')).toHaveLength(1);
      expect(await stands(id)).toBe('REJECTED');
    }
  });

  it('REVIEW-001: two approvals at two replicas at once: one is applied, the other is told why not', async () => {
    for (let i = 0; i < TIMES; i++) {
      const contract = await shown();
      const both = await Promise.all([0, 1].map((review) => ask(review, contract.key, approval(contract))));
      expect(both.filter((a) => a.outcome === 'APPLIED')).toHaveLength(1);
      expect(both.filter((a) => a.code === 'ALREADY_DECIDED')).toHaveLength(1);
      expect(await stands(contract.key)).toBe('APPROVED');
    }
  });

  it('AM-08: an approval at one replica against a rejection at the other: the rejection stands, whichever came first, and both are told', async () => {
    const seen = new Set<string>();
    // The side that came first last time starts later by a growing lead, until each has been first.
    for (let i = 0, lead = 0; i < TIMES || (seen.size < 2 && i < RACES_MAX); i++) {
      const contract = await shown();
      const late = (ms: number, act: () => Promise<Answer>) => new Promise((r) => setTimeout(r, ms)).then(act);
      const [approved, rejected] = await Promise.all([
        late(Math.max(lead, 0), () => ask(i % 2, contract.key, approval(contract))),
        late(Math.max(-lead, 0), () => ask(1 - (i % 2), contract.key, rejection())),
      ]);
      expect(rejected).toMatchObject({ status: 200, outcome: 'APPLIED' });
      expect(approved.code ?? approved.outcome).toMatch(/^(APPLIED|ALREADY_TERMINAL)$/);
      expect(await stands(contract.key)).toBe('REJECTED');
      const states = world
        .all('ContractChanged')
        .filter((m) => m.key === contract.key)
        .map((m) => m.value.status);
      expect(states.includes('APPROVED')).toBe(approved.outcome === 'APPLIED'); // told the truth
      const first = states.includes('APPROVED') ? 'approval' : 'rejection';
      seen.add(first);
      lead = first === 'approval' ? Math.max(lead * 2, 5) : Math.min(lead * 2, -5);
    }
    expect([...seen].sort()).toEqual(['approval', 'rejection']);
  });
});
