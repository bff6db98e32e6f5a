import { CONTRACT_STATES, type RefusalCode, sha256 } from '@mandate/contracts';
import type { ProvideClarification, RequestClarification } from './action';
import type { ReviewedContract } from './contract';
import { answerObstacle, questionObstacle } from './decide-clarification';
import { circumstances, codeOf, contract, health, ID, NOON } from './testing/fixtures';

const frame = { contractId: ID, actor: 'fay', dossierSeen: null };
const ask = (question = 'How many?', but: Partial<RequestClarification> = {}): RequestClarification => ({
  ...{ kind: 'REQUEST_CLARIFICATION', ...frame, question },
  ...but,
});
const answer = (text = '200', but: Partial<ProvideClarification> = {}): ProvideClarification => ({
  ...{ kind: 'PROVIDE_CLARIFICATION', ...frame, answer: text },
  ...but,
});
const asked = (but: Partial<ReviewedContract> = {}) => contract({ isClarificationOpen: true, isPaused: true, ...but });

describe('a question to the requestor', () => {
  it('is accepted whatever the health is: it decides nothing (AM-02)', () => {
    expect(codeOf(ask(), contract(), circumstances({ health: health({ SYSTEM: 'UNKNOWN' }) }))).toBeUndefined();
  });

  it.each<[RefusalCode, Partial<ReviewedContract>]>([
    ['NOT_ELIGIBLE', { status: 'DRAFT' }],
    ['ALREADY_DECIDED', { status: 'APPROVED' }],
    ['ALREADY_TERMINAL', { status: 'REJECTED' }],
    ['ALREADY_EXPIRED', { status: 'EXPIRED' }],
    ['ALREADY_EXPIRED', { expiresAt: NOON }],
    ['CLARIFICATION_OPEN', { isClarificationOpen: true, isPaused: true }],
  ])('is refused with %s for %j', (code, but) => {
    expect(codeOf(ask(), contract(but))).toBe(code);
    expect(questionObstacle(contract(but), NOON)?.code).toBe(code);
  });

  it('is refused without words, and about another dossier than the present one', () => {
    expect(codeOf(ask('  '))).toBe('QUESTION_MISSING');
    expect(codeOf(ask('How many?', { dossierSeen: sha256('older') }))).toBe('DOSSIER_CHANGED');
  });
});

describe('an answer that the founder records', () => {
  it('is accepted while the question is open, even past the time to live (REVIEW-006: an open question stops it)', () => {
    expect(codeOf(answer(), asked())).toBeUndefined();
    expect(codeOf(answer(), asked({ expiresAt: NOON - 1 }))).toBeUndefined();
  });

  it('is refused where no question is open, without words, or about another dossier', () => {
    expect(codeOf(answer())).toBe('CLARIFICATION_NOT_OPEN');
    expect(codeOf(answer(' '), asked())).toBe('ANSWER_MISSING');
    expect(codeOf(answer('200', { dossierSeen: sha256('older') }), asked())).toBe('DOSSIER_CHANGED');
  });

  it('is offered only while the contract is ELIGIBLE', () => {
    for (const status of CONTRACT_STATES)
      expect(answerObstacle(asked({ status })) === null).toBe(status === 'ELIGIBLE');
  });
});
