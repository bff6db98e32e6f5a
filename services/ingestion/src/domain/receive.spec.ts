import { intake, NOON } from '../testing/inputs';
import { foldIntake } from './fold-intake';
import { evolve, type Intake, type IntakeEvent, type Known, type KnownIssue, receive, SAME_KEY_MS } from './receive';

const nothing: Known = { earlier: null, issues: [], request: null };
const issue = (issueId: string, more: Partial<KnownIssue> = {}): KnownIssue => ({
  issueId,
  idempotencyKey: `key of ${issueId}`,
  isOpen: true,
  isCancelled: false,
  contractId: null,
  contractStatus: null,
  ...more,
});
const known = (...issues: readonly KnownIssue[]): Known => ({ ...nothing, issues });
const asked = { requestId: 'q-1', contractId: 'c-1', issueId: 'i-1', sourceSystem: 'desk' };

const given = (state: Known, ...before: readonly Intake[]) => ({
  when: (input: Intake) => {
    const reached = before.reduce((k, i) => evolve(k, i, receive(i, k)), state);
    const event = receive(input, reached);
    return { gives: (expected: Partial<IntakeEvent>) => expect(event).toMatchObject(expected) };
  },
});
const refusedWith = (code: string): object => ({ type: 'input-refused', refusal: expect.objectContaining({ code }) });

describe('an issue', () => {
  it('is new where nothing is known', () => {
    const links = { recurrenceOf: null, relatedTo: null, follows: null, repetition: 0 };
    given(nothing)
      .when(intake({ newIssueId: 'n' }))
      .gives({ type: 'issue-received', issueId: 'n', ...links });
  });

  it('FLOW-002: is a duplicate within 24 h of its first arrival, whatever its reference', () => {
    const first = intake({ newIssueId: 'n' });
    const again = (ms: number) => intake({ reference: 'T-2', appendedAt: NOON + ms });
    given(nothing, first).when(again(0)).gives({ type: 'duplicate', issueId: 'n' });
    given(nothing, first)
      .when(again(SAME_KEY_MS - 1))
      .gives({ type: 'duplicate', issueId: 'n' });
    given(nothing, first)
      .when(again(1 - SAME_KEY_MS))
      .gives({ type: 'duplicate', issueId: 'n' });
  });

  it('FLOW-002: names what the key was used for, and in what it differs', () => {
    const first = intake({ newIssueId: 'n' });
    const when = (more: Partial<Intake>) => given(nothing, first).when(intake(more));
    when({}).gives({ issueId: 'n', reference: 'T-1', differs: [] });
    when({ reference: 'T-2' }).gives({ issueId: 'n', reference: 'T-1', differs: ['reference'] });
    when({ content: { subject: 's', body: 'c', hint_change: 'h' } }).gives({ differs: ['body', 'hint_change'] });
    when({ reference: 'T-2', content: { body: 'b' } }).gives({ differs: ['reference', 'subject'] });
    const old = { subjectId: 'n', appendedAt: NOON, repetition: 0, reference: null, content: null };
    given({ ...nothing, earlier: old })
      .when(intake())
      .gives({ reference: null, differs: [] });
  });

  it('is a recurrence from 24 h on, counted from the first arrival and not from a duplicate', () => {
    const first = intake({ newIssueId: 'n' });
    const duplicate = intake({ appendedAt: NOON + SAME_KEY_MS - 1 });
    const recurrence = { type: 'issue-received', recurrenceOf: 'n', repetition: 1, relatedTo: null } as const;
    given(nothing, first, duplicate)
      .when(intake({ appendedAt: NOON + SAME_KEY_MS }))
      .gives(recurrence);
  });

  it('is related to an open issue of its reference under another key, the newest of several', () => {
    const state = known(issue('c', { isOpen: false }), issue('b'), issue('a'));
    given(state).when(intake()).gives({ type: 'issue-received', relatedTo: 'b', follows: null });
  });

  it('follows the newest issue of its reference once all have ended', () => {
    const state = known(issue('b', { isOpen: false }), issue('a', { isOpen: false }));
    given(state).when(intake()).gives({ type: 'issue-received', relatedTo: null, follows: 'b' });
  });

  it('sees what came before it in its batch', () => {
    const batch = [intake({ newIssueId: 'n' }), intake({ idempotencyKey: 'key-2' }), intake()];
    const events = foldIntake(batch, { keys: new Map(), issues: new Map(), requests: new Map() });
    expect(events[1]).toMatchObject({ type: 'issue-received', relatedTo: 'n' });
    expect(events[2]).toEqual({ type: 'duplicate', issueId: 'n', reference: 'T-1', differs: [] });
  });
});

