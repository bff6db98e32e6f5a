import { active, after, approved, DAY, decision, eligible, HOUR, NOW } from './testing/fixtures';
import { codes, given, types } from './testing/specification';

const reject = (text: string | null, key = 'r1') => ({ ...decision(key, text), type: 'reject' as const });

describe('REJECT', () => {
  it('REVIEW-002: wants a reason of more than ten characters', () => {
    for (const text of [null, '0123456789', '😀😀😀😀😀😀']) {
      const then = given(eligible()).when(reject(text));
      expect(codes(then)).toEqual(['REASON_TOO_SHORT']);
      expect(then.contract.status).toBe('ELIGIBLE');
    }
    expect(given(eligible()).when(reject('01234567890')).contract).toMatchObject({
      status: 'REJECTED',
      reason: '01234567890',
    });
  });

  it('AM-08: is possible until ACTIVE, and no longer', () => {
    expect(given(approved()).when(reject('Changed my mind.')).contract.status).toBe('REJECTED');
    expect(codes(given(active()).when(reject('Changed my mind.')))).toEqual(['ALREADY_ACTIVE']);
    const rejected = after(eligible(), [reject('Changed my mind.'), NOW]);
    expect(codes(given(rejected).when(reject('Changed my mind.', 'r2')))).toEqual(['ALREADY_TERMINAL']);
  });

  it('CONTRACT-005: a refused decision on a terminal contract only makes its version grow', () => {
    const rejected = after(eligible(), [reject('Changed my mind.'), NOW]);
    const { contract } = given(rejected).when(reject('Changed my mind.', 'r2'), NOW + 1);
    expect(contract).toEqual({
      ...rejected,
      version: rejected.version + 1,
      changedAt: NOW + 1,
      decided: new Set(['r1', 'r2']),
    });
  });

  it('takes the same decision twice as one, whatever it was', () => {
    const refused = after(eligible(), [reject('short'), NOW]);
    expect(given(refused).when(reject('This is long enough.')).events).toEqual([]);
  });
});

describe('a cancellation by the CRM (AM-17)', () => {
  const cancel = { type: 'cancel' as const, actor: 'alex@example.com', reason: 'No longer needed.' };

  it('rejects until ACTIVE', () => {
    expect(given(eligible()).when(cancel).contract).toMatchObject({ status: 'REJECTED', reason: 'No longer needed.' });
    expect(codes(given(approved()).when(cancel))).toEqual(['CANCELLED']);
  });

  it('is recorded as refused afterwards', () => {
    expect(codes(given(active()).when(cancel))).toEqual(['ALREADY_ACTIVE']);
    const rejected = after(eligible(), [cancel, NOW]);
    expect(codes(given(rejected).when(cancel))).toEqual(['ALREADY_TERMINAL']);
  });
});

