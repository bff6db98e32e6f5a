import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaTopics } from '@mandate/contracts';
import type { ContractChanged, ReviewDecided } from '@mandate/schemas';
import { citing } from '@mandate/service-kit';
import { Client } from 'pg';
import type { Heard } from '../infra/local/src/testing/world';
import { FullChain } from './src/full-chain';
import { signedApproval } from './src/signed-approval';

jest.setTimeout(300_000);

const rateLimit = (reference: string, from: number, to: number) => ({
  reference,
  subject: 'API rate limit',
  body: `Please raise the API rate limit from ${from} to ${to} per minute.`,
});

/** An APPROVE as the review service would say it, without a founder's signature. */
const decision = (contract: ContractChanged): ReviewDecided => ({
  decision_id: randomUUID(),
  contract_id: contract.contract_id,
  issue_id: contract.issue_id,
  origin: contract.origin,
  action: 'APPROVE',
  actor: 'founder@local',
  on_behalf_of: null,
  session_id: 'alone',
  request_id: 'alone',
  idempotency_key: 'alone',
  dossier_digest: contract.dossier_digest,
  version_seen: contract.version,
  reason: null,
  clarification_request_id: null,
  modified_changes: null,
  modified_capabilities: null,
  statement: null,
  signature: null,
  key_id: null,
  attested_checks: null,
  registry_version: contract.registry_version,
  health_version: contract.health_version,
  decided_at: Date.now(),
});

