import { CONTRACT_EDGES, CONTRACT_STATES, changeToWire, newId, sha256 } from '@mandate/contracts';
import { decode } from '@mandate/schemas';
import { citing } from '@mandate/service-kit';
import { Client } from 'pg';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { Chain } from './chain';

jest.setTimeout(60_000);

const searchChange = (value: number) => ({
  kind: 'configuration_update' as const,
  capability: 'search_depth',
  setting: { key: 'max_hops', old: 3, new: value },
});
const sessionChange = (value: number) => ({
  kind: 'configuration_update' as const,
  capability: 'session_lifetime',
  setting: { key: 'lifetime_minutes', old: 60, new: value },
});

describe('the contract service', () => {
  let world: World;
  let chain: Chain;
  let owner: Client;

  beforeAll(async () => {
    world = await World.open();
    chain = new Chain(world);
    await world.seed();
    await world.start('contract', AppModule, { ACTIVATION_POLL: '100ms' });
    owner = new Client({ connectionString: (await world.database('contract')).ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await world?.close();
  });

  const rows = async <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    (await owner.query(sql, parameters)).rows as T[];

  it('PART2-001: a MAY becomes one ELIGIBLE contract with three recorded changes, once', async () => {
    const { issueId, said, proposal } = await chain.judged([rateLimitChange()]);
    const heard = await world.next('ContractChanged', (m) => m.value.issue_id === issueId);
    expect(heard.value).toMatchObject({
      status: 'ELIGIBLE',
      from_version: 0,
      version: 3,
      revision: 0,
      risk_level: 'medium',
    });
    expect(heard.value.changes.map((c) => [c.from, c.to])).toEqual([
      [null, 'DRAFT'],
      ['DRAFT', 'VALIDATED'],
      ['VALIDATED', 'ELIGIBLE'],
    ]);
    expect(heard.value.verdict?.equals(said.value)).toBe(true);
    expect(heard.value.constraints).toMatchObject({ step_timeout_ms: 5_000 });
    expect(heard.link).toMatchObject({ says: 'ELIGIBLE', version: 3 });
    await world.send('eligibility', said.topic, said.key, said.value, { mandate: said.mandate });
    await chain.eligible([searchChange(4)]);
    expect(world.all('ContractChanged').filter((m) => m.value.issue_id === issueId)).toHaveLength(1);
    expect(proposal.value.length).toBeGreaterThan(0);
  });

  it('PART2-001: a MAY_NOT creates nothing; a second verdict for an issue is set aside', async () => {
    const no = await chain.judged([rateLimitChange()], 'MAY_NOT');
    const first = await chain.judged([rateLimitChange()]);
    const contract = await world.next('ContractChanged', (m) => m.value.issue_id === first.issueId);
    await world.say('eligibility', {
      message: 'EligibilityJudged',
      key: first.issueId,
      says: 'MAY',
      issueId: first.issueId,
      version: 1,
      planDigest: contract.value.plan_digest,
      cites: citing(first.proposal.mandate),
      now: Date.now(),
      value: { ...decode('EligibilityJudged', first.said.value), rules_version: 'rules-2' },
    });
    const letter = await world.next('DeadLetter', (m) => m.value.code === 'VERDICT_USED');
    expect(letter.value).toMatchObject({ kind: 'SET_ASIDE', service: 'contract' });
    expect(world.all('ContractChanged').filter((m) => m.value.issue_id === no.issueId)).toHaveLength(0);
    expect(world.all('ContractChanged').filter((m) => m.value.issue_id === first.issueId)).toHaveLength(1);
  });

  it('CHAIN-003: a verdict that carries another proposal than it cites, or another plan, creates nothing', async () => {
    const other = await chain.judged([rateLimitChange(150)]);
    await chain.judged([rateLimitChange(160)], 'MAY', { verdict: { proposal: other.proposal.value } });
    await world.next('DeadLetter', (m) => m.value.code === 'PROPOSAL_ALTERED');
    await chain.judged([rateLimitChange(170)], 'MAY', {
      proposal: { suggested_changes: [changeToWire(rateLimitChange(9_999))] },
    });
    await world.next('DeadLetter', (m) => m.value.code === 'PLAN_MISMATCH');
    await chain.judged([rateLimitChange(180)], 'MAY', { verdict: { verdict: 'MAY_NOT' } });
    await world.next('DeadLetter', (m) => m.value.code === 'SAYS_OTHERWISE');
  });

  it('PART2-002, PART2-004: approved by the founder, ACTIVE under the APPROVE, COMPLETED on PASS', async () => {
    const contract = await chain.eligible([sessionChange(110)]);
    await chain.approve(contract);
    const approved = await chain.about(contract, (v) => v.status === 'APPROVED');
    expect(approved.value.approval).toMatchObject({ approved_by: world.founder.founder });
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    expect(active.link?.causeDigest).toEqual(approved.link?.causeDigest);
    await chain.audit(active, await chain.job(active, 'CHANGE'), 'PASS');
    const completed = await chain.about(contract, (v) => v.status === 'COMPLETED');
    expect(completed.value.audit_verdict).toBe('PASS');
    expect(await rows('SELECT outcome FROM outcomes WHERE contract_id = $1', [contract.key])).toEqual([
      { outcome: 'COMPLETED' },
    ]);
    await chain.final(completed, 'session_lifetime', 6);
  });

  it('HOLD-001: rivals wait until COMPLETED is final, then the oldest approval goes first', async () => {
    const holder = await chain.eligible([rateLimitChange(210)]);
    await chain.approve(holder);
    const active = await chain.about(holder, (v) => v.status === 'ACTIVE');
    expect(await rows('SELECT capability FROM holds WHERE contract_id = $1', [holder.key])).toEqual([
      { capability: 'api_rate_limit' },
    ]);
    const older = await chain.eligible([rateLimitChange(220)]);
    const younger = await chain.eligible([rateLimitChange(230)]);
    for (const rival of [older, younger]) {
      await chain.approve(rival);
      const waits = await chain.about(rival, (v) => v.waiting !== null);
      expect(waits.value.waiting).toMatchObject({ reason: 'HELD_BY', detail: expect.stringContaining(holder.key) });
    }
    await chain.audit(active, await chain.job(active, 'CHANGE'), 'PASS');
    const completed = await chain.about(holder, (v) => v.status === 'COMPLETED');
    expect(await rows('SELECT contract_id FROM holds WHERE capability = $1', ['api_rate_limit'])).toHaveLength(1);
    await chain.final(completed, 'api_rate_limit', 7);
    await chain.about(older, (v) => v.status === 'ACTIVE');
    await chain.decide(younger, 'REJECT', { reason: 'Enough for this year.' });
    await chain.about(younger, (v) => v.status === 'REJECTED');
    expect(await rows('SELECT contract_id FROM holds WHERE capability = $1', ['api_rate_limit'])).toEqual([
      { contract_id: older.key },
    ]);
  });

  it('REVIEW-002, AM-08: a rejection too short is told and recorded; a longer one withdraws even an approval', async () => {
    const contract = await chain.eligible([sessionChange(90)]);
    await chain.decide(contract, 'REJECT', { reason: '  too short ' });
    const refused = await chain.about(contract, (v) => v.version === 4);
    expect(refused.value).toMatchObject({ status: 'ELIGIBLE', changes: [{ code: 'REASON_TOO_SHORT' }] });
    await chain.approve(contract, { window_start: Date.now() + 3_600_000, window_end: Date.now() + 7_200_000 });
    await chain.about(contract, (v) => v.status === 'APPROVED');
    await chain.decide(contract, 'REJECT', { reason: 'Changed my mind.' }); // cites what was seen before the approval
    const rejected = await chain.about(contract, (v) => v.status === 'REJECTED');
    expect(rejected.value).toMatchObject({ status_reason: 'Changed my mind.', version: 6 });
    await chain.decide(contract, 'NOTE', { reason: 'For the record.' });
    const noted = await chain.about(contract, (v) => v.version === 7);
    expect(noted.value).toMatchObject({ status: 'REJECTED', changes: [{ code: 'NOTE', reason: 'For the record.' }] });
  });

  it('refuses approvals with a code that everybody sees, and takes the same one twice as one', async () => {
    const contract = await chain.eligible([sessionChange(95)]);
    await chain.approve(contract, {}, { dossier_digest: sha256('another') });
    await chain.about(contract, (v) => v.changes[0]?.code === 'DOSSIER_CHANGED');
    await chain.approve(contract, {}, { signature: Buffer.alloc(64) });
    await chain.about(contract, (v) => v.changes[0]?.code === 'FOUNDER_SIGNATURE_INVALID');
    await chain.approve(contract, { window_end: Date.now() - 1 });
    await chain.about(
      contract,
      (v) => v.changes[0]?.code === 'WINDOW_EMPTY' || v.changes[0]?.code === 'WINDOW_IN_PAST',
    );
    const start = Date.now() + 3_600_000;
    await chain.approve(contract, { window_start: start, window_end: start + 3_600_000 }, { idempotency_key: 'same' });
    await chain.approve(contract, { window_start: start, window_end: start + 3_600_000 }, { idempotency_key: 'same' });
    await chain.decide(contract, 'NOTE', { reason: 'after both' });
    const noted = await chain.about(contract, (v) => v.changes[0]?.code === 'NOTE');
    expect(noted.value).toMatchObject({ status: 'APPROVED', version: 8 });
  });

  it('PART2-004, SM-004: FAIL opens an incident in the same breath; the rollback closes it and frees the capability', async () => {
    const contract = await chain.eligible([searchChange(7)]);
    await chain.approve(contract);
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    const job = await chain.job(active, 'CHANGE', { state: 'FAILED' });
    await chain.audit(active, job, 'INCONCLUSIVE');
    const inconclusive = await chain.about(contract, (v) => v.audit_verdict === 'INCONCLUSIVE');
    expect(inconclusive.value.status).toBe('ACTIVE');
    await chain.audit(active, job, 'FAIL');
    const failed = await chain.about(contract, (v) => v.status === 'FAILED');
    const opened = await world.next('IncidentChanged', (m) => m.key === contract.key);
    expect(opened.value).toMatchObject({ state: 'OPEN', version: 1 });
    expect(opened.link?.causeDigest).toEqual(failed.link?.causeDigest);

    await chain.decide({ value: failed.value, mandate: opened.mandate }, 'ACKNOWLEDGE_INCIDENT');
    await world.next('IncidentChanged', (m) => m.key === contract.key && m.value.acknowledged_by !== null);
    await chain.decide({ value: failed.value, mandate: opened.mandate }, 'RESOLVE_INCIDENT', {
      reason: 'Put back by hand.',
    });
    const refused = await world.next('IncidentChanged', (m) => m.key === contract.key && m.value.version === 3);
    expect(refused.value).toMatchObject({ state: 'OPEN', changes: [{ code: 'ACTION_NOT_SUPPORTED' }] });

    const rollback = await chain.job(failed, 'ROLLBACK');
    await chain.audit(failed, rollback, 'FAIL');
    const missed = await world.next(
      'IncidentChanged',
      (m) => m.key === contract.key && m.value.rollback_attempts === 1,
    );
    expect(missed.value.state).toBe('OPEN');
    await chain.audit(failed, rollback, 'PASS');
    await world.next('IncidentChanged', (m) => m.key === contract.key && m.value.state === 'ROLLED_BACK');
    expect(await rows('SELECT 1 FROM holds WHERE contract_id = $1', [contract.key])).toEqual([]);
  });

  it('counts a verdict only for a job that was heard of, whichever comes first', async () => {
    const contract = await chain.eligible([sessionChange(120)]);
    await chain.approve(contract);
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    const job = await chain.job(active, 'CHANGE', {}, true);
    await chain.audit(active, job, 'INCONCLUSIVE');
    await chain.decide(active, 'NOTE', { reason: 'The verdict is here, the job is not.' });
    const noted = await chain.about(contract, (v) => v.changes[0]?.code === 'NOTE');
    expect(noted.value.audit_verdict).toBeNull();
    await job.publish();
    await chain.about(contract, (v) => v.audit_verdict === 'INCONCLUSIVE');
    const another = { ...job, job: { ...job.job, job_id: newId(Date.now()) } };
    await chain.audit(active, another, 'PASS');
    await world.next('DeadLetter', (m) => m.value.code === 'WRONG_JOB' && m.key === contract.key);
    await chain.audit(active, job, 'PASS');
    const completed = await chain.about(contract, (v) => v.status === 'COMPLETED');
    await chain.final(completed, 'session_lifetime', 8);
  });

  it('AM-17: the CRM cancels until ACTIVE', async () => {
    const contract = await chain.eligible([sessionChange(70)]);
    await chain.cancel(contract);
    const rejected = await chain.about(contract, (v) => v.status === 'REJECTED');
    expect(rejected.value).toMatchObject({ status_reason: 'No longer needed.', changes: [{ code: 'CANCELLED' }] });
  });

  it('REVIEW-005, AM-12: a modification supersedes, and the revision lives by its own verdict', async () => {
    const contract = await chain.eligible([sessionChange(80)]);
    const modified = { ...sessionChange(75) };
    await chain.decide(contract, 'MODIFY_SCOPE', {
      reason: 'Only a little.',
      modified_changes: [changeToWire(modified)],
      modified_capabilities: ['session_lifetime'],
    });
    const superseded = await chain.about(contract, (v) => v.status === 'SUPERSEDED');
    const successor = superseded.value.successor_contract_id;
    const draft = await world.next('ContractChanged', (m) => m.value.contract_id === successor);
    expect(draft.value).toMatchObject({
      status: 'DRAFT',
      version: 1,
      revision: 1,
      parent_contract_id: contract.key,
      verdict: null,
    });
    await chain.judged([modified], 'MAY', { cites: draft });
    const eligible = await chain.about(draft, (v) => v.status === 'ELIGIBLE');
    expect(eligible.value).toMatchObject({ version: 3, revision: 1 });
    await chain.approve(eligible, { window_start: Date.now() + 60_000 });
    await chain.about(draft, (v) => v.status === 'APPROVED');
  });

  it('AM-03: a question pauses, the answer resumes', async () => {
    const contract = await chain.eligible([sessionChange(85)]);
    await chain.decide(contract, 'REQUEST_CLARIFICATION', { reason: 'How long?', clarification_request_id: 'r-1' });
    const asked = await chain.about(contract, (v) => v.ttl_paused_at !== null);
    expect(asked.value.clarification).toMatchObject({ request_id: 'r-1', question: 'How long?', answer: null });
    await chain.decide(asked, 'PROVIDE_CLARIFICATION', { reason: '85 minutes', clarification_request_id: 'r-1' });
    const answered = await chain.about(contract, (v) => v.clarification?.answer === '85 minutes');
    expect(answered.value.ttl_paused_at).toBeNull();
    expect(answered.value.expires_at).toBeGreaterThanOrEqual(contract.value.expires_at);
  });

  it('CONTRACT-001: the table of edges is the data, and each state may be recorded again', async () => {
    const edges = await rows<{ f: string; t: string }>('SELECT from_state AS f, to_state AS t FROM contract_edges');
    const wanted = [...CONTRACT_EDGES, ...CONTRACT_STATES.map((s) => [s, s])].map(([f, t]) => `${f} ${t}`);
    expect(edges.map((e) => `${e.f} ${e.t}`).sort()).toEqual([...wanted].sort());
  });

  it('the database itself refuses what no decision allows', async () => {
    const refuses = async (sql: string): Promise<string> =>
      owner.query(sql).then(
        () => 'was accepted',
        (error: Error & { constraint?: string }) => error.constraint ?? error.message,
      );
    const one = (status: string) => `(SELECT contract_id FROM contracts WHERE status = '${status}' LIMIT 1)`;
    const set = (status: string, what: string) =>
      `UPDATE contracts SET version = version + 1, ${what} WHERE contract_id = ${one(status)}`;
    expect(await refuses(set('REJECTED', "status = 'ELIGIBLE'"))).toMatch(/CONTRACT-005/);
    expect(await refuses(set('COMPLETED', "audit_verdict = 'FAIL'"))).toMatch(/CONTRACT-005/);
    expect(await refuses(set('ELIGIBLE', "status = 'COMPLETED', audit_verdict = 'FAIL'"))).toMatch(/CONTRACT-00[234]/);
    expect(await refuses(set('ELIGIBLE', "status = 'APPROVED'"))).toBe('CONTRACT-002');
    expect(await refuses(set('ELIGIBLE', "status = 'REJECTED'"))).toMatch(/CONTRACT-001/);
    expect(await refuses(set('ELIGIBLE', 'confidence = 1.5'))).toBe('CONTRACT-007');
    expect(await refuses(`UPDATE contracts SET status = 'EXPIRED' WHERE contract_id = ${one('ELIGIBLE')}`)).toMatch(
      /FLOW-002/,
    );
    expect(await refuses(`DELETE FROM contracts WHERE contract_id = ${one('ELIGIBLE')}`)).toMatch(/only grows/);
    expect(await refuses('DELETE FROM contract_transitions')).toMatch(/only grows/);
    const log = (version: number, from: string, to: string, reason = 'x') =>
      `INSERT INTO contract_transitions (contract_id, version, from_state, to_state, cause, actor, reason, at, cause_digest)
       VALUES (${one('ELIGIBLE')}, ${version}, ${from}, '${to}', 'ReviewDecided', 'x', '${reason}', 0, '\\x')`;
    expect(await refuses(log(99, "'ELIGIBLE'", 'ACTIVE'))).toBe('CONTRACT-001');
    expect(await refuses(log(99, 'NULL', 'DRAFT'))).toMatch(/CONTRACT-001/);
    expect(await refuses(log(99, "'ELIGIBLE'", 'REJECTED', 'too short'))).toBe('REVIEW-002');
    expect(
      await refuses(
        `INSERT INTO approvals VALUES (${one('REJECTED')}, gen_random_uuid(), '\\x', '\\x', 'k', 1, 1, '\\x')`,
      ),
    ).toMatch(/REVIEW-001/);
    const hold = `INSERT INTO holds VALUES ('some_capability', ${one('ELIGIBLE')}, 0)`;
    expect(await refuses(hold)).toBe('was accepted');
    expect(await refuses(hold)).toBe('HOLD-001');
    await owner.query("DELETE FROM holds WHERE capability = 'some_capability'");
  });

  it('never parked anything but what these tests forged', async () => {
    const parked = await rows<{ code: string; reason: string }>('SELECT code, reason FROM parked');
    expect(parked.map((p) => p.code).sort()).toEqual([
      'PLAN_MISMATCH',
      'PROPOSAL_ALTERED',
      'SAYS_OTHERWISE',
      'VERDICT_USED',
      'WRONG_JOB',
    ]);
  });
});
