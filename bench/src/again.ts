import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, changeToWire, newId, planDigest, sha256 } from '@mandate/contracts';
import { World } from '@mandate/local';
import { citing, citingOutside, Database, say, startService } from '@mandate/service-kit';

const TOKEN = 'bench';
const CHANGE: Change = {
  kind: 'configuration_update',
  capability: 'api_rate_limit',
  setting: { key: 'requests_per_minute', old: 100, new: 200 },
};

/** Has one real verdict given, so that what is judged again are the bytes that the gate keeps. */
async function propose(world: World): Promise<string> {
  const now = Date.now();
  const issue_id = newId(now);
  const changes = [CHANGE];
  const affected_capabilities = ['api_rate_limit'];
  const plan = planDigest({ changes, affected_capabilities });
  const origin = {
    ...{ source: 'support_ticket', source_system: 'bench', reference: issue_id, submitter: null, tenant: null },
    received_at: now,
  };
  const digest = sha256(issue_id);
  const issue = say({
    message: 'IssueReceived',
    ...{ key: issue_id, says: 'RECEIVED', issueId: issue_id, version: 1, planDigest: null, now },
    cites: citingOutside(digest),
    value: {
      ...{ issue_id, origin, idempotency_key: issue_id, subject: 'A change', body: '', payload_digest: digest },
      hints: { severity: null, capabilities: [], change: null },
      ...{ recurrence_of: null, related_to: null, follows: null, status: 'RECEIVED', received_at: now },
    },
  });
  await world.say('validator', {
    message: 'ProposalMade',
    ...{ key: issue_id, says: 'PROPOSED', issueId: issue_id, version: 1, planDigest: plan, now },
    cites: citing(await world.prove('ingestion', issue.mandate)),
    value: {
      ...{ issue_id, contract_id: null, revision: 0, origin, title: 'A change', payload_digest: digest },
      ...{ issue_type: 'configuration_change', severity: 'medium', affected_capabilities, unknown_capabilities: [] },
      ...{ recommended_action: 'create_contract', confidence_score: 0.9, reason: 'the text states what is to change' },
      ...{ evidence: [], suggestions: [], suggested_changes: changes.map(changeToWire) },
      ...{ validator_version: 'bench', registry_version: 1 },
    },
  });
  return issue_id;
}

/** Replays a number of verdicts, and tries draft parameters on them, over the gate's HTTP; prints how many a second. */
async function bench(count: number): Promise<void> {
  const world = await World.open({ partitions: 1, observes: false });
  try {
    await world.seed();
    const tokens = join(world.servers.dir, 'operators.json');
    const token_sha256 = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(tokens, JSON.stringify([{ token_sha256, operator: 'bench' }]));
    const { AppModule } = require('@mandate/eligibility/dist/app.module.js') as { AppModule: never };
    const env = await world.env('eligibility', { OPERATOR_TOKENS_FILE: tokens });
    const service = await startService('eligibility', AppModule, env);
    await world.ready(service);
    const issueId = await propose(world);
    const owner = await Database.open((await world.database('eligibility')).ownerUrl, 'bench');
    await multiplied(owner, issueId, count);
    const base = `http://127.0.0.1:${service.port}/api/v1/verdicts`;
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    await timed('replay', async (after) =>
      (await fetch(`${base}/replay${after ? `?after=${encodeURIComponent(after)}` : ''}`, { headers })).json(),
    );
    await timed('what-if', async (after) => {
      const body = JSON.stringify({ parameters: 'confidence_min: 0.95', ...(after ? { after } : {}) });
      return (await fetch(`${base}/what-if`, { method: 'POST', headers, body })).json();
    });
    await owner.close();
    await service.close();
  } finally {
    await world.close();
  }
}

/** Copies the verdict under other issues' ids; proposal, facts and digest are what is judged. */
async function multiplied(owner: Database, issueId: string, count: number): Promise<void> {
  const columns = `contract_id, verdict, first_failing_rule, failing_rules, needs, facts, system_health, frozen, proposal,
    proposal_digest, plan_digest, verdict_digest, rules_version, registry_version, health_version, judged_at`;
  for (let i = 0; i < 300; i++) {
    const [row] = await owner.rows<{ n: string }>('SELECT count(*) AS n FROM verdicts');
    if (row?.n === '1') break;
    await new Promise((r) => setTimeout(r, 50));
  }
  await owner.rows(
    `INSERT INTO verdicts (issue_id, revision, ${columns}) SELECT gen_random_uuid(), 0, ${columns}
     FROM verdicts, generate_series(2, $2) WHERE issue_id = $1`,
    [issueId, count],
  );
}

type Page = {
  readonly next: string | null;
  readonly replayed?: number;
  readonly judged?: number;
  readonly different?: object[];
};

async function timed(name: string, ask: (after: string | null) => Promise<unknown>): Promise<void> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  let [done, different] = [0, 0];
  for (let after: string | null | undefined; after !== null; ) {
    const page = (await ask(after ?? null)) as Page;
    done += page.replayed ?? page.judged ?? 0;
    different += page.different?.length ?? 0;
    after = page.next;
  }
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu); // on a busy machine the clock says little
  const cost = `${Math.round((user + system) / done)} µs of CPU each`;
  console.log(`${name}: ${done} verdicts in ${seconds.toFixed(2)} s, ${Math.round(done / seconds)} a second, ${cost}`);
  if (different > 0) throw new Error(`${different} verdicts did not give the same bytes`);
}

bench(Number(process.argv.find((a) => /^\d+$/.test(a)) ?? 50_000)).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`The bench stopped: ${error.message}`);
    process.exit(1);
  },
);