describe('scenarios with all eight services', () => {
  let chain: FullChain;

  beforeAll(async () => {
    chain = await FullChain.open();
    rmSync(join(chain.world.keysDir, 'founder.pem')); // from here on only this test has the founder's key
    await chain.world.issue(rateLimit('COLD-1', 100, 160)); // before any service has ever run
    await chain.startAll();
  });
  afterAll(() => chain.close());

  const eligibleOf = (reference: string): Heard<'ContractChanged'> => {
    const found = chain.world
      .all('ContractChanged')
      .find((m) => m.value.origin.reference === reference && m.value.status === 'ELIGIBLE');
    if (!found) throw new Error(`no ELIGIBLE contract of ${reference}`);
    return found;
  };

  it('cold-start, FLOW-006: an issue published before any service started becomes ELIGIBLE', async () => {
    const contract = await chain.eligible('COLD-1', 60_000);
    expect(contract.value.title).toBe('API rate limit');
  });

  it('PART2-002: an approval that no founder signed is refused, and nothing becomes ACTIVE', async () => {
    const answer = await chain.approve(eligibleOf('COLD-1').value, FullChain.strangeKey());
    expect(answer.body.code).toBe('FOUNDER_KEY_UNKNOWN');
  });

  it('PART2-002, AM-13: a review service that approves alone, with its own key, gets nothing ACTIVE', async () => {
    const contract = eligibleOf('COLD-1');
    const reviewKey = createPrivateKey(readFileSync(join(chain.world.keysDir, 'review.pem')));
    const { statement, signature, keyId } = signedApproval(contract.value, reviewKey);
    await chain.world.say('review', {
      message: 'ReviewDecided',
      key: contract.key,
      says: 'APPROVE',
      issueId: contract.value.issue_id,
      version: 1_000,
      planDigest: contract.value.plan_digest,
      cites: citing(contract),
      now: Date.now(),
      value: { ...decision(contract.value), statement, signature, key_id: keyId },
    });
    const refused = await chain.world.next(
      'ContractChanged',
      (m) => m.key === contract.key && m.value.changes.some((c) => c.code === 'FOUNDER_KEY_UNKNOWN'),
    );
    expect(refused.value.status).toBe('ELIGIBLE');
    expect(refused.value.approval).toBeNull();
  });

  it('innocent: a harmful change is rolled back while another capability completes', async () => {
    const good = eligibleOf('COLD-1');
    await chain.world.issue({
      reference: 'HARM-1',
      subject: 'Search depth',
      body: 'Please raise the search depth from 3 to 12.',
    });
    const harmful = await chain.eligible('HARM-1');
    await chain.approveWhenHealthy(harmful.value);
    await chain.approveWhenHealthy(good.value);
    await chain.reaches(good.value.contract_id, 'COMPLETED', 90_000);
    await chain.reaches(harmful.value.contract_id, 'FAILED', 90_000);
    await chain.world.next(
      'IncidentChanged',
      (m) => m.value.contract_id === harmful.value.contract_id && m.value.state === 'ROLLED_BACK',
      90_000,
    );
    const told = await chain.world.next(
      'CrmUpdate',
      (m) => m.value.reference === 'HARM-1' && m.value.state === 'ROLLED_BACK',
    );
    expect(told.value.sentence).not.toBe('');
  });

  it('AUDIT-001, JOB-005: a verdict stands for every finished job, rollback included', () => {
    const verdicts = chain.world.all('AuditConcluded').map((m) => m.link?.says);
    expect(verdicts).toEqual(expect.arrayContaining(['PASS', 'FAIL', 'ROLLBACK_PASS']));
  });

  it('rivals, ELIG-001: of 100 proposals on one target at once, judged by three processes, exactly one MAY', async () => {
    await chain.launch('eligibility', 'eligibility-2');
    await chain.start('eligibility', 'eligibility-3');
    const references = Array.from({ length: 100 }, (_, i) => `RIVAL-${i}`);
    await Promise.all(
      references.map((reference, i) =>
        chain.world.issue({
          reference,
          subject: 'Session lifetime',
          body: `Please set the session lifetime to ${61 + i} minutes.`,
        }),
      ),
    );
    for (const reference of references) {
      await chain.world.next('EligibilityJudged', (m) => m.value.origin.reference === reference, 60_000);
    }
    const verdicts = chain.world.all('EligibilityJudged').filter((m) => m.value.origin.reference.startsWith('RIVAL-'));
    expect(verdicts.filter((m) => m.value.verdict === 'MAY')).toHaveLength(1);
    expect(verdicts.filter((m) => m.value.first_failing_rule === 'E-006')).toHaveLength(99);
    await chain.kill('eligibility-2', 'SIGTERM');
    await chain.kill('eligibility-3', 'SIGTERM');
  });

  it('health-dead, HEALTH-001: 30 s after health has died an approval is refused with HEALTH_UNKNOWN and no step starts', async () => {
    await chain.world.issue({
      reference: 'DEAD-1',
      subject: 'Bulk export',
      body: 'Please raise the row limit of bulk export from 10000 to 20000.',
    });
    const contract = await chain.eligible('DEAD-1');
    await chain.kill('health');
    await new Promise((r) => setTimeout(r, 30_000)); // the promise is about these 30 s
    const answer = await chain.approve(contract.value);
    expect(answer.body.code).toBe('HEALTH_UNKNOWN');
    expect(
      chain.world.all('JobChanged').filter((m) => m.value.contract_id === contract.value.contract_id),
    ).toHaveLength(0);
    await chain.start('health');
  });

  it('rebuild: a projection that is dropped and rebuilt equals the one before, and nothing was published', async () => {
    await chain.kill('health', 'SIGTERM'); // whose repeats would go on changing what is compared
    await new Promise((r) => setTimeout(r, 3_000)); // what it said last is on its way
    await chain.kill('review', 'SIGTERM');
    const before = await projections(chain);
    const said = await endOffsets(chain);
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['contracts', 'jobs', 'audits', 'incidents', 'ref_health']),
    );

    await expect(chain.runRebuild('review')).resolves.toMatch(/^review: projections rebuilt from \d+ messages$/m);
    expect(await projections(chain)).toEqual(before);
    expect(await endOffsets(chain)).toEqual(said);
  });
});

/** A digest of each projection of the review service: the tables it may delete from, the hop's own and what its listeners were told left out. */
async function projections(chain: FullChain): Promise<Record<string, string>> {
  const { ownerUrl, name } = await chain.world.database('review');
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ table_name: string }>(
    `SELECT table_name FROM information_schema.role_table_grants WHERE grantee = $1 AND privilege_type = 'DELETE'
       AND table_name NOT IN ('inbox', 'outbox', 'parked', 'timers', 'events') ORDER BY 1`,
    [name],
  );
  const digests: Record<string, string> = {};
  for (const { table_name } of rows) {
    const { rows: found } = await client.query<{ digest: string }>(
      `SELECT count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest FROM ${table_name} AS t`,
    );
    digests[table_name] = found[0]?.digest ?? '';
  }
  await client.end();
  return digests;
}

async function endOffsets(chain: FullChain): Promise<Record<string, string[]>> {
  const admin = chain.world.servers.kafka('admin').admin();
  await admin.connect();
  const ends: Record<string, string[]> = {};
  for (const { name } of kafkaTopics(1)) ends[name] = (await admin.fetchTopicOffsets(name)).map((p) => p.high);
  await admin.disconnect();
  return ends;
}
