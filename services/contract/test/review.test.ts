import { changeToWire, sha256 } from '@mandate/contracts';
import { decode } from '@mandate/schemas';
import { citing } from '@mandate/service-kit';
import { rateLimitChange, type World } from '../../../infra/local/src/testing/world';
import { type Chain } from './chain';
import { searchChange, sessionChange } from './chain-values';
import { openStage, type Stage } from './stage';

jest.setTimeout(60_000);

describe('the contract service: verdicts and reviews', () => {
  let stage: Stage;
  let world: World;
  let chain: Chain;

  beforeAll(async () => {
    stage = await openStage();
    ({ world, chain } = stage);
  });
  afterAll(() => stage?.close());

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
    await world.next('DeadLetter', (m) => m.value.code === 'VALUE_NOT_AS_LINKED');
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

  it('PART2-002, REVIEW-003: refuses approvals with a code that everybody sees, and takes the same one twice as one', async () => {
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

  it('never parked anything but what these tests forged', async () => {
    const parked = await stage.rows<{ code: string; reason: string }>('SELECT code, reason FROM parked');
    expect(parked.map((p) => p.code).sort()).toEqual([
      'PLAN_MISMATCH',
      'PROPOSAL_ALTERED',
      'VALUE_NOT_AS_LINKED',
      'VERDICT_USED',
    ]);
  });
});
