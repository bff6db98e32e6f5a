import { CONTRACT_EDGES, CONTRACT_STATES, newId } from '@mandate/contracts';
import { rateLimitChange, type World } from '../../../infra/local/src/testing/world';
import { type Chain } from './chain';
import { searchChange, sessionChange } from './chain-values';
import type { ExecutionChain } from './execution-chain';
import { openStage, type Stage } from './stage';

jest.setTimeout(60_000);

describe('the contract service: activation to the end', () => {
  let stage: Stage;
  let world: World;
  let chain: Chain;
  let execution: ExecutionChain;

  beforeAll(async () => {
    stage = await openStage();
    ({ world, chain, execution } = stage);
  });
  afterAll(() => stage?.close());

  it('PART2-002, PART2-004: approved by the founder, ACTIVE under the APPROVE, COMPLETED on PASS', async () => {
    const contract = await chain.eligible([sessionChange(110)]);
    await chain.approve(contract);
    const approved = await chain.about(contract, (v) => v.status === 'APPROVED');
    expect(approved.value.approval).toMatchObject({ approved_by: world.founder.founder });
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    expect(active.link?.causeDigest).toEqual(approved.link?.causeDigest);
    await execution.audit(active, await execution.job(active, 'CHANGE'), 'PASS');
    const completed = await chain.about(contract, (v) => v.status === 'COMPLETED');
    expect(completed.value.audit_verdict).toBe('PASS');
    expect(await stage.rows('SELECT outcome FROM outcomes WHERE contract_id = $1', [contract.key])).toEqual([
      { outcome: 'COMPLETED' },
    ]);
    await execution.final(completed, 'session_lifetime', 6);
  });

  it('HOLD-001: rivals wait until COMPLETED is final, then the oldest approval goes first', async () => {
    const holder = await chain.eligible([rateLimitChange(210)]);
    await chain.approve(holder);
    const active = await chain.about(holder, (v) => v.status === 'ACTIVE');
    expect(await stage.rows('SELECT capability FROM holds WHERE contract_id = $1', [holder.key])).toEqual([
      { capability: 'api_rate_limit' },
    ]);
    const older = await chain.eligible([rateLimitChange(220)]);
    const younger = await chain.eligible([rateLimitChange(230)]);
    for (const rival of [older, younger]) {
      await chain.approve(rival);
      const waits = await chain.about(rival, (v) => v.waiting !== null);
      expect(waits.value.waiting).toMatchObject({ reason: 'HELD_BY', detail: expect.stringContaining(holder.key) });
    }
    await execution.audit(active, await execution.job(active, 'CHANGE'), 'PASS');
    const completed = await chain.about(holder, (v) => v.status === 'COMPLETED');
    expect(await stage.rows('SELECT contract_id FROM holds WHERE capability = $1', ['api_rate_limit'])).toHaveLength(1);
    await execution.final(completed, 'api_rate_limit', 7);
    await chain.about(older, (v) => v.status === 'ACTIVE');
    await chain.decide(younger, 'REJECT', { reason: 'Enough for this year.' });
    await chain.about(younger, (v) => v.status === 'REJECTED');
    expect(await stage.rows('SELECT contract_id FROM holds WHERE capability = $1', ['api_rate_limit'])).toEqual([
      { contract_id: older.key },
    ]);
  });

  it('PART2-004, AUDIT-003, SM-004: FAIL opens an incident in the same breath; the rollback closes it and frees the capability', async () => {
    const contract = await chain.eligible([searchChange(7)]);
    await chain.approve(contract);
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    const job = await execution.job(active, 'CHANGE', { state: 'FAILED' });
    await execution.audit(active, job, 'INCONCLUSIVE');
    const inconclusive = await chain.about(contract, (v) => v.audit_verdict === 'INCONCLUSIVE');
    expect(inconclusive.value.status).toBe('ACTIVE');
    await execution.audit(active, job, 'FAIL');
    const failed = await chain.about(contract, (v) => v.status === 'FAILED');
    const opened = await world.next('IncidentChanged', (m) => m.key === contract.key);
    expect(opened.value).toMatchObject({ state: 'OPEN', version: 1 });
    expect(opened.link?.causeDigest).toEqual(failed.link?.causeDigest);

    const rollback = await execution.job(failed, 'ROLLBACK');
    await execution.audit(failed, rollback, 'FAIL');
    const missed = await world.next(
      'IncidentChanged',
      (m) => m.key === contract.key && m.value.rollback_attempts === 1,
    );
    expect(missed.value.state).toBe('OPEN');
    await execution.audit(failed, rollback, 'PASS');
    await world.next('IncidentChanged', (m) => m.key === contract.key && m.value.state === 'ROLLED_BACK');
    expect(await stage.rows('SELECT 1 FROM holds WHERE contract_id = $1', [contract.key])).toEqual([]);
  });

  it('counts a verdict only for a job that was heard of, whichever comes first', async () => {
    const contract = await chain.eligible([sessionChange(120)]);
    await chain.approve(contract);
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    const job = await execution.job(active, 'CHANGE', {}, true);
    await execution.audit(active, job, 'INCONCLUSIVE');
    await chain.decide(active, 'NOTE', { reason: 'The verdict is here, the job is not.' });
    const noted = await chain.about(contract, (v) => v.changes[0]?.code === 'NOTE');
    expect(noted.value.audit_verdict).toBeNull();
    await job.publish();
    await chain.about(contract, (v) => v.audit_verdict === 'INCONCLUSIVE');
    const another = { ...job, job: { ...job.job, job_id: newId(Date.now()) } };
    await execution.audit(active, another, 'PASS');
    await world.next('DeadLetter', (m) => m.value.code === 'WRONG_JOB' && m.key === contract.key);
    await execution.audit(active, job, 'PASS');
    const completed = await chain.about(contract, (v) => v.status === 'COMPLETED');
    await execution.final(completed, 'session_lifetime', 8);
  });

  it('CONTRACT-003, SM-006: a second job of a kind is set aside, and takes nothing from the first', async () => {
    const contract = await chain.eligible([sessionChange(140)]);
    await chain.approve(contract);
    const active = await chain.about(contract, (v) => v.status === 'ACTIVE');
    const first = await execution.job(active, 'CHANGE');
    await execution.job(active, 'CHANGE', { state: 'FAILED' });
    await world.next('DeadLetter', (m) => m.value.code === 'SECOND_JOB' && m.key === contract.key);
    expect(await stage.rows('SELECT job_id, state FROM jobs WHERE contract_id = $1', [contract.key])).toEqual([
      { job_id: first.job.job_id, state: 'COMPLETED' },
    ]);
    await execution.audit(active, first, 'PASS');
    const completed = await chain.about(contract, (v) => v.status === 'COMPLETED');
    await execution.final(completed, 'session_lifetime', 9);
  });

  it('CONTRACT-001: the table of edges is the data, and each state may be recorded again', async () => {
    const edges = await stage.rows<{ f: string; t: string }>(
      'SELECT from_state AS f, to_state AS t FROM contract_edges',
    );
    const wanted = [...CONTRACT_EDGES, ...CONTRACT_STATES.map((s) => [s, s])].map(([f, t]) => `${f} ${t}`);
    expect(edges.map((e) => `${e.f} ${e.t}`).sort()).toEqual([...wanted].sort());
  });

  it('CONTRACT-001, CONTRACT-002, CONTRACT-005, CONTRACT-007, REVIEW-001, REVIEW-002, HOLD-001: the database itself refuses what no decision allows', async () => {
    await chain.eligible([searchChange(9)]);
    const refuses = async (sql: string): Promise<string> =>
      stage.rows(sql).then(
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
        `INSERT INTO approvals VALUES (${one('REJECTED')}, gen_random_uuid(), '\\x', '\\x', 'k', 1, 1, '[]', '\\x')`,
      ),
    ).toMatch(/REVIEW-001/);
    const hold = `INSERT INTO holds VALUES ('some_capability', ${one('ELIGIBLE')}, 0)`;
    expect(await refuses(hold)).toBe('was accepted');
    expect(await refuses(hold)).toBe('HOLD-001');
    await stage.rows("DELETE FROM holds WHERE capability = 'some_capability'");
  });
});
