import { join } from 'node:path';
import { changeToWire, decodeMandate, linkDigest } from '@mandate/contracts';
import { Client } from 'pg';
import { rateLimitChange, type Said, World } from '../../../infra/local/src/testing/world';
import { Chain, type HeardContract } from './chain';
import { freeze } from './signals';

jest.setTimeout(180_000);
const TIMES = 200;
const HOUR = 3_600_000;
const CHANGE = rateLimitChange(200);

/** Waits for a fact, with a limit, and says what was the case instead. */
async function until<T>(look: () => T | Promise<T>, fits: (seen: T) => boolean, limitMs = 60_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    if (performance.now() > end) throw new Error(`after ${limitMs} ms still ${JSON.stringify(seen)}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}

/** Work on all of them, a few dozen at a time. */
async function each<T, R>(items: readonly T[], work: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i);
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  return results;
}

const digestOf = (said: Said): string => {
  const mandate = decodeMandate(said.mandate);
  if (!mandate) throw new Error('what was said has a mandate');
  return linkDigest(mandate.own.link).toString('hex');
};

/**
 * Decisions on one contract are one partition, so one process takes them one after the other; what two processes race on
 * is a timer of the one against a message of the other, and a partition that moves. The contract's row lock and its
 * version decide. Here the order is whatever it happens to be; `races-in-order.test.ts` forces each.
 */
describe('two processes of the contract service, 200 races of each kind', () => {
  let world: World;
  let chain: Chain;
  let owner: Client;
  let children: Awaited<ReturnType<World['spawn']>>[] = [];
  let healthVersion = 1;

  beforeAll(async () => {
    world = await World.open();
    chain = new Chain(world);
    await world.seed();
    owner = new Client({ connectionString: (await world.database('contract')).ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await world?.close();
  });

  /** Two processes, instead of those that ran before. */
  const spawnTwo = async (extra: Record<string, string> = {}): Promise<void> => {
    await Promise.all(children.map((c) => c.end('SIGTERM')));
    const modulePath = join(__dirname, '../src/app.module.ts');
    const order = { service: 'contract' as const, modulePath, exportName: 'AppModule', crashAt: null };
    children = [await world.spawn(order, extra), await world.spawn(order, extra)];
  };
  const health = (state: 'HEALTHY' | 'DEGRADED', signals = [] as ReturnType<typeof freeze>[]) =>
    world.sayHealth('SYSTEM', state, ++healthVersion, undefined, signals);

  /** Every message about these contracts, by contract, in the order of their versions. */
  const storiesOf = (contracts: readonly HeardContract[]): Map<string, HeardContract[]> => {
    const stories = new Map<string, HeardContract[]>(contracts.map((c) => [c.key, []]));
    for (const m of world.all('ContractChanged')) stories.get(m.key)?.push(m);
    for (const story of stories.values()) story.sort((a, b) => a.value.version - b.value.version);
    return stories;
  };
  const contracts = async (n = TIMES): Promise<HeardContract[]> => {
    const issues = await each(Array.from({ length: n }), async () => (await chain.judged([CHANGE])).issueId);
    const wanted = new Set(issues);
    const found = () =>
      world.all('ContractChanged').filter((m) => wanted.has(m.value.issue_id) && m.value.version === 3);
    await until(
      () => found().length,
      (have) => have === n,
    );
    return found();
  };

  const nameOf = (m: HeardContract | undefined): string => `${m?.value.status} ${m?.value.version}`;
  const standing = async (raced: readonly HeardContract[]): Promise<Map<string, string>> => {
    const { rows } = await owner.query<{ contract_id: string; status: string; version: string }>(
      'SELECT contract_id, status, version FROM contracts WHERE contract_id = ANY ($1::uuid[])',
      [raced.map((c) => c.key)],
    );
    return new Map(rows.map((r) => [r.contract_id, `${r.status} ${r.version}`]));
  };

  /** Waits until each decision was answered, and gives what each contract's messages tell: one outcome, everywhere. */
  async function judge(raced: readonly HeardContract[], decisions: readonly Said[], unanswered = 0) {
    const mine = new Set(decisions.map(digestOf));
    const answers = (): number => {
      const cited = [...storiesOf(raced).values()].flat().map((m) => m.link?.causeDigest.toString('hex') ?? '');
      return new Set(cited.filter((digest) => mine.has(digest))).size;
    };
    await until(answers, (n) => n === decisions.length - unanswered);
    // Timers go on meanwhile: what the database holds has been said, or is on its way.
    const isSaid = async (): Promise<boolean> => {
      const stands = await standing(raced);
      const stories = [...storiesOf(raced)];
      return stories.every(([id, story]) => stands.get(id) === nameOf(story.at(-1)));
    };
    await until(isSaid, Boolean);
    return [...storiesOf(raced)].map(([_, story]) => {
      story.forEach((m, i) => {
        expect(m.value.from_version).toBe(i === 0 ? 0 : story[i - 1]?.value.version); // no gap, nothing twice
        expect(m.value.changes[0]?.from ?? null).toBe(i === 0 ? null : story[i - 1]?.value.status);
      });
      const last = story.at(-1)?.value;
      const changes = story.flatMap((m) => m.value.changes);
      const codes = changes.flatMap((c) => (c.cause === 'ReviewDecided' && c.code ? [c.code] : []));
      return { status: last?.status ?? 'UNKNOWN', codes, changes };
    });
  }
  const tally = (outcomes: readonly { status: string; codes: readonly string[] }[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { status, codes } of outcomes) {
      const name = [status, ...codes].join(' ');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  };
  const later = () => ({ window_start: Date.now() + HOUR, window_end: Date.now() + 2 * HOUR });
  const inAnyOrder = async (acts: readonly (() => Promise<Said>)[], i: number): Promise<Said[]> =>
    Promise.all((i % 2 ? [...acts].reverse() : acts).map((act) => act()));

  it('REVIEW-006: an approval, or an answer, against expiry', async () => {
    const short = { REVIEW_TTL: '14s', REVIEW_WARNING: '3s', REVIEW_ESCALATION: '5s', CLARIFICATION_PAUSE_MAX: '1s' };
    await spawnTwo(short);
    const asked = await contracts();
    await each(asked, (c) => chain.decide(c, 'REQUEST_CLARIFICATION', { reason: 'How many?' }));
    const approved = await contracts();
    const at = async (time: number, act: () => Promise<Said>): Promise<Said> => {
      await new Promise((r) => setTimeout(r, time - 40 + Math.random() * 80 - Date.now()));
      return act();
    };
    const answers = Promise.all(
      asked.map((c) =>
        at(c.value.expires_at + 1_000, () => chain.decide(c, 'PROVIDE_CLARIFICATION', { reason: 'Ten.' })),
      ),
    );
    const approvals = Promise.all(approved.map((c) => at(c.value.expires_at, () => chain.approve(c, later()))));
    const over = await approvals;
    const isDecided = async () => (await judge(approved, over)).every((o) => o.status !== 'ELIGIBLE');
    await until(isDecided, Boolean); // a refused approval does not expire a contract; its timer does
    const decided = await judge(approved, over);
    for (const { status, codes, changes } of decided) {
      expect(`${status} ${codes}`).toMatch(/^(APPROVED |EXPIRED ALREADY_EXPIRED)$/);
      expect(changes.filter((c) => c.from !== c.to && c.from === 'ELIGIBLE')).toHaveLength(1);
      for (const code of ['REVIEW_WARNING', 'REVIEW_ESCALATION'])
        expect(changes.filter((c) => c.code === code).length).toBeLessThanOrEqual(1);
    }
    const isOver = async () => (await judge(asked, await answers)).every((o) => o.status === 'EXPIRED');
    await until(isOver, Boolean);
    for (const { codes, changes } of await judge(asked, await answers)) {
      const end = changes.findIndex((c) => c.to === 'EXPIRED');
      const answer = changes.findLastIndex((c) => c.cause === 'ReviewDecided');
      if (answer > end) expect(codes.at(-1)).toBe('TOO_LATE');
      if (codes.length === 0) expect(answer).toBeLessThan(end);
    }
  });

  describe('with the periods as they are', () => {
    beforeAll(() => spawnTwo());

    it('REVIEW-001: an approval against a second one: one is taken, the other told so', async () => {
      const raced = await contracts();
      const said = await each(raced, (c, i) =>
        inAnyOrder(
          [1, 2].map(() => () => chain.approve(c, later())),
          i,
        ),
      );
      expect(tally(await judge(raced, said.flat()))).toEqual({ 'APPROVED ALREADY_DECIDED': TIMES });
    });

    it('AM-08: an approval against a rejection: the rejection stands, whichever came first', async () => {
      const raced = await contracts();
      const reject = (c: HeardContract) => () => chain.decide(c, 'REJECT', { reason: 'Not this year.' });
      const said = await each(raced, (c, i) => inAnyOrder([() => chain.approve(c, later()), reject(c)], i));
      const outcomes = await judge(raced, said.flat());
      for (const { status, codes } of outcomes) expect(`${status} ${codes}`).toMatch(/^REJECTED (ALREADY_TERMINAL)?$/);
    });

    it('REVIEW-005: an approval against a modification: one is taken, the other told so', async () => {
      const raced = await contracts();
      const modified = { modified_changes: [changeToWire(rateLimitChange(300))] };
      const scope = { ...modified, modified_capabilities: ['api_rate_limit'] };
      const modify = (c: HeardContract) => () => chain.decide(c, 'MODIFY_SCOPE', scope);
      const said = await each(raced, (c, i) => inAnyOrder([() => chain.approve(c, later()), modify(c)], i));
      const outcomes = await judge(raced, said.flat());
      for (const { status, codes } of outcomes)
        expect(`${status} ${codes}`).toMatch(/^(APPROVED ALREADY_DECIDED|SUPERSEDED ALREADY_TERMINAL)$/);
      const drafts = await owner.query<{ n: string }>(
        'SELECT count(*) AS n FROM contracts WHERE parent_contract_id = ANY ($1::uuid[])',
        [raced.map((c) => c.key)],
      );
      expect(Number(drafts.rows[0]?.n)).toBe(outcomes.filter((o) => o.status === 'SUPERSEDED').length);
    });

    it('FLOW-002: a decision sent twice with one key, and one whose answer was lost and that is sent again, are one', async () => {
      const raced = await contracts();
      const said = await each(raced, async (c, i) => {
        const once = () => chain.approve(c, later(), { idempotency_key: 'one' });
        const twice = await inAnyOrder([once, once], i);
        const [lost] = twice as [Said];
        await world.send('review', lost.topic, lost.key, lost.value, { mandate: lost.mandate });
        return twice;
      });
      expect(tally(await judge(raced, said.flat(), TIMES))).toEqual({ APPROVED: TIMES });
      const notes = await each(raced, (c) => chain.decide(c, 'NOTE', { reason: 'After all of them.' }));
      for (const { changes } of await judge(raced, notes)) expect(changes).toHaveLength(5);
    });

    it('REVIEW-001: an approval against health that degrades and a freeze that is raised', async () => {
      const raced = await contracts();
      let isDone = false;
      const flapping = (async () => {
        for (let i = 0; !isDone; i++) {
          await health(i % 2 ? 'HEALTHY' : 'DEGRADED', i % 3 ? [] : [freeze('SYSTEM', Date.now())]);
          await new Promise((r) => setTimeout(r, 30));
        }
      })();
      const said = await each(raced, (c) => chain.approve(c, later()));
      const outcomes = await judge(raced, said);
      isDone = true;
      await flapping;
      for (const { status, codes } of outcomes)
        expect(`${status} ${codes}`).toMatch(/^(APPROVED |ELIGIBLE (HEALTH_NOT_HEALTHY|CAPABILITY_BLOCKED))$/);
      await health('HEALTHY');
    });

    it('HOLD-001, CONTRACT-003: approvals for one capability against each other and health: one becomes ACTIVE', async () => {
      await until(
        async () =>
          (await owner.query("SELECT 1 FROM ref_health WHERE state = 'HEALTHY' AND version = $1", [healthVersion]))
            .rowCount,
        (n) => n === 1,
      );
      const raced = await contracts();
      const said = await each(raced, async (c, i) => {
        if (i === 100) await health('DEGRADED');
        if (i === 120) await health('HEALTHY');
        return chain.approve(c);
      });
      await judge(raced, said);
      const outcomes = await until(
        () => judge(raced, said),
        (seen) => seen.some((o) => o.status === 'ACTIVE'),
      );
      const isKnown = /^(ACTIVE|APPROVED|ELIGIBLE)$/;
      expect(outcomes.filter((o) => !isKnown.test(o.status))).toEqual([]);
      expect(outcomes.filter((o) => o.status === 'ACTIVE')).toHaveLength(1);
      const holds = await owner.query('SELECT capability FROM holds');
      expect(holds.rows).toEqual([{ capability: 'api_rate_limit' }]);
    });

    it('parked nothing', async () => {
      expect((await owner.query('SELECT code, reason FROM parked')).rows).toEqual([]);
    });
  });
});
