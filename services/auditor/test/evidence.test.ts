import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeLink,
  decodeMandate,
  linkDigest,
  newId,
  type ProofTicket,
  proofTicketBytes,
  proofTicketText,
  type Service,
  sha256,
} from '@mandate/contracts';
import { citingOutside, Database, type Message, type Outgoing, type RunningService, say } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { EvidenceLedger } from '../src/adapters/evidence-ledger';
import { AppModule } from '../src/app.module';
import { Books } from './books';
import { Chain } from './chain';

const TOKEN = 'a-token-of-sam';
const ISSUES = 'mandate.issues.v1';

interface Finding {
  readonly kind: string;
  readonly sentence: string;
  readonly records: readonly {
    readonly link: string;
    readonly recorded?: string;
    readonly says?: string;
    readonly value?: string;
  }[];
}

describe("the auditor's evidence", () => {
  let world: World;
  let service: RunningService;
  let books: Books;
  let database: Database;

  beforeAll(async () => {
    world = await World.open({ partitions: 1 });
    books = await Books.open(world);
    // Before the auditor has read anything, the broker loses what was said first.
    for (const limit of [150, 160]) await new Chain(world, books, limit).untilActive();
    const admin = world.servers.kafka('admin').admin();
    await admin.connect();
    await admin.fetchTopicOffsets(ISSUES); // kafkajs deletes only where it has looked
    await admin.deleteTopicRecords({ topic: ISSUES, partitions: [{ partition: 0, offset: '1' }] });
    await admin.disconnect();
    const tokens = join(world.servers.dir, 'operators.json');
    writeFileSync(
      tokens,
      JSON.stringify([{ token_sha256: createHash('sha256').update(TOKEN).digest('hex'), operator: 'sam' }]),
    );
    service = await world.start('auditor', AppModule, { OPERATOR_TOKENS_FILE: tokens, CHECKPOINT_EVERY: '500ms' });
    database = await Database.open((await world.database('auditor')).url, 'auditor-test');
  }, 120_000);

  afterAll(async () => {
    await database?.close();
    await world?.close();
  }, 60_000);

  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${service.port}/api/v1${path}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return (await response.json()) as T;
  };
  /** The finding that fits, within a limit; fails with those that there are. */
  const finding = async (fits: (f: Finding) => boolean): Promise<Finding> => {
    for (const until = performance.now() + 15_000; ; ) {
      const { findings } = await ask<{ findings: readonly Finding[] }>('/findings');
      const found = findings.find(fits);
      if (found) return found;
      if (performance.now() > until) throw new Error(`no such finding, only ${JSON.stringify(findings)}`);
      await new Promise((r) => setTimeout(r, 100));
    }
  };
  const metric = async (kind: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    return Number(new RegExp(`mandate_findings_total\\{[^}]*kind="${kind}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? 0);
  };

  it('gives a proof file to the page that a ticket of review names, once it is recorded, and to nobody without one', async () => {
    const chain = new Chain(world, books, 170);
    await chain.untilActive();
    const { contractId } = chain;
    const page = 'http://localhost:1';
    const ticket = async (by: Partial<ProofTicket> = {}, signer: Service = 'review'): Promise<string> => {
      const [format, now] = ['mandate-proof-ticket-v1', Date.now()] as const;
      const about = {
        contract_id: contractId,
        founder: 'founder@local',
        session_id: 's',
        page,
        not_after: now + 60_000,
      };
      const said: ProofTicket = { format, ...about, ...by };
      const { keyId, signature } = await world.keyring(signer).signApart(format, proofTicketBytes(said), now);
      return proofTicketText(said, keyId, signature);
    };
    const post = (body: string, origin = page) =>
      fetch(`http://127.0.0.1:${service.port}/api/v1/contracts/${contractId}/proof`, {
        ...{ method: 'POST', body, headers: { origin, 'content-type': 'text/plain' } },
      });
    let given = await post(await ticket());
    for (const until = performance.now() + 15_000; given.status === 404 && performance.now() < until; )
      given = await post(await ticket());
    expect([given.status, given.headers.get('access-control-allow-origin')]).toEqual([200, page]);
    expect(await given.json()).toMatchObject({ format: 'mandate-proof-v1', contract_id: contractId });
    const refused = [
      await post(''),
      await post(await ticket({}, 'contract')),
      await post(await ticket({ contract_id: newId(Date.now()) })),
      await post(await ticket(), 'http://elsewhere.example'),
      await post(await ticket({ not_after: Date.now() - 1 })),
    ];
    expect(await Promise.all(refused.map(async (r) => ((await r.json()) as { code: string }).code))).toEqual([
      ...Array.from({ length: 4 }, () => 'TICKET_REFUSED'),
      'TICKET_EXPIRED',
    ]);
    expect(refused.map((r) => [r.status, r.headers.get('access-control-allow-origin')])).toEqual([
      ...Array.from({ length: 4 }, () => [403, null]),
      [403, page],
    ]);
  });

  it('EVID-001: finds what the broker lost before it was heard, and counts it for an alert', async () => {
    const gap = await finding((f) => f.sentence.includes(`offsets 0 to 0 of ${ISSUES}/0 were passed over`));
    expect(gap.kind).toBe('GAP');
    expect(await metric('GAP')).toBeGreaterThanOrEqual(1);
  });

  it('takes what was set aside as the reason why an offset is not in the evidence', async () => {
    await world.send('ingestion', ISSUES, 'nobody', Buffer.from('not a message'));
    const chain = new Chain(world, books, books.limit + 1);
    await chain.untilActive();
    await recorded(chain.contractId, 'ACTIVE');
    await new Promise((r) => setTimeout(r, 1_500)); // three times as often as it looks
    const { findings } = await ask<{ findings: readonly Finding[] }>('/findings');
    expect(findings.filter((f) => f.sentence.includes(ISSUES))).toHaveLength(1);
    expect(await database.rows('SELECT 1 FROM holes')).toEqual([]);
  });

  const recorded = async (contractId: string, says: string): Promise<void> => {
    const sql = 'SELECT 1 FROM evidence WHERE contract_id = $1 AND says = $2';
    for (const until = performance.now() + 15_000; (await database.rows(sql, [contractId, says])).length === 0; ) {
      if (performance.now() > until) throw new Error(`${says} of ${contractId} was not recorded`);
      await new Promise((r) => setTimeout(r, 50));
    }
  };

  it('finds two different messages in one place, with both records', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    await chain.repeatActive(await chain.untilActive());
    const found = await finding((f) => f.kind === 'EQUIVOCATION' && f.sentence.includes(chain.contractId));
    expect(found.sentence).toContain('two different messages were said as version 5 of ContractChanged');
    expect(found.records).toHaveLength(2);
    for (const record of found.records)
      expect(record).toMatchObject({
        says: 'ACTIVE',
        recorded: expect.stringMatching(/^mandate\.contracts\.v1\/0\/\d+$/),
      });
  });

  it('finds that a version was left out', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const active = await chain.untilActive();
    await chain.repeatActive(active, 3);
    const found = await finding((f) => f.kind === 'GAP' && f.sentence.includes(chain.contractId));
    expect(found.sentence).toMatch(/nobody has heard version \d+ of ContractChanged/);
    expect(found.records).toHaveLength(1);
  });

  it('finds that an offset holds another message than when it was first read', async () => {
    const ledger = new EvidenceLedger();
    const first = asHeard(issue('first'), '0');
    const other = asHeard(issue('second'), '0');
    const found = await database.transaction(async (tx) => {
      await ledger.append(tx, { messages: [first], now: Date.now() });
      return ledger.append(tx, { messages: [other], now: Date.now() });
    });
    expect(found).toEqual([
      expect.objectContaining({
        kind: 'FORK',
        partition: 7,
        first: first.digest,
        other: expect.objectContaining({ digest: other.digest }),
      }),
    ]);
  });

  it('EVID-001: has tables for this month and the next, into which the service may only add', async () => {
    const tables = await database.rows<{ name: string }>(
      `SELECT relid::regclass::text AS name FROM pg_partition_tree('evidence') WHERE isleaf ORDER BY 1`,
    );
    const month = (ahead: number): string => {
      const now = new Date();
      const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
      return `evidence_${first.toISOString().slice(0, 7).replace('-', '_')}`;
    };
    expect(tables.map((t) => t.name)).toEqual([month(0), month(1)]);
    for (const name of ['evidence', month(0)])
      for (const sql of [`DELETE FROM ${name}`, `UPDATE ${name} SET says = 'PASS'`, `TRUNCATE ${name}`])
        await expect(database.rows(sql)).rejects.toThrow(/permission denied/);
    const owner = await Database.open((await world.database('auditor')).ownerUrl, 'auditor-owner');
    await expect(owner.rows(`DELETE FROM ${month(0)}`)).rejects.toThrow('is append-only');
    await owner.close();
  });
});

