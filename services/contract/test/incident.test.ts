import { canonicalJson, changeToWire } from '@mandate/contracts';
import type { Heard, World } from '../../../infra/local/src/testing/world';
import { type Chain, type HeardContract } from './chain';
import { searchChange, sessionChange } from './chain-values';
import type { ExecutionChain } from './execution-chain';
import { openStage, type Stage } from './stage';

jest.setTimeout(60_000);

describe('the contract service: incidents and what founders attest', () => {
  let stage: Stage;
  let world: World;
  let chain: Chain;
  let execution: ExecutionChain;

  beforeAll(async () => {
    stage = await openStage();
    ({ world, chain, execution } = stage);
  });
  afterAll(() => stage?.close());

  const incident = (contract: HeardContract, fits: (value: Heard<'IncidentChanged'>['value']) => boolean) =>
    world.next('IncidentChanged', (m) => m.key === contract.key && fits(m.value));
  const active = async (contract: HeardContract): Promise<HeardContract> => {
    await chain.approve(contract);
    return chain.about(contract, (v) => v.status === 'ACTIVE');
  };
  const failed = async (contract: HeardContract) => {
    const started = await active(contract);
    await execution.audit(started, await execution.job(started, 'CHANGE', { state: 'FAILED' }), 'FAIL');
    const over = await chain.about(contract, (v) => v.status === 'FAILED');
    return { over, opened: await incident(contract, (v) => v.state === 'OPEN') };
  };
  const step = {
    index: 0,
    change: changeToWire(searchChange(7)),
    inverse: null,
    idempotency_key: 'k',
    state: 'UNCLEAR' as const,
    health_seen: [],
    code: null,
    detail: 'the target did not answer',
    started_at: 1,
    ended_at: 2,
  };
  const left = {
    capability: 'search_depth',
    before: 1,
    after: 2,
    state_before: '{}',
    state_after: canonicalJson({ enabled: true, values: { max_hops: 7 } }),
  };

  it('AUDIT-003, AM-18, HOLD-001: ROLLBACK_FAILED names what is left in which state and holds on; a retry opens it again, a PASS frees it', async () => {
    const contract = await chain.eligible([searchChange(7)]);
    const { over } = await failed(contract);
    const unsettled = { state: 'FAILED' as const, steps: [step], capability_versions: [left] };
    const rollback = await execution.job(over, 'ROLLBACK', unsettled);
    const again = (attempt: number, more = {}) =>
      execution.job(over, 'ROLLBACK', { ...unsettled, job_id: rollback.job.job_id, attempt, ...more });
    await execution.audit(over, rollback, 'FAIL');
    await execution.audit(over, await again(2), 'FAIL');
    const last = await again(3);
    await execution.audit(over, last, 'FAIL');
    const stuck = await incident(contract, (v) => v.state === 'ROLLBACK_FAILED');
    expect(stuck.value).toMatchObject({ rollback_attempts: 3, from_version: 3, version: 4 });
    expect(stuck.value.left_behind).toEqual([
      {
        capability: 'search_depth',
        detail: 'max_hops is 7, was 3; step 1 is UNCLEAR: the target did not answer',
      },
    ]);
    expect(await stage.count(`holds WHERE contract_id = '${contract.key}'`)).toBe(1);

    const operator = { version: 0, from: 'FAILED', to: 'RUNNING', cause: 'OPERATOR', actor: 'sam', code: null, at: 3 };
    const changes = [{ ...operator, reason: 'The disk is free again.' }];
    await again(4, { state: 'RUNNING', changes, ended_at: null });
    const reopened = await incident(contract, (v) => v.version === 5);
    expect(reopened.value).toMatchObject({
      state: 'OPEN',
      changes: [{ from: 'ROLLBACK_FAILED', to: 'OPEN', actor: 'sam', reason: 'The disk is free again.' }],
    });
    expect(await stage.count(`holds WHERE contract_id = '${contract.key}'`)).toBe(1);
    await execution.audit(over, await again(4, { state: 'COMPLETED', steps: [] }), 'PASS');
    await incident(contract, (v) => v.state === 'ROLLED_BACK');
    expect(await stage.count(`holds WHERE contract_id = '${contract.key}'`)).toBe(0);
    const log = await stage.rows<{ s: string }>(
      `SELECT to_state AS s FROM incident_log JOIN incidents USING (incident_id) WHERE contract_id = $1 ORDER BY incident_log.version`,
      [contract.key],
    );
    expect(log.map((l) => l.s)).toEqual(['OPEN', 'OPEN', 'OPEN', 'ROLLBACK_FAILED', 'OPEN', 'ROLLED_BACK']);
  });

  it('HOLD-001, AM-13: acknowledged by name; resolved by a signed word on it as it stands, which lets a rival go ahead', async () => {
    const contract = await chain.eligible([searchChange(8)]);
    const { over, opened } = await failed(contract);
    const rival = await chain.eligible([searchChange(9)]);
    await chain.approve(rival);
    await chain.about(rival, (v) => v.waiting?.reason === 'HELD_BY');

    await chain.decide(over, 'ACKNOWLEDGE_INCIDENT', { reason: 'On it.' }, opened.mandate);
    const seen = await incident(contract, (v) => v.acknowledged_by !== null);
    expect(seen.value).toMatchObject({ state: 'OPEN', acknowledged_by: world.founder.founder, resolved_by: null });

    await chain.resolve(over, opened, 'Put back by hand.'); // as it stood before the acknowledgement
    const refused = await incident(contract, (v) => v.version === 3);
    expect(refused.value).toMatchObject({ state: 'OPEN', changes: [{ code: 'STATEMENT_FOR_ANOTHER_INCIDENT' }] });
    await chain.resolve(over, refused, 'too short');
    const short = await incident(contract, (v) => v.version === 4);
    expect(short.value.changes).toMatchObject([{ code: 'REASON_TOO_SHORT' }]);
    expect(await stage.count(`holds WHERE contract_id = '${contract.key}'`)).toBe(1);

    await chain.resolve(over, short, 'Put back by hand.');
    const resolved = await incident(contract, (v) => v.state === 'RESOLVED');
    expect(resolved.value).toMatchObject({
      resolved_by: world.founder.founder,
      changes: [{ from: 'OPEN', to: 'RESOLVED', actor: world.founder.founder, reason: 'Put back by hand.' }],
    });
    await chain.about(rival, (v) => v.status === 'ACTIVE');
    expect(await stage.rows("SELECT contract_id FROM holds WHERE capability = 'search_depth'")).toEqual([
      { contract_id: rival.key },
    ]);
  });

  it('AM-04, PART2-004: a founder attests, the contract records it, and closes only on the verdict that carries the word', async () => {
    const contract = await chain.eligible([sessionChange(130)]);
    const started = await active(contract);
    const job = await execution.job(started, 'CHANGE');
    const audit = await execution.audit(started, job, 'INCONCLUSIVE');
    await chain.about(contract, (v) => v.audit_verdict === 'INCONCLUSIVE');
    const attest = await chain.attest(started, audit, ['A-002'], 'Seen on the dashboard.');
    const attested = await chain.about(contract, (v) => v.changes[0]?.code === 'ATTESTED');
    expect(attested.value).toMatchObject({ status: 'ACTIVE', changes: [{ reason: 'A-002: Seen on the dashboard.' }] });

    const word = { decision_id: contract.key, founder: world.founder.founder, key_id: world.founder.keyId };
    const decided = world.all('ReviewDecided').find((m) => m.mandate.equals(attest.mandate));
    const { statement, signature, decided_at: attestedAt } = decided?.value ?? {};
    if (!statement || !signature || !attestedAt) throw new Error('the attestation was said');
    const attestation = { ...word, statement, signature, attested_at: attestedAt };
    const forged = { ...attestation, signature: Buffer.alloc(64) };
    await execution.audit(started, job, 'PASS', { attestation: forged }, attest);
    await world.next('DeadLetter', (m) => m.value.code === 'ATTESTATION_UNVERIFIED' && m.key === contract.key);
    await execution.audit(started, job, 'PASS', { attestation: null }, attest);
    await world.next('DeadLetter', (m) => m.value.code === 'ATTESTATION_UNVERIFIED' && m.key === contract.key);
    await execution.audit(started, job, 'PASS', { attestation }, attest);
    const completed = await chain.about(contract, (v) => v.status === 'COMPLETED');
    await execution.final(completed, 'session_lifetime', 6);
  });

  it('never parked a key', async () => {
    expect(await stage.rows("SELECT code, reason FROM parked WHERE kind = 'PARKED'")).toEqual([]);
  });
});
