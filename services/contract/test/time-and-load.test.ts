import { randomUUID } from 'node:crypto';
import { changeToWire, checkAuthority, linkDigest, newId, planDigest, sha256, topicOf } from '@mandate/contracts';
import { decode, type Messages } from '@mandate/schemas';
import {
  citing,
  citingOutside,
  Database,
  type HopBatch,
  type Message,
  type RunningService,
  say,
  TestClock,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Client } from 'pg';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { OnEligibilityJudged } from '../src/handlers/on-eligibility-judged.handler';
import { Chain, originOf } from './chain';

jest.setTimeout(90_000);
const DAY = 86_400_000;

describe('the contract service, in time and under load', () => {
  let world: World;
  let chain: Chain;
  let owner: Client;
  let service: RunningService;
  const clock = new TestClock(Date.now());

  beforeAll(async () => {
    world = await World.open();
    chain = new Chain(world, () => clock.now());
    await world.seed();
    service = await world.start('contract', AppModule, { ACTIVATION_POLL: '50ms' }, { clock });
    owner = new Client({ connectionString: (await world.database('contract')).ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await world?.close();
  });

  const count = async (sql: string): Promise<number> =>
    Number((await owner.query(`SELECT count(*) AS n FROM ${sql}`)).rows[0].n);
  const tick = async (): Promise<void> => {
    service.app.get(Timers).poke();
    await service.app.get(Timers).tick();
  };

  /** Verdicts as the hop would hand them over, without a broker. */
  const batchOf = (n: number): HopBatch<'EligibilityJudged'> => {
    const now = clock.now();
    const messages = Array.from({ length: n }, (_, i) => judged(randomUUID(), 100 + i, now));
    return { messages, now };
  };
  const create = async (batch: HopBatch<'EligibilityJudged'>): Promise<number> => {
    const handler = service.app.get(OnEligibilityJudged);
    return service.app.get(Database).transaction(async (tx) => (await handler.handle(batch, tx)).length);
  };

  it('creates 500 contracts with as many statements as one', async () => {
    const calls = async (n: number): Promise<number> => {
      const batch = batchOf(n);
      const spies = [jest.spyOn(Tx.prototype, 'rows'), jest.spyOn(Tx.prototype, 'run')] as const;
      const before = spies.map((s) => s.mock.calls.length).reduce((a, b) => a + b, 0);
      expect(await create(batch)).toBe(n);
      const after = spies.map((s) => s.mock.calls.length).reduce((a, b) => a + b, 0);
      for (const spy of spies) spy.mockRestore();
      return after - before;
    };
    await calls(1);
    const one = await calls(1);
    expect(await calls(500)).toBe(one);
    expect(one).toBeLessThanOrEqual(10);
  });

  it('REVIEW-006: warns, escalates and expires hundreds of contracts, never approves', async () => {
    const told = await chain.eligible([rateLimitChange(300)]);
    const contracts = await count(`contracts WHERE status = 'ELIGIBLE'`);
    expect(contracts).toBeGreaterThan(500);
    for (const [days, code] of [
      [5, 'REVIEW_WARNING'],
      [6, 'REVIEW_ESCALATION'],
      [7, 'REVIEW_TIMEOUT'],
    ] as const) {
      clock.advance(days === 5 ? 5 * DAY : DAY);
      for (let i = 0; i < 3; i++) await tick();
      expect(await count(`contract_transitions WHERE code = '${code}'`)).toBe(contracts);
      const heard = await chain.about(told, (v) => v.changes[0]?.code === code);
      expect(heard.value.status).toBe(code === 'REVIEW_TIMEOUT' ? 'EXPIRED' : 'ELIGIBLE');
    }
    expect(await count(`contracts WHERE status = 'EXPIRED'`)).toBe(contracts);
    expect(await count('approvals')).toBe(0);
  });

  it('two replicas fire a timer once', async () => {
    const contract = await chain.eligible([rateLimitChange(310)]);
    const other = await world.start('contract', AppModule, {}, { clock });
    clock.advance(7 * DAY);
    await Promise.all([service.app.get(Timers).tick(), other.app.get(Timers).tick()]);
    await chain.about(contract, (v) => v.status === 'EXPIRED');
    expect(await count(`contract_transitions WHERE contract_id = '${contract.key}' AND to_state = 'EXPIRED'`)).toBe(1);
    await world.stop(other);
  });

  it('AM-07: an approval whose window passes while health is bad expires, and says what it waited for', async () => {
    let version = 2;
    await world.sayHealth('SYSTEM', 'HEALTHY', version++, 365 * DAY);
    const contract = await chain.eligible([rateLimitChange(320)]);
    const start = clock.now() + 3_600_000;
    await chain.approve(contract, { window_start: start, window_end: start + DAY });
    await chain.about(contract, (v) => v.status === 'APPROVED');
    await world.sayHealth('SYSTEM', 'DEGRADED', version++, 365 * DAY);
    await until(
      async () =>
        (await owner.query("SELECT state FROM ref_health WHERE scope = 'SYSTEM'")).rows[0]?.state === 'DEGRADED',
    );
    clock.advance(3_600_000);
    const waits = await chain.about(contract, (v) => v.waiting !== null);
    expect(waits.value.waiting).toMatchObject({ reason: 'HEALTH', since: clock.now() });
    clock.advance(DAY);
    const expired = await chain.about(contract, (v) => v.status === 'EXPIRED');
    expect(expired.value.status_reason).toMatch(/waited for HEALTH/);
    await world.sayHealth('SYSTEM', 'HEALTHY', version, 365 * DAY);
  });

  it('FLOW-002: a process that dies between commit and publish, or after it, has its effect once', async () => {
    await world.stop(service);
    const { issueId } = await chain.judged([rateLimitChange(330)]);
    for (const point of ['committed', 'published'] as const) {
      let hasDied = false;
      const died = new Promise<void>((resolve) => {
        void world
          .start(
            'contract',
            AppModule,
            {},
            {
              clock,
              crashAt: (at) => {
                if (at !== point || hasDied) return Promise.resolve();
                hasDied = true;
                resolve();
                return Promise.reject(new Error('the process is gone'));
              },
            },
          )
          .then((running) => (service = running));
      });
      await Promise.race([died, new Promise((r) => setTimeout(r, 5_000))]);
      await until(async () => service !== undefined && (await count('outbox')) === 0);
      if (point === 'committed') await world.stop(service);
    }
    await world.next('ContractChanged', (m) => m.value.issue_id === issueId);
    expect(await count(`contracts WHERE issue_id = '${issueId}'`)).toBe(1);
  });
});

async function until(fits: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await fits())) {
    if (performance.now() > end) throw new Error(`did not come true within ${limitMs} ms`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

/** A MAY on a fresh issue, with links but without proofs. */
function judged(issueId: string, value: number, now: number): Message<Messages['EligibilityJudged']> {
  const change = rateLimitChange(value);
  const plan = planDigest({ changes: [change], affected_capabilities: ['api_rate_limit'] });
  const origin = originOf(issueId);
  const issue = say({
    message: 'IssueReceived',
    key: issueId,
    says: 'RECEIVED',
    issueId,
    version: 1,
    planDigest: null,
    cites: citingOutside(sha256(issueId)),
    now,
    value: {
      issue_id: issueId,
      origin,
      idempotency_key: issueId,
      subject: 's',
      body: 'b',
      hints: { severity: null, capabilities: [], change: null },
      payload_digest: sha256(issueId),
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: now,
    },
  });
  const proposal = say({
    message: 'ProposalMade',
    key: issueId,
    says: 'PROPOSED',
    issueId,
    version: 1,
    planDigest: plan,
    cites: citing(issue.mandate),
    now,
    value: {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      title: 'Raise the API rate limit',
      payload_digest: sha256(issueId),
      issue_type: 'configuration_change',
      severity: 'low',
      affected_capabilities: ['api_rate_limit'],
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'clear',
      evidence: [],
      suggestions: [],
      suggested_changes: [changeToWire(change)],
      validator_version: 'validator-1',
      registry_version: 5,
    },
  });
  const said = say({
    message: 'EligibilityJudged',
    key: issueId,
    says: 'MAY',
    issueId,
    version: 1,
    planDigest: plan,
    cites: citing(proposal.mandate),
    now,
    value: {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      proposal: proposal.value,
      verdict: 'MAY',
      first_failing_rule: null,
      rules: [],
      facts: '{}',
      retry_helps: false,
      retry_at: null,
      rules_version: 'rules-1',
      registry_version: 5,
      health_version: 1,
      judged_at: now,
    },
  });
  const authorised = checkAuthority(topicOf('EligibilityJudged'), said.key, said.value, said.mandate);
  return {
    topic: said.topic,
    partition: 0,
    offset: newId(now),
    key: said.key,
    bytes: said.value,
    brokerTime: now,
    headers: {},
    value: decode('EligibilityJudged', said.value),
    link: authorised.link,
    edge: authorised.edge,
    cause: authorised.cause,
    may: null,
    approve: null,
    digest: linkDigest(authorised.mandate.own.link),
    mandate: said.mandate,
  };
}
