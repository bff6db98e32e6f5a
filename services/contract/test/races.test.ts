import { join } from 'node:path';
import { changeToWire } from '@mandate/contracts';
import { decode } from '@mandate/schemas';
import { Client } from 'pg';
import { rateLimitChange, type Said, World } from '../../../infra/local/src/testing/world';
import { Chain, type HeardContract } from './chain';
import { digestOf, each, spread, until, untilEach } from './race-tools';
import { freeze } from './signals';

jest.setTimeout(180_000);
const TIMES = 200;
const HOUR = 3_600_000;
const CHANGE = rateLimitChange(200);

/**
 * Decisions on one contract are one partition, so one process takes them one after the other; what two processes race on
 * is a timer of the one against a message of the other, and a partition that moves. The contract's row lock and its
 * version decide. Here the order is whatever it happens to be, and each is shown to have happened;
 * `races-in-order.test.ts` forces each.
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
    const at = async (time: number, act: () => Promise<Said>): Promise<Said> => {
      await new Promise((r) => setTimeout(r, time - Date.now()));
      return act();
    };
    type When = (i: number) => number;
    const approving = (raced: readonly HeardContract[], when: When) =>
      Promise.all(raced.map((c, i) => at(c.value.expires_at + when(i), () => chain.approve(c, later()))));
    const answer = (c: HeardContract) => chain.decide(c, 'PROVIDE_CLARIFICATION', { reason: 'Ten.' });
    const answering = (raced: readonly HeardContract[], when: When) =>
      Promise.all(raced.map((c, i) => at(c.value.expires_at + 1_000 + when(i), () => answer(c))));
    const askingOf = async (n?: number) => {
      const raced = await contracts(n);
      await each(raced, (c) => chain.decide(c, 'REQUEST_CLARIFICATION', { reason: 'How many?' }));
      return raced;
    };

    /** A refused approval does not expire a contract; its timer does. */
    const judgeApprovals = async (raced: readonly HeardContract[], said: readonly Said[]): Promise<string[]> => {
      await until(async () => (await judge(raced, said)).every((o) => o.status !== 'ELIGIBLE'), Boolean);
      return (await judge(raced, said)).map(({ status, codes, changes }) => {
        expect(`${status} ${codes}`).toMatch(/^(APPROVED |EXPIRED ALREADY_EXPIRED)$/);
        expect(changes.filter((c) => c.from !== c.to && c.from === 'ELIGIBLE')).toHaveLength(1);
        for (const code of ['REVIEW_WARNING', 'REVIEW_ESCALATION'])
          expect(changes.filter((c) => c.code === code).length).toBeLessThanOrEqual(1);
        return status;
      });
    };
    const judgeAnswers = async (raced: readonly HeardContract[], said: readonly Said[]): Promise<string[]> => {
      await until(async () => (await judge(raced, said)).every((o) => o.status === 'EXPIRED'), Boolean);
      return (await judge(raced, said)).map(({ codes, changes }) => {
        const end = changes.findIndex((c) => c.to === 'EXPIRED');
        const isInTime = codes.at(-1) !== 'TOO_LATE'; // it is too late once the time is over, whether its timer has fired or not
        if (isInTime) expect(changes.findLastIndex((c) => c.cause === 'ReviewDecided')).toBeLessThan(end);
        return isInTime ? 'in time' : 'too late';
      });
    };
    const asked = await askingOf();
    const approved = await contracts();
    const [answers, approvals] = await Promise.all([answering(asked, spread), approving(approved, spread)]);
    const ends = new Set(await judgeApprovals(approved, approvals));
    const times = new Set(await judgeAnswers(asked, answers));
    const FEW = 10;
    await untilEach(['APPROVED', 'EXPIRED'], ends, async (missing, leadMs) => {
      const raced = await contracts(FEW);
      return judgeApprovals(raced, await approving(raced, () => (missing === 'APPROVED' ? -leadMs : leadMs)));
    });
    await untilEach(['in time', 'too late'], times, async (missing, leadMs) => {
      const raced = await askingOf(FEW);
      return judgeAnswers(raced, await answering(raced, () => (missing === 'in time' ? -leadMs : leadMs)));
    });
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
      const stories = storiesOf(raced);
      // Which of the two was sent first alternates, and the partition keeps that order.
      const taken = said.map((pair, i) => {
        const one = decode('ReviewDecided', (pair[i % 2] as Said).value).statement ?? Buffer.alloc(0);
        const approval = stories.get(raced[i]?.key ?? '')?.at(-1)?.value.approval;
        return approval?.statement.equals(one) ? 'one' : 'the other';
      });
      expect([...new Set(taken)].sort()).toEqual(['one', 'the other']);
    });

    it('AM-08: an approval against a rejection: the rejection stands, whichever came first', async () => {
      const raced = await contracts();
      const reject = (c: HeardContract) => () => chain.decide(c, 'REJECT', { reason: 'Not this year.' });
      const said = await each(raced, (c, i) => inAnyOrder([() => chain.approve(c, later()), reject(c)], i));
      const outcomes = await judge(raced, said.flat());
      expect(Object.keys(tally(outcomes)).sort()).toEqual(['REJECTED', 'REJECTED ALREADY_TERMINAL']);
    });

    it('REVIEW-005: an approval against a modification: one is taken, the other told so', async () => {
      const raced = await contracts();
      const modified = { modified_changes: [changeToWire(rateLimitChange(300))] };
      const scope = { ...modified, modified_capabilities: ['api_rate_limit'] };
      const modify = (c: HeardContract) => () => chain.decide(c, 'MODIFY_SCOPE', scope);
      const said = await each(raced, (c, i) => inAnyOrder([() => chain.approve(c, later()), modify(c)], i));
      const outcomes = await judge(raced, said.flat());
      expect(Object.keys(tally(outcomes)).sort()).toEqual(['APPROVED ALREADY_DECIDED', 'SUPERSEDED ALREADY_TERMINAL']);
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
      const judged = (seen: typeof outcomes): string[] =>
        seen.map(({ status, codes }) => {
          expect(`${status} ${codes}`).toMatch(/^(APPROVED |ELIGIBLE (HEALTH_NOT_HEALTHY|CAPABILITY_BLOCKED))$/);
          return codes[0] ?? status;
        });
      const all = ['APPROVED', 'CAPABILITY_BLOCKED', 'HEALTH_NOT_HEALTHY'] as const;
      await untilEach(all, new Set(judged(outcomes)), async (missing, leadMs) => {
        await health(
          missing === 'HEALTH_NOT_HEALTHY' ? 'DEGRADED' : 'HEALTHY',
          missing === 'CAPABILITY_BLOCKED' ? [freeze('SYSTEM', Date.now())] : [],
        );
        await new Promise((r) => setTimeout(r, leadMs));
        const few = await contracts(10);
        return judged(await judge(few, await each(few, (c) => chain.approve(c, later()))));
      });
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