describe('clarification (AM-02, AM-03)', () => {
  const ask = (key = 'q1', text: string | null = 'How many?') => ({
    ...decision(key, text),
    type: 'request-clarification' as const,
    requestId: `request ${key}`,
  });
  const answer = (key = 'a1', requestId: string | null = 'request q1') => ({
    ...decision(key, '200'),
    type: 'provide-clarification' as const,
    requestId,
  });

  it('stays ELIGIBLE, pauses the clock and goes on where it stood', () => {
    const asked = after(eligible(), [ask(), NOW + DAY]);
    expect(asked).toMatchObject({
      status: 'ELIGIBLE',
      clarification: { requestId: 'request q1', question: 'How many?' },
    });
    const answered = after(asked, [answer(), NOW + 4 * DAY]);
    expect(answered).toMatchObject({ clarification: { answer: '200' }, ttl: { pausedAt: null, pausedMs: 3 * DAY } });
    expect(types(given(answered).when({ type: 'review-due' }, NOW + 10 * DAY - 1))).toEqual(['escalated']);
    expect(types(given(answered).when({ type: 'review-due' }, NOW + 10 * DAY))).toEqual(['expired']);
  });

  it('refuses a second question while one is open, and a question without words', () => {
    const asked = after(eligible(), [ask(), NOW]);
    expect(codes(given(asked).when(ask('q2')))).toEqual(['CLARIFICATION_OPEN']);
    expect(codes(given(eligible()).when(ask('q3', null)))).toEqual(['QUESTION_MISSING']);
    expect(codes(given(approved()).when(ask('q4')))).toEqual(['ALREADY_DECIDED']);
  });

  it('keeps a late answer, or one to another question, as a note', () => {
    const asked = after(eligible(), [ask(), NOW]);
    expect(codes(given(asked).when(answer('a2', 'another')))).toEqual(['TOO_LATE']);
    expect(codes(given(eligible()).when(answer()))).toEqual(['TOO_LATE']);
    const answered = after(asked, [answer(), NOW]);
    expect(codes(given(answered).when(answer('a3')))).toEqual(['TOO_LATE']);
  });

  it('does not expire while the clock stands still', () => {
    const asked = after(eligible(), [ask(), NOW + DAY]);
    expect(given(asked).when({ type: 'review-due' }, NOW + 10 * DAY).events).toEqual([]);
    expect(codes(given(asked).when(ask('q2'), NOW + 10 * DAY))).toEqual(['CLARIFICATION_OPEN']); // not ALREADY_EXPIRED
  });

  it('ends a pause by itself after 14 days, from when it was to end', () => {
    const asked = after(eligible(), [ask(), NOW + DAY]);
    expect(given(asked).when({ type: 'review-due' }, NOW + 15 * DAY - 1).events).toEqual([]);
    const then = given(asked).when({ type: 'review-due' }, NOW + 15 * DAY + HOUR);
    expect(types(then)).toEqual(['pause-ended']);
    expect(then.contract).toMatchObject({
      ttl: { pausedAt: null, pausedMs: 14 * DAY },
      clarification: { answeredAt: null },
    });
  });

  it('ends pauses after 28 days together', () => {
    let contract = after(eligible(), [ask('q1'), NOW], [answer('a1', 'request q1'), NOW + 13 * DAY]);
    contract = after(contract, [ask('q2'), NOW + 13 * DAY], [answer('a2', 'request q2'), NOW + 26 * DAY]);
    contract = after(contract, [ask('q3'), NOW + 26 * DAY]);
    expect(given(contract).when({ type: 'review-due' }, NOW + 28 * DAY - 1).events).toEqual([]);
    expect(types(given(contract).when({ type: 'review-due' }, NOW + 28 * DAY))).toEqual(['pause-ended']);
  });
});

describe('time (REVIEW-006)', () => {
  const due = { type: 'review-due' as const };

  it('warns, escalates and expires, each once', () => {
    const seen = [4.9, 5, 5.1, 6, 6.1, 7, 7.1].reduce(
      ({ contract, log }, days) => {
        const then = given(contract).when(due, NOW + days * DAY);
        return { contract: then.contract, log: [...log, ...types(then)] };
      },
      { contract: eligible(), log: [] as string[] },
    );
    expect(seen.log).toEqual(['warned', 'escalated', 'expired']);
    expect(seen.contract.status).toBe('EXPIRED');
  });

  it('never approves: an unanswered contract expires', () => {
    expect(given(eligible()).when(due, NOW + 7 * DAY).contract).toMatchObject({ status: 'EXPIRED', approval: null });
  });

  it('does nothing to an approved contract', () => {
    expect(given(approved()).when(due, NOW + 8 * DAY).events).toEqual([]);
  });

  it('expires a revision that nobody judged, without warning', () => {
    const draft = { ...eligible(), status: 'DRAFT' } as never;
    expect(given(draft).when(due, NOW + 6 * DAY).events).toEqual([]);
    expect(types(given(draft).when(due, NOW + 7 * DAY))).toEqual(['expired']);
  });
});

describe('what is only recorded', () => {
  it('keeps notes on any contract', () => {
    expect(codes(given(active()).when({ ...decision('n', 'Seen.'), type: 'note' }))).toEqual(['NOTE']);
  });
});
