import { Database } from '@mandate/service-kit';
import { pageQuery, type QueueFilter, type QueueOrder } from '../src/adapters/queue.store';
import type { ReviewStory } from './review-story';
import { ReviewWorld } from './review-world';

const STORED = 100_000;
const ORDERS: readonly QueueOrder[] = ['expires_at', '-expires_at', 'created_at', '-created_at', '-changed_at'];
const FILTERS: Readonly<Record<string, QueueFilter>> = {
  'all that has not ended': {},
  'one state that most are in': { statuses: ['COMPLETED'] },
  'several states': { statuses: ['ELIGIBLE', 'COMPLETED', 'REJECTED'] },
  'a capability that most touch': { statuses: ['COMPLETED'], capability: 'api_rate_limit' },
  'a capability that one touches': { statuses: ['COMPLETED'], capability: 'rare' },
  'a risk that few have': { statuses: ['COMPLETED'], risk: 'critical' },
  'a source that few have': { statuses: ['COMPLETED'], source: 'ops_alert' },
  'a word that few have': { statuses: ['COMPLETED'], q: 'needle' },
  'an id': { q: '00000000-0000-4000-8000-000000000077' },
};
const KEY = '00000000-0000-4000-8000-000000000077';
/** What grows with the number of contracts. */
const LARGE = [
  ...['contracts', 'contract_changes', 'incidents', 'incident_changes', 'clarification_rounds', 'hops', 'issues'],
  ...['revision_proposals', 'escalated_issues', 'jobs', 'evaluations', 'audits', 'review_events', 'decisions'],
];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Plan[];
}

describe(`with ${STORED} contracts stored`, () => {
  let w: ReviewWorld;
  let story: ReviewStory;
  beforeAll(async () => {
    w = await ReviewWorld.open();
    story = await w.told();
    await fill(w);
  }, 120_000);
  afterAll(() => w?.close());

  const explain = async (sql: string, parameters: readonly unknown[], how = ''): Promise<Plan[]> => {
    const text = `EXPLAIN (FORMAT JSON${how}) ${sql}`;
    const [row] = await w.database.rows<{ 'QUERY PLAN': [{ Plan: Plan }] }>(text, parameters);
    return flat((row as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan);
  };
  const scanned = (plans: readonly Plan[]) =>
    plans
      .filter((p) => p['Node Type'] === 'Seq Scan' && LARGE.includes(p['Relation Name'] ?? ''))
      .map((p) => p['Relation Name']);

  it.each(Object.entries(FILTERS))('the queue of %s comes from indexes in every order', async (_, filter) => {
    for (const order of ORDERS) {
      const { sql, parameters } = pageQuery(filter, order, null, 51);
      expect([order, scanned(await explain(sql, parameters))]).toEqual([order, []]);
    }
  });

  it('the last pages cost what the first cost: nothing before a cursor is read', async () => {
    for (const order of ORDERS) {
      const far = order.startsWith('-') ? 100 : STORED - 100;
      const after = { at: order.endsWith('expires_at') ? 4_000_000_000_000 + far : far, contractId: KEY };
      const { sql, parameters } = pageQuery({ statuses: ['COMPLETED', 'ELIGIBLE'] }, order, after, 51);
      const plans = await explain(sql, parameters, ', ANALYZE');
      const read = plans.map((p) => (p['Actual Rows'] ?? 0) * (p['Actual Loops'] ?? 1));
      expect([order, Math.max(...read) <= 204]).toEqual([order, true]);
    }
  });

  it.each(['', '/history', '/chain'])('all that GET /contracts/{id}%s reads comes from indexes', async (part) => {
    await expectIndexes(`/api/v1/contracts/${story.contractId}${part}`);
  });

  it('all that GET /attention reads comes from indexes', () => expectIndexes('/api/v1/attention'));

  /** Asks, and looks at the plan of every statement that the answer took. */
  async function expectIndexes(path: string): Promise<void> {
    const asked: [string, readonly unknown[]][] = [];
    const { database } = w;
    const rows = database.rows.bind(database);
    database.rows = <T>(sql: string, parameters: readonly unknown[] = []) => {
      asked.push([sql, parameters]);
      return rows<T>(sql, parameters);
    };
    const { status } = await w.ask(path).finally(() => {
      database.rows = rows;
    });
    expect(status).toBe(200);
    expect(asked.length).toBeGreaterThan(0);
    for (const [sql, parameters] of asked) expect([sql, scanned(await explain(sql, parameters))]).toEqual([sql, []]);
  }
});

function flat(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flat)];
}

