import { groupId, readingsOf } from '@mandate/contracts';
import type { World } from '@mandate/local';
import { type CrmIssue, encode } from '@mandate/schemas';
import type { Admin, Producer } from 'kafkajs';
import { Client } from 'pg';
import { Chain, MEASURED, type Mode } from './chain';
import type { SpanDrain } from './span-drain';

/** What one mode cost. Rates are issues a second from the first publish to the last contract in the review queue. */
export interface Figures {
  readonly mode: string;
  readonly issues: number;
  readonly seconds: number;
  readonly issues_per_s: number;
  readonly cpu_us_per_issue: number;
  readonly commits_per_issue_and_hop: number;
  readonly wal_bytes_per_issue: number;
  readonly spans_per_issue: number;
}

const STALL_LIMIT_MS = 60_000;
let counter = 0;

/** Loads issues through the chain in one mode. @throws Error if nothing moves for a minute, saying how far it came */
export async function measure(world: World, mode: Mode, drain: SpanDrain, issues: number): Promise<Figures> {
  const chain = await Chain.start(world, mode, drain.url);
  const producer = world.servers.kafka('crm').producer({ allowAutoTopicCreation: false });
  const admin = world.servers.kafka('admin').admin();
  const client = new Client({ connectionString: world.servers.superuserUrl });
  await Promise.all([producer.connect(), admin.connect(), client.connect()]);
  try {
    const spansBefore = drain.spans;
    const warmUp = Math.min(1_000, issues);
    await through(admin, producer, warmUp);
    const cpuBefore = await chain.cpuSeconds();
    const before = await database(client);
    const startedAt = performance.now();
    await through(admin, producer, issues);
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await database(client);
    const cpu = (await chain.cpuSeconds()) - cpuBefore;
    await quiet(admin); // what the next mode finds is its own
    await chain.stop(); // and exports what spans it still holds
    return {
      mode: mode.name,
      issues,
      seconds,
      issues_per_s: issues / seconds,
      cpu_us_per_issue: (cpu * 1e6) / issues,
      commits_per_issue_and_hop: (after.commits - before.commits) / issues / MEASURED.length,
      wal_bytes_per_issue: (after.walBytes - before.walBytes) / issues,
      spans_per_issue: (drain.spans - spansBefore) / (issues + warmUp),
    };
  } finally {
    await Promise.all([producer.disconnect(), admin.disconnect(), client.end()]);
    await chain.stop();
  }
}

/** Several rounds of one mode as one: total issues over total time, costs weighted by issues. */
export function together(rounds: readonly Figures[]): Figures {
  const issues = rounds.reduce((sum, r) => sum + r.issues, 0);
  const seconds = rounds.reduce((sum, r) => sum + r.seconds, 0);
  const mean = (of: (r: Figures) => number): number => rounds.reduce((sum, r) => sum + of(r) * r.issues, 0) / issues;
  return {
    mode: rounds[0]?.mode ?? '',
    issues,
    seconds,
    issues_per_s: issues / seconds,
    cpu_us_per_issue: mean((r) => r.cpu_us_per_issue),
    commits_per_issue_and_hop: mean((r) => r.commits_per_issue_and_hop),
    wal_bytes_per_issue: mean((r) => r.wal_bytes_per_issue),
    spans_per_issue: mean((r) => r.spans_per_issue),
  };
}

/** Publishes and waits until as many contracts have appeared. */
async function through(admin: Admin, producer: Producer, issues: number): Promise<void> {
  const target = (await contracts(admin)) + issues;
  for (let done = 0; done < issues; done += 500) {
    const messages = Array.from({ length: Math.min(500, issues - done) }, () => message(counter++));
    await producer.send({ topic: 'crm.issues.v1', acks: -1, messages });
  }
  let last = -1;
  for (let movedAt = performance.now(); ; await new Promise((r) => setTimeout(r, 50))) {
    const now = await contracts(admin);
    if (now >= target) return;
    if (now !== last) movedAt = performance.now();
    last = now;
    if (performance.now() - movedAt > STALL_LIMIT_MS)
      throw new Error(`${target - now} of ${issues} issues did not become a contract`);
  }
}

/** Waits until every measured service has read all there is, feedback to the CRM included. */
async function quiet(admin: Admin): Promise<void> {
  for (const service of MEASURED) {
    const topics = readingsOf(service)
      .filter((r) => r.reader.mode === 'decide')
      .map((r) => r.topic.name);
    for (let behind = 1; behind > 0; await new Promise((r) => setTimeout(r, 100))) {
      behind = 0;
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId: groupId(service, 'decide'), topics })) {
        const ends = new Map((await admin.fetchTopicOffsets(topic)).map((p) => [p.partition, Number(p.high)]));
        for (const p of partitions) behind += (ends.get(p.partition) ?? 0) - Math.max(0, Number(p.offset));
      }
    }
  }
}

async function contracts(admin: Admin): Promise<number> {
  const offsets = await admin.fetchTopicOffsets('mandate.contracts.v1');
  return offsets.reduce((sum, p) => sum + Number(p.high), 0);
}

function message(n: number): { key: string; value: Buffer } {
  const reference = `BENCH-${process.pid}-${n}`;
  const issue: CrmIssue = {
    kind: 'ISSUE',
    source: 'support_ticket',
    source_system: 'bench',
    reference,
    idempotency_key: reference,
    submitter: 'load@example.com',
    tenant: null,
    subject: 'API rate limit too low for our nightly sync',
    body: `Hello,\n\nour nightly sync runs into 429 answers since we have grown. Please raise the API rate limit from 100 to ${101 + (n % 9_000)} per minute.\n\nThank you`,
    occurred_at: Date.now(),
    hint_severity: null,
    hint_capabilities: null,
    hint_change: null,
    clarification_request_id: null,
    raw_payload: null,
  };
  return { key: `bench/${reference}`, value: encode('CrmIssue', issue) };
}

async function database(client: Client): Promise<{ commits: number; walBytes: number }> {
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ commits: string; wal: string }>(
    `SELECT (SELECT sum(xact_commit) FROM pg_stat_database WHERE datname LIKE 'mandate_%') AS commits, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS wal`,
  );
  return { commits: Number(rows[0]?.commits ?? 0), walBytes: Number(rows[0]?.wal ?? 0) };
}
