import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { claimsOf, mintJwt, reviewAudience, reviewClientId } from '../infra/local/src/identity-provider';
import type { ChildService } from '../infra/local/src/testing/child';
import { type ProviderProcess, startProviderProcess } from '../infra/local/src/testing/provider-process';
import { rateLimitChange, World } from '../infra/local/src/testing/world';
import { Chain } from '../services/contract/test/chain';

jest.setTimeout(180_000);

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
  const reject = async (review: number, id: string, key: string): Promise<Answer> => {
    const response = await fetch(`${reviews[review]?.url}/api/v1/contracts/${id}/reject`, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ reason: 'Not this year.' }),
    });
    return { ...((await response.json()) as object), status: response.status };
  };
  /** What row, topic and both reviews say; they must agree. */
  const stands = async (id: string): Promise<string> => {
    const row = await contractDb.query('SELECT status, version FROM contracts WHERE contract_id = $1', [id]);
    const said = world.all('ContractChanged').filter((m) => m.key === id);
    const rejections = said.filter((m) => m.value.changes.some((c) => c.from !== c.to && c.to === 'REJECTED'));
    expect(rejections).toHaveLength(1);
    const { status } = row.rows[0] as { status: string };
    for (const review of reviews)
      for (const end = performance.now() + 20_000; (await look(review, id)).status !== status; )
        if (performance.now() > end) throw new Error(`a review does not show ${status}`);
        else await new Promise((r) => setTimeout(r, 50));
    return status;
  };

  it('FLOW-002: one Idempotency-Key at two replicas at once, and again after a lost response, is one decision with one answer', async () => {
    for (let i = 0; i < 5; i++) {
      const { key: id } = await shown();
      const key = randomUUID();
      const both = await Promise.all([reject(0, id, key), reject(1, id, key)]);
      const again = await reject(i % 2, id, key);
      for (const answer of [...both, again]) {
        expect(answer).toMatchObject({ status: 200, outcome: 'APPLIED', decision_id: again.decision_id });
      }
      expect(await stands(id)).toBe('REJECTED');
    }
  });

  it('CONTRACT-005: two decisions at two replicas at once: one is applied, the other is told why not', async () => {
    for (let i = 0; i < 5; i++) {
      const { key: id } = await shown();
      const both = await Promise.all([reject(0, id, randomUUID()), reject(1, id, randomUUID())]);
      expect(both.filter((a) => a.outcome === 'APPLIED')).toHaveLength(1);
      expect(both.filter((a) => a.code === 'ALREADY_TERMINAL')).toHaveLength(1);
      expect(await stands(id)).toBe('REJECTED');
    }
  });
});