/** Most have ended, as after years; texts and states are spread so that every filter has its rare and its frequent value. */
async function fill({ world }: ReviewWorld): Promise<void> {
  const { ownerUrl } = await world.database('review');
  const owner = await Database.open(ownerUrl, 'review');
  try {
    await owner.transaction(async (tx) => {
      await tx.run(CONTRACTS, [STORED]);
      for (const sql of BESIDE) await tx.run(sql);
    });
    await owner.transaction((tx) => tx.run('ANALYZE'));
  } finally {
    await owner.close();
  }
}

const CONTRACTS = `INSERT INTO contracts (contract_id, issue_id, version, status, title, risk_level, source, source_system, reference,
    capabilities, expires_at, is_paused, waiting_since, window_end, created_at, changed_at, value, mandate)
  SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('00000000-0000-4000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, 1,
    s.status, CASE WHEN i % 20000 = 9 THEN 'needle' ELSE 'raise the limit' END, CASE WHEN i % 20000 = 8 THEN 'critical' ELSE 'low' END,
    CASE WHEN i % 20000 = 6 THEN 'ops_alert' ELSE 'support_ticket' END, 'desk', 'T-' || i,
    ARRAY[CASE WHEN i = 4 THEN 'rare' ELSE 'api_rate_limit' END], 4000000000000 + i, false, CASE WHEN s.status = 'APPROVED' THEN i END,
    4000000000000 + i, i, i, CASE WHEN s.status IN ('COMPLETED', 'REJECTED') THEN '\\x00' ELSE (SELECT value FROM contracts LIMIT 1) END, '\\x00'
  FROM generate_series(1, $1::int) AS i, LATERAL (SELECT CASE WHEN i % 100 < 2 THEN 'ELIGIBLE' WHEN i % 500 = 5 THEN 'APPROVED'
    WHEN i % 500 = 7 THEN 'ACTIVE' WHEN i % 10 = 3 THEN 'REJECTED' ELSE 'COMPLETED' END AS status) s`;
const OLD = `contracts WHERE value = '\\x00'`;
const BESIDE = [
  `INSERT INTO contract_changes (contract_id, version, to_status, cause, actor, at) SELECT contract_id, 1, 'ELIGIBLE', '', '', 1 FROM ${OLD}`,
  `INSERT INTO incident_changes (contract_id, version, to_state, cause, actor, at) SELECT contract_id, 1, 'OPEN', '', '', 1 FROM ${OLD}`,
  `INSERT INTO incidents (contract_id, incident_id, version, state, opened_at, value, mandate)
     SELECT contract_id, issue_id, 1, 'RESOLVED', 1, '\\x00', '\\x00' FROM ${OLD}`,
  `INSERT INTO clarification_rounds (contract_id, request_id, question, requested_at, version) SELECT contract_id, '', '', 1, 1 FROM ${OLD}`,
  `INSERT INTO hops (digest, issue_id, contract_id, message, says, writer, version, at, has_effect, cause_digest)
     SELECT sha256(contract_id::text::bytea), issue_id, contract_id, '', '', '', 1, 1, true, '\\x00' FROM ${OLD}`,
  `INSERT INTO issues (issue_id, received_at, value) SELECT issue_id, 1, '\\x00' FROM ${OLD}`,
  `INSERT INTO revision_proposals (contract_id, version, value) SELECT contract_id, 1, '\\x00' FROM ${OLD}`,
  `INSERT INTO escalated_issues (issue_id, revision, judged_at, is_acknowledged, value) SELECT issue_id, 0, 1, true, '\\x00' FROM ${OLD}`,
  `INSERT INTO jobs (job_id, contract_id, version, kind, value) SELECT contract_id, contract_id, 1, 'CHANGE', '\\x00' FROM ${OLD}`,
  `INSERT INTO evaluations (evaluation_id, contract_id, version, job_id, evaluated_at, value)
     SELECT contract_id, contract_id, 1, contract_id, 1, '\\x00' FROM ${OLD}`,
  `INSERT INTO audits (audit_id, contract_id, version, job_id, verdict, is_final, concluded_at, value, mandate)
     SELECT contract_id, contract_id, 1, contract_id, 'PASS', true, 1, '\\x00', '\\x00' FROM ${OLD}`,
  `INSERT INTO review_events (event_id, subject, contract_id, action, actor, at, session_id, request_id, idempotency_key, request_digest, outcome)
     SELECT contract_id, '', contract_id, 'NOTE', 'fay', 1, '', '', contract_id, sha256(''), 'ACCEPTED' FROM ${OLD}`,
  `INSERT INTO decisions (decision_id, contract_id, version, digest, says, cited, cited_message, cited_says)
     SELECT contract_id, contract_id, 1, sha256(contract_id::text::bytea), 'NOTE', sha256(''), '', '' FROM ${OLD}`,
];