/** What ingestion would say of an issue. */
function issue(subject: string): Outgoing {
  const now = Date.now();
  const issueId = newId(now);
  const origin = { source: 'support_ticket', source_system: 'desk', reference: issueId, submitter: null, tenant: null };
  return say({
    message: 'IssueReceived',
    key: issueId,
    says: 'RECEIVED',
    issueId,
    version: 1,
    planDigest: null,
    cites: citingOutside(sha256(subject)),
    now,
    value: {
      issue_id: issueId,
      origin: { ...origin, received_at: now },
      idempotency_key: issueId,
      subject,
      body: '',
      hints: { severity: null, capabilities: [], change: null },
      payload_digest: sha256(subject),
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: now,
    },
  });
}

/** A message as it would be heard on a partition that this world has not. */
function asHeard(said: Outgoing, offset: string): Message<unknown> {
  const own = decodeMandate(said.mandate)?.own.link as Buffer;
  const link = decodeLink(own) as Message<unknown>['link'];
  const record = {
    topic: said.topic,
    partition: 7,
    offset,
    key: said.key,
    bytes: said.value,
    brokerTime: 0,
    headers: {},
  };
  const edge = { cause: 'CrmIssue', causeSays: [], type: link.type, says: [link.says], effect: true } as const;
  return {
    ...record,
    value: {},
    link,
    edge,
    cause: null,
    may: null,
    approve: null,
    digest: linkDigest(own),
    mandate: said.mandate,
  };
}
