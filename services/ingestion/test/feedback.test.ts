import type { Messages } from '@mandate/schemas';
import type { RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { Story } from './story';
import { call, tokensFile } from './tokens';

jest.setTimeout(30_000);
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
  service = await world.start('ingestion', AppModule, { INTAKE_TOKENS_FILE: tokensFile() });
}, 60_000);
afterAll(() => world?.close(), 60_000);

const received = async (reference: string): Promise<Story> => {
  await world.issue({ reference });
  return new Story(world, await world.next('IssueReceived', (m) => m.value.origin.reference === reference));
};
const updateOf = (reference: string, state: string, code?: string) =>
  world.next(
    'CrmUpdate',
    (m) => m.value.reference === reference && m.value.state === state && (code === undefined || m.value.code === code),
  );
const read = async (reference: string) => (await call(service.port, `/api/v1/references/desk/${reference}`)).body;
const cancel = (reference: string) =>
  world.issue({ kind: 'CANCELLATION', reference, idempotency_key: `stop ${reference}`, body: 'not needed any more' });

describe('what a CRM is told', () => {
  it('NOT_ELIGIBLE: what each failing rule needed, citing the verdict; the issue has ended', async () => {
    const story = await received('F-1');
    const need = { text: 'confidence is 0.64, needs 0.70', have: 0.64, want: 0.7 };
    const verdict = await story.judged(
      'MAY_NOT',
      {
        first_failing_rule: 'E-001',
        rules: [{ id: 'E-001', passed: false, need: JSON.stringify(need) }],
        retry_helps: false,
        retry_at: null,
      },
      { severity: 'medium', recommended_action: 'create_contract' },
    );
    const told = await updateOf('F-1', 'NOT_ELIGIBLE');
    expect(told.value).toMatchObject({ code: 'E-001', issue_id: story.issue.value.issue_id, contract_id: null });
    expect(told.value.sentence).toContain(need.text);
    expect(JSON.parse(told.value.details)).toMatchObject({
      failing_rules: [{ id: 'E-001', need }],
      retry_helps: false,
    });
    expect(told.headers).toMatchObject({ ce_type: 'mandate.crm-update.v1' });
    expect(verdict.key).toBe(story.issue.value.issue_id);
    expect(await read('F-1')).toMatchObject({
      state: 'NOT_ELIGIBLE',
      issues: [{ is_open: false, ended_by: 'MAY_NOT' }],
    });
  });

  it('ESCALATED: a critical issue goes to a human', async () => {
    const story = await received('F-2');
    await story.judged('MAY_NOT', { first_failing_rule: 'E-101', rules: [] }, { severity: 'critical' });
    await expect(updateOf('F-2', 'ESCALATED')).resolves.toMatchObject({ value: { code: 'E-101' } });
  });

  it('from review to completion, each outcome once', async () => {
    const story = await received('F-3');
    await story.judged('MAY');
    const eligible = await story.contract('ELIGIBLE');
    await expect(updateOf('F-3', 'UNDER_REVIEW')).resolves.toMatchObject({ value: { contract_id: story.contractId } });
    await world.send('contract', eligible.topic, eligible.key, eligible.value, { mandate: eligible.mandate }); // delivered twice
    const approve = await story.review('APPROVE', eligible);
    const approved = await story.contract('APPROVED', approve);
    await updateOf('F-3', 'APPROVED');
    const waiting = { reason: 'HEALTH', detail: 'SYSTEM is DEGRADED', since: 1 };
    await story.contract('APPROVED', approved, { waiting }, 'HEALTH');
    await expect(updateOf('F-3', 'APPROVED', 'HEALTH')).resolves.toMatchObject({
      value: { sentence: expect.stringContaining('not healthy') },
    });
    const active = await story.contract('ACTIVE', approve);
    await updateOf('F-3', 'ACTIVE');
    await cancel('F-3');
    await expect(updateOf('F-3', 'REFUSED')).resolves.toMatchObject({ value: { code: 'ALREADY_ACTIVE' } });
    await story.contract('COMPLETED', await story.audited(active, 'PASS'));
    await updateOf('F-3', 'COMPLETED');
    expect(await read('F-3')).toMatchObject({
      state: 'COMPLETED',
      issues: [{ is_open: false, ended_by: 'COMPLETED' }],
    });
    const states = world
      .all('CrmUpdate')
      .filter((m) => m.value.reference === 'F-3')
      .map((m) => m.value.state);
    expect(states).toEqual(['RECEIVED', 'UNDER_REVIEW', 'APPROVED', 'APPROVED', 'ACTIVE', 'REFUSED', 'COMPLETED']);
  });

  it('ROLLED_BACK: a failed change is undone', async () => {
    const story = await received('F-4');
    await story.judged('MAY');
    const approve = await story.review('APPROVE', await story.contract('ELIGIBLE'));
    await story.contract('APPROVED', approve);
    const active = await story.contract('ACTIVE', approve);
    const fail = await story.audited(active, 'FAIL');
    const failed = await story.contract('FAILED', fail);
    await story.incident('OPEN', fail, 1);
    await updateOf('F-4', 'NOTE', 'FAILED');
    expect(await read('F-4')).toMatchObject({ state: 'NOTE', code: 'FAILED' });
    await story.incident('ROLLED_BACK', await story.rolledBack(failed), 2);
    await updateOf('F-4', 'ROLLED_BACK');
    expect(await read('F-4')).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it('ROLLBACK_FAILED, then AM-18: that an operator has it tried once more, and that it worked', async () => {
    const story = await received('F-10');
    await story.judged('MAY');
    const approve = await story.review('APPROVE', await story.contract('ELIGIBLE'));
    await story.contract('APPROVED', approve);
    const fail = await story.audited(await story.contract('ACTIVE', approve), 'FAIL');
    const failed = await story.contract('FAILED', fail);
    await story.incident('OPEN', fail, 1);
    await updateOf('F-10', 'NOTE', 'FAILED');
    await story.incident('ROLLBACK_FAILED', await story.rolledBack(failed, false), 4);
    await updateOf('F-10', 'ROLLBACK_FAILED');
    await story.incident('OPEN', await story.rollbackRuns(failed), 5);
    await updateOf('F-10', 'NOTE', 'ROLLBACK_RETRIED');
    expect(await read('F-10')).toMatchObject({ state: 'ROLLBACK_FAILED' }); // a remark: how it ends is not known
    await story.incident('ROLLED_BACK', await story.rolledBack(failed), 6);
    await updateOf('F-10', 'ROLLED_BACK');
    expect(await read('F-10')).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it("REJECTED: with the founder's reason", async () => {
    const story = await received('F-5');
    await story.judged('MAY');
    await story.contract('REJECTED', await story.review('REJECT', await story.contract('ELIGIBLE')));
    await expect(updateOf('F-5', 'REJECTED')).resolves.toMatchObject({
      value: { sentence: expect.stringContaining('because of a test') },
    });
  });
});

describe('a clarification', () => {
  const clarification: Messages['ContractChanged']['clarification'] = {
    ...{ request_id: 'q-6', question: 'Which tier?', requested_at: 1, answer: null, answered_at: null },
  };

  it('is asked with its id, and answered from the same source system only', async () => {
    const story = await received('F-6');
    await story.judged('MAY');
    const eligible = await story.contract('ELIGIBLE');
    await story.contract('ELIGIBLE', await story.review('REQUEST_CLARIFICATION', eligible), { clarification });
    const asked = await updateOf('F-6', 'CLARIFICATION_ASKED');
    expect(asked.value.sentence).toContain('Which tier?');
    expect(JSON.parse(asked.value.details)).toMatchObject({ clarification_request_id: 'q-6' });

    const answer = { kind: 'CLARIFICATION', clarification_request_id: 'q-6', body: 'The gold tier.' } as const;
    await world.issue({ ...answer, reference: 'F-6', source_system: 'shop', idempotency_key: 'a' });
    const refused = await world.next(
      'CrmUpdate',
      (m) => m.value.source_system === 'shop' && m.value.reference === 'F-6',
    );
    expect(refused.value).toMatchObject({ state: 'REFUSED', code: 'REQUEST_UNKNOWN' });

    await world.issue({ ...answer, reference: 'F-6', idempotency_key: 'a' });
    const said = await world.next('ClarificationReceived', (m) => m.value.request_id === 'q-6');
    expect(said.value).toMatchObject({
      contract_id: story.contractId,
      answer: 'The gold tier.',
      origin: { source_system: 'desk' },
    });
    expect(said.link).toMatchObject({ says: 'CLARIFIED', version: 1 });
    await updateOf('F-6', 'NOTE', 'ANSWER_PASSED_ON');
    await world.issue({ ...answer, reference: 'F-6', idempotency_key: 'a' });
    await updateOf('F-6', 'DUPLICATE');
    expect(world.all('ClarificationReceived')).toHaveLength(1);
  });
});

describe('a cancellation', () => {
  it('goes to the contract there is, and is told CANCELLED once that was rejected for it', async () => {
    const story = await received('F-7');
    await story.judged('MAY');
    await story.contract('ELIGIBLE');
    await updateOf('F-7', 'UNDER_REVIEW');
    await cancel('F-7');
    const said = await world.next('CancellationReceived', (m) => m.key === story.contractId);
    expect(said.value).toMatchObject({ reason: 'not needed any more', issue_id: story.issue.value.issue_id });
    await updateOf('F-7', 'NOTE', 'CANCELLATION_PASSED_ON');
    await story.contract('REJECTED', said);
    await updateOf('F-7', 'CANCELLED');
    expect(await read('F-7')).toMatchObject({ state: 'CANCELLED', issues: [{ is_open: false, is_cancelled: true }] });
  });

  it('waits for a contract that comes later', async () => {
    const story = await received('F-8');
    await cancel('F-8');
    await updateOf('F-8', 'CANCELLED', 'CANCELLED_BEFORE_CONTRACT');
    expect(await read('F-8')).toMatchObject({ issues: [{ is_open: false, ended_by: 'CANCELLED' }] });
    await story.judged('MAY');
    const eligible = await story.contract('ELIGIBLE');
    const said = await world.next('CancellationReceived', (m) => m.key === story.contractId);
    expect(said.link?.version).toBe(1);
    await story.contract('ELIGIBLE', eligible); // a warning: nothing is said again
    await story.contract('REJECTED', said);
    await updateOf('F-8', 'CANCELLED', 'CANCELLED');
    expect(world.all('CancellationReceived').filter((m) => m.key === story.contractId)).toHaveLength(1);
  });

  it('goes to a successor again', async () => {
    const story = await received('F-9');
    await story.judged('MAY');
    const eligible = await story.contract('ELIGIBLE');
    await updateOf('F-9', 'UNDER_REVIEW');
    const modify = await story.review('MODIFY', eligible);
    await cancel('F-9');
    await world.next('CancellationReceived', (m) => m.key === story.contractId);
    const successor = new Story(world, story.issue);
    await story.contract('SUPERSEDED', modify, { successor_contract_id: successor.contractId });
    await successor.contract('DRAFT', modify, { revision: 1, parent_contract_id: story.contractId });
    await updateOf('F-9', 'MODIFIED');
    await expect(world.next('CancellationReceived', (m) => m.key === successor.contractId)).resolves.toBeDefined();
    expect(await read('F-9')).toMatchObject({
      issues: [{ is_open: true, contract_id: successor.contractId, contract_status: 'DRAFT' }],
    });
  });
});
