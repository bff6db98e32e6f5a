import { NOON } from '../testing/inputs';
import { contractNews, heardContract } from '../testing/news';
import type { ContractNews } from './contract-news';
import { tellContract } from './tell-contract';

const told = (more: Partial<ContractNews>, heard = heardContract()) => tellContract(contractNews(more), heard, false);
const remark = { isTransition: false, statusBefore: 'ELIGIBLE', cause: { type: 'ReviewDecided', says: 'NOTE' } };
const question = { requestId: 'q-1', question: 'Which tier?', requestedAt: NOON, isAnswered: false };
const window = { start: NOON, end: NOON + 3_600_000 };

describe('what a requestor is told of a contract', () => {
  it('UNDER_REVIEW when it is offered to the founder, and nothing while a revision is still checked', () => {
    expect(tellContract(contractNews(), null, false)).toMatchObject({
      state: 'UNDER_REVIEW',
      sentence: 'A founder is asked to decide, until 2026-11-24T12:00:00Z at the latest.',
      issueId: 'i-1',
      contractId: 'c-1',
    });
    expect(tellContract(contractNews({ status: 'DRAFT', revision: 1 }), null, false)).toBeNull();
  });

  it('CLARIFICATION_ASKED with the id to answer and how, once', () => {
    const asked = {
      ...remark,
      cause: { type: 'ReviewDecided', says: 'REQUEST_CLARIFICATION' },
      clarification: question,
    };
    expect(told(asked)).toMatchObject({
      state: 'CLARIFICATION_ASKED',
      sentence: 'The founder asks: Which tier?',
      details: {
        clarification_request_id: 'q-1',
        how_to_answer: { topic: 'crm.issues.v1', fields: { kind: 'CLARIFICATION', clarification_request_id: 'q-1' } },
      },
    });
    expect(told(asked, heardContract({ openRequestId: 'q-1' }))).toBeNull();
  });

  it('UNDER_REVIEW again when the question was answered', () => {
    const answered = { ...remark, clarification: { ...question, isAnswered: true } };
    const asked = heardContract({ openRequestId: 'q-1' });
    expect(told(answered, asked)).toMatchObject({ state: 'UNDER_REVIEW', code: 'CLARIFICATION_ANSWERED' });
    expect(told(answered)).toBeNull();
  });

  it('NOTE when an answer came too late', () => {
    const late = { ...remark, cause: { type: 'ReviewDecided', says: 'PROVIDE_CLARIFICATION' }, code: 'TOO_LATE' };
    expect(told(late)).toMatchObject({ state: 'NOTE', code: 'ANSWER_TOO_LATE' });
  });

  it('APPROVED with its window, and with every new reason to wait', () => {
    const approved = { status: 'APPROVED', statusBefore: 'ELIGIBLE', window };
    expect(told(approved)).toMatchObject({
      state: 'APPROVED',
      code: null,
      sentence:
        'The founder approved the change. It may be carried out from 2026-11-24T12:00:00Z to 2026-11-24T13:00:00Z.',
    });
    const waiting = { ...approved, isTransition: false, waiting: { reason: 'HEALTH', detail: 'SYSTEM is DEGRADED' } };
    expect(told(waiting)).toMatchObject({ state: 'APPROVED', code: 'HEALTH', details: { waiting_reason: 'HEALTH' } });
    expect(told(waiting)?.sentence).toContain('It waits: the system is not healthy now (SYSTEM is DEGRADED).');
    expect(told(waiting, heardContract({ waiting: 'HEALTH: SYSTEM is DEGRADED' }))).toBeNull();
    const longer = { ...waiting, waiting: { reason: 'HELD_BY', detail: 'c-2' } };
    expect(told(longer, heardContract({ waiting: 'HEALTH: SYSTEM is DEGRADED' }))).toMatchObject({ code: 'HELD_BY' });
  });

  it.each([
    ['ACTIVE', 'ACTIVE', null],
    ['COMPLETED', 'COMPLETED', null],
    ['FAILED', 'NOTE', 'FAILED'],
    ['SUPERSEDED', 'MODIFIED', null],
  ])('a contract that is %s: %s', (status, state, code) => {
    expect(told({ status, statusBefore: 'X', successorContractId: 'c-2' })).toMatchObject({ state, code });
  });

  it('MODIFIED names the successor', () => {
    const modified = told({ status: 'SUPERSEDED', successorContractId: 'c-2' });
    expect(modified?.details).toMatchObject({ successor_contract_id: 'c-2' });
  });

  it("REJECTED with the founder's reason, CANCELLED by its CRM, or REJECTED for its revision's MAY_NOT", () => {
    const rejected = (type: string) =>
      told({ status: 'REJECTED', cause: { type, says: 'REJECT' }, reason: 'not this quarter' });
    expect(rejected('ReviewDecided')).toMatchObject({
      state: 'REJECTED',
      code: 'REJECTED',
      sentence: 'The founder rejected the change: not this quarter',
      details: { reason: 'not this quarter' },
    });
    expect(rejected('CancellationReceived')).toMatchObject({ state: 'CANCELLED', code: 'CANCELLED' });
    expect(rejected('EligibilityJudged')).toMatchObject({ state: 'REJECTED', code: 'REVISION_NOT_ELIGIBLE' });
  });

  it('REVIEW-006: EXPIRED, undecided or with its window passed, and never anything like an approval', () => {
    expect(told({ status: 'EXPIRED', statusBefore: 'ELIGIBLE' })).toMatchObject({
      state: 'EXPIRED',
      code: 'NOT_DECIDED',
    });
    expect(told({ status: 'EXPIRED', statusBefore: 'APPROVED' })).toMatchObject({
      state: 'EXPIRED',
      code: 'WINDOW_PASSED',
    });
  });

  it('NOTE when a cancellation is passed on, and when the contract refused it', () => {
    expect(tellContract(contractNews(), null, true)).toMatchObject({ state: 'NOTE', code: 'CANCELLATION_PASSED_ON' });
    const refused = { ...remark, cause: { type: 'CancellationReceived', says: 'CANCELLED' }, code: 'ALREADY_ACTIVE' };
    expect(told(refused)).toMatchObject({
      state: 'NOTE',
      code: 'CANCELLATION_REFUSED',
      details: { refusal: 'ALREADY_ACTIVE' },
    });
  });

  it('nothing of what concerns the founder alone', () => {
    expect(told(remark)).toBeNull();
    expect(told({ ...remark, cause: { type: 'ContractChanged', says: 'ELIGIBLE' }, code: 'EXPIRES_SOON' })).toBeNull();
    expect(told({ ...remark, cause: { type: 'ReviewDecided', says: 'APPROVE' }, code: 'HEALTH_UNKNOWN' })).toBeNull();
  });
});