describe('a cancellation', () => {
  const cancel = (more: Partial<Intake> = {}) => intake({ kind: 'CANCELLATION', idempotencyKey: 'stop', ...more });

  it('ends an issue that has no contract', () => {
    given(known(issue('a')))
      .when(cancel())
      .gives({
        type: 'issues-cancelled',
        issues: [{ issueId: 'a', contractId: null, isEnd: true }],
      });
  });

  it.each(['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'])('goes to a contract that is %s', (contractStatus) => {
    given(known(issue('a', { contractId: 'c', contractStatus })))
      .when(cancel())
      .gives({
        type: 'issues-cancelled',
        issues: [{ issueId: 'a', contractId: 'c', isEnd: false }],
      });
  });

  it('waits for the successor of a superseded contract', () => {
    given(known(issue('a', { contractId: 'c', contractStatus: 'SUPERSEDED' })))
      .when(cancel())
      .gives({
        type: 'issues-cancelled',
        issues: [{ issueId: 'a', contractId: null, isEnd: false }],
      });
  });

  it('cancels every open issue of the reference, or the one whose key it names', () => {
    const state = known(issue('b'), issue('a'), issue('z', { isOpen: false }));
    given(state)
      .when(cancel())
      .gives({
        issues: [expect.objectContaining({ issueId: 'b' }), expect.objectContaining({ issueId: 'a' })],
      } as never);
    given(state)
      .when(cancel({ idempotencyKey: 'key of a' }))
      .gives({ issues: [expect.objectContaining({ issueId: 'a' })] } as never);
  });

  it('may use the very key of its issue, and is a duplicate the second time', () => {
    const first = intake({ newIssueId: 'n' });
    const state = evolve(nothing, first, receive(first, nothing));
    const fresh = { ...state, earlier: null };
    given(fresh)
      .when(cancel({ idempotencyKey: 'key-1' }))
      .gives({ type: 'issues-cancelled' });
    given(fresh, cancel()).when(cancel()).gives({ type: 'duplicate', issueId: 'n' });
    const later = evolve(fresh, cancel(), receive(cancel(), fresh));
    given({ ...later, earlier: null })
      .when(cancel({ idempotencyKey: 'stop again' }))
      .gives({ type: 'already-cancelled', issueId: 'n', state: 'CANCELLED' });
  });

  it.each([
    ['UNDER_WAY', { contractStatus: 'ELIGIBLE' }],
    ['CANCELLED', { contractStatus: 'REJECTED', isOpen: false }],
    ['TOO_LATE', { contractStatus: 'ACTIVE' }],
    ['TOO_LATE', { contractStatus: 'COMPLETED', isOpen: false }],
  ] as const)('%s: is told so where one was received before under another key (%p)', (state, more) => {
    given(known(issue('a', { contractId: 'c', isCancelled: true, ...more })))
      .when(cancel())
      .gives({ type: 'already-cancelled', issueId: 'a', state });
  });

  it('ISSUE_UNKNOWN: is refused where there is no issue', () => {
    given(nothing).when(cancel()).gives(refusedWith('ISSUE_UNKNOWN'));
  });

  it('ALREADY_ACTIVE: is refused once the change is being executed', () => {
    const state = known(issue('a', { contractId: 'c', contractStatus: 'ACTIVE' }));
    given(state).when(cancel()).gives(refusedWith('ALREADY_ACTIVE'));
  });

  it('ALREADY_ENDED: is refused once every issue has ended', () => {
    given(known(issue('a', { isOpen: false })))
      .when(cancel())
      .gives(refusedWith('ALREADY_ENDED'));
    const named = cancel({ idempotencyKey: 'key of a' });
    given(known(issue('b'), issue('a', { isOpen: false })))
      .when(named)
      .gives(refusedWith('ALREADY_ENDED'));
  });

  it('takes no key when it is refused, so that it can be sent again', () => {
    const state = known(issue('a', { contractId: 'c', contractStatus: 'ACTIVE' }));
    expect(evolve(state, cancel(), receive(cancel(), state))).toBe(state);
  });
});

describe('a clarification', () => {
  const answer = (more: Partial<Intake> = {}) => intake({ kind: 'CLARIFICATION', requestId: 'q-1', ...more });

  it('answers a question that was asked of its source system', () => {
    given({ ...nothing, request: asked })
      .when(answer())
      .gives({ type: 'clarification-received', request: asked });
  });

  it('is a duplicate the second time, and another answer under another key', () => {
    const state = { ...nothing, request: asked };
    given(state, answer()).when(answer()).gives({ type: 'duplicate', issueId: 'i-1' });
  });

  it('REQUEST_UNKNOWN: is refused without such a question, and alike where it was asked of another', () => {
    given(nothing).when(answer()).gives(refusedWith('REQUEST_UNKNOWN'));
    given({ ...nothing, request: asked })
      .when(answer({ sourceSystem: 'other' }))
      .gives(refusedWith('REQUEST_UNKNOWN'));
  });
});
